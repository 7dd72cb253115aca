import { computed, DestroyRef, effect, Injectable, inject, signal, untracked } from '@angular/core';
import { concatMap, takeWhile } from 'rxjs';
import { forEachWithDemand, MonitorRegistry, monitor, OverflowError, tapDemand } from 'rxjs-backpressure';
import { Feeds } from '../feed/Feeds.js';
import { Strategies } from '../strategies/Strategies.js';
import type { Strategy } from '../strategies/Strategy.js';
import { Consumer } from './Consumer.js';
import { Gauge } from './Gauge.js';

/** Plain RxJS is stopped here, before it takes the page with it. */
export const MOST_WAITING = 1_000_000;

export type State =
  | { readonly kind: 'running' | 'stopped' | 'complete' | 'full' }
  | { readonly kind: 'failed'; readonly message: string };

const STOPPED: State = { kind: 'stopped' };
const RUNNING: State = { kind: 'running' };

/** The pipeline that was chosen, and plain RxJS beside it. Another choice ends both and begins anew. */
@Injectable({ providedIn: 'root' })
export class Run {
  private readonly feeds = inject(Feeds);
  private readonly consumer = inject(Consumer);
  readonly strategy = signal<Strategy>(inject(Strategies).first);
  readonly running = signal(true);
  readonly besides = signal(true);
  readonly state = signal<State>(STOPPED);
  readonly plainState = signal<State>(STOPPED);
  readonly gauge = computed(() => this.strategy().gauge);
  readonly plain = new Gauge();
  readonly monitors = new MonitorRegistry();

  constructor() {
    effect((onCleanup) => {
      const strategy = this.strategy();
      this.feeds.source();
      if (this.running()) {
        onCleanup(untracked(() => this.start(strategy)));
      }
    });
    const plainFeed = this.feeds.countedBy(this.plain);
    effect((onCleanup) => {
      this.strategy();
      this.feeds.source();
      if (this.running() && this.besides()) {
        onCleanup(untracked(() => this.startPlain(plainFeed.pushed$)));
      }
    });
    inject(DestroyRef).onDestroy(() => this.running.set(false));
  }

  /** Answers what stops it. */
  private start(strategy: Strategy): () => void {
    const { gauge } = strategy;
    const stop = new AbortController();
    const end = (state: State) => {
      if (!stop.signal.aborted) {
        this.state.set(state);
      }
    };
    gauge.reset();
    this.state.set(RUNNING);
    forEachWithDemand(
      strategy.items$.pipe(
        monitor(strategy.name, { registry: this.monitors }),
        tapDemand({ request: (n) => gauge.request(n) }),
      ),
      (value) => this.consumer.handle(value, gauge),
      { signal: stop.signal },
    ).then(
      () => end({ kind: 'complete' }),
      (error: unknown) => {
        if (error instanceof OverflowError) {
          gauge.giveUp(error.values.length);
        }
        end({
          kind: 'failed',
          message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        });
      },
    );
    return () => {
      this.state.set(STOPPED);
      stop.abort();
    };
  }

  private startPlain(feed$: ReturnType<Feeds['countedBy']>['pushed$']): () => void {
    const { plain } = this;
    plain.reset();
    this.plainState.set(RUNNING);
    const subscription = feed$
      .pipe(
        takeWhile(() => plain.waiting < MOST_WAITING),
        concatMap((item) => this.consumer.handle(item, plain)),
      )
      .subscribe({
        error: (error: unknown) => this.plainState.set({ kind: 'failed', message: String(error) }),
        complete: () => this.plainState.set({ kind: 'complete' }),
      });
    return () => {
      this.plainState.set(STOPPED);
      subscription.unsubscribe();
    };
  }
}
