import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { bufferCount, map } from 'rxjs';
import { type MonitorSnapshot, pullFrom, rateLimit } from 'rxjs-backpressure';
import { monitorSignal, toFrameSignal } from 'rxjs-backpressure/angular';
import type { Counts } from '../run/Gauge.js';
import { MOST_WAITING, Run, type State } from '../run/Run.js';
import { whole } from './format.js';

/** How often it is looked at who waits for whom; the figure is that of the last four times. */
const EVERY_MS = 500;

interface Row {
  readonly title: string;
  readonly of: keyof Counts;
  readonly says: string;
}

const ROWS: readonly Row[] = [
  { title: 'Arrived', of: 'arrived', says: 'from the server' },
  { title: 'Requested', of: 'requested', says: 'arrays count as one' },
  { title: 'Delivered', of: 'delivered', says: 'to the consumer' },
  { title: 'Dropped', of: 'dropped', says: 'or left in the error' },
  { title: 'In flight', of: 'inFlight', says: 'in the hands of the consumer' },
  { title: 'Waiting', of: 'waiting', says: 'for the consumer' },
];

interface Both {
  readonly demand: Counts;
  readonly plain: Counts;
}

/** What has passed, here and in plain RxJS. */
@Component({
  selector: 'rb-counters',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <table>
      <caption class="unseen">Items since the run began</caption>
      <thead>
        <tr>
          <th scope="col"><span class="unseen">Count</span></th>
          <th scope="col"><i class="key demand"></i>{{ run.strategy().name }}</th>
          <th scope="col"><i class="key plain"></i>plain RxJS</th>
        </tr>
      </thead>
      <tbody>
        @for (row of rows; track row.of) {
          <tr>
            <th scope="row">{{ row.title }} <small>{{ row.says }}</small></th>
            <td [attr.data-count]="row.of" [class.none]="both().demand[row.of] === 0">{{ show(both().demand[row.of]) }}</td>
            <td [attr.data-plain]="row.of" [class.none]="both().plain[row.of] === 0">{{ row.of === 'requested' ? 'all' : show(both().plain[row.of]) }}</td>
          </tr>
        }
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">State</th>
          <td [class.failed]="run.state().kind === 'failed'">{{ inWords(run.state()) }}</td>
          <td>{{ inWords(run.plainState()) }}</td>
        </tr>
      </tfoot>
    </table>
    <p class="note" aria-live="polite">{{ note() }}</p>
  `,
})
export class Counters {
  protected readonly run = inject(Run);
  protected readonly rows = ROWS;
  protected readonly show = whole;
  // A source that honours demand, ten times a second: more often nobody can read it.
  protected readonly both = toFrameSignal(
    pullFrom(this.samples()).pipe(rateLimit({ permits: 10, per: 1000, burst: 1 })),
    { initialValue: this.sample() },
  );
  private readonly monitored = monitorSignal({ registry: this.run.monitors, every: EVERY_MS });
  private readonly starved = toSignal(
    toObservable(this.monitored).pipe(
      bufferCount(5, 1),
      map(([before, , , , now]) => shareStarved(this.run.strategy().name, before ?? [], now ?? [])),
    ),
  );
  protected readonly note = computed(() => {
    const state = this.run.state();
    if (state.kind === 'failed') {
      return state.message;
    }
    const starved = this.starved();
    if (starved === undefined || state.kind !== 'running') {
      return '';
    }
    return starved > 50
      ? `The consumer waits for the feed ${starved} % of the time.`
      : `The consumer is busy ${100 - starved} % of the time.`;
  });

  protected inWords(state: State): string {
    return state.kind === 'complete' && this.both().plain.waiting >= MOST_WAITING - 1
      ? 'stopped: full'
      : state.kind;
  }

  private *samples(): Generator<Both, void, undefined> {
    for (;;) {
      yield this.sample();
    }
  }

  private sample(): Both {
    return { demand: this.run.gauge().counts(), plain: this.run.plain.counts() };
  }
}

/** For which part of the time there was demand and no value, in percent. */
function shareStarved(
  name: string,
  before: readonly MonitorSnapshot[],
  now: readonly MonitorSnapshot[],
): number | undefined {
  const passed = (count: 'starved' | 'stalled') => spent(now, name, count) - spent(before, name, count);
  const starved = passed('starved');
  const all = starved + passed('stalled');
  return all > 0 ? Math.round((starved / all) * 100) : undefined;
}

function spent(all: readonly MonitorSnapshot[], name: string, count: 'starved' | 'stalled'): number {
  return all.find((one) => one.name === name)?.[count] ?? 0;
}
