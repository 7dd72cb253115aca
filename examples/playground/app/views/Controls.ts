import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { Feeds } from '../feed/Feeds.js';
import { Consumer } from '../run/Consumer.js';
import { Run } from '../run/Run.js';
import { Strategies } from '../strategies/Strategies.js';
import { whole } from './format.js';

const RATES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
const DELAYS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500];

/** What a person chooses. */
@Component({
  selector: 'rb-controls',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <fieldset>
      <legend>Feed</legend>
      <div class="choice">
        <label><input type="radio" name="source" [checked]="feeds.source() === 'generated'" (change)="feeds.source.set('generated')" /><span>generated</span></label>
        <label><input type="radio" name="source" [checked]="feeds.source() === 'files'" (change)="feeds.source.set('files')" /><span>files</span></label>
      </div>
      <p class="hint">
        {{ feeds.source() === 'generated' ? 'Prices of symbols that do not exist, made by the server as it goes.' : 'The real files below the folder that the server was started with.' }}
      </p>
    </fieldset>

    <div class="slider">
      <label for="rate">Producer <output>{{ show(feeds.rate()) }} / s</output></label>
      <input id="rate" type="range" min="0" [max]="rates.length - 1" [value]="rates.indexOf(feeds.rate())"
        [attr.aria-valuetext]="show(feeds.rate()) + ' items a second'" (input)="setRate(+rate.value)" #rate />
    </div>
    <div class="slider">
      <label for="delay">Consumer <output>{{ consumer.delay() }} ms each</output></label>
      <input id="delay" type="range" min="0" [max]="delays.length - 1" [value]="delays.indexOf(consumer.delay())"
        [attr.aria-valuetext]="consumer.delay() + ' milliseconds for each'" (input)="setDelay(+delay.value)" #delay />
    </div>

    <div class="actions">
      <button type="button" class="primary" (click)="run.running.set(!run.running())">{{ run.running() ? 'Stop' : 'Start' }}</button>
      @if (paused(); as paused) {
        <button type="button" [attr.aria-pressed]="paused()" (click)="paused.set(!paused())">{{ paused() ? 'Resume' : 'Pause' }}</button>
      }
      @if (more(); as more) {
        <button type="button" (click)="more.request(1)">Request 1</button>
        <button type="button" (click)="more.request(10)">Request 10</button>
      }
    </div>
    <label class="switch"><input type="checkbox" [checked]="run.besides()" (change)="run.besides.set(!run.besides())" /> Plain RxJS beside it</label>

    <fieldset class="strategies">
      <legend>Strategy</legend>
      @for (group of groups; track group.title) {
        <p class="group">{{ group.title }}</p>
        <div class="choice">
          @for (strategy of group.strategies; track strategy.name) {
            <label><input type="radio" name="strategy" [value]="strategy.name" [checked]="run.strategy() === strategy" (change)="run.strategy.set(strategy)" /><span>{{ strategy.name }}</span></label>
          }
        </div>
      }
    </fieldset>
  `,
})
export class Controls {
  protected readonly feeds = inject(Feeds);
  protected readonly consumer = inject(Consumer);
  protected readonly run = inject(Run);
  protected readonly groups = inject(Strategies).groups;
  protected readonly rates = RATES;
  protected readonly delays = DELAYS;
  protected readonly show = whole;
  protected readonly paused = computed(() => this.run.strategy().paused);
  protected readonly more = computed(() => this.run.strategy().more);

  protected setRate(step: number): void {
    this.feeds.setRate(RATES[step] ?? 1000);
  }

  protected setDelay(step: number): void {
    this.consumer.delay.set(DELAYS[step] ?? 10);
  }
}
