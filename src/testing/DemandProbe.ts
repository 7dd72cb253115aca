import { DemandSubscriber, type DemandSubscriberOptions } from '../kernel/DemandSubscriber.js';
import type { Demand, DemandObserver } from '../protocol/Demand.js';
import type { Ending } from '../protocol/Ending.js';

/** One thing that happened at a {@link DemandProbe}: up are `request` and `unsubscribe`, down are the others. */
export type ProbeSignal<T> =
  | readonly ['start']
  | readonly ['request', number]
  | readonly ['next', T]
  | readonly ['error', unknown]
  | readonly ['complete']
  | readonly ['unsubscribe'];

/**
 * A subscriber under full manual control, which writes down both directions. It requests nothing by itself.
 *
 * It is a `DemandSubscriber`: hand it to `subscribe`, call `request(n)` and `unsubscribe()`. The callbacks of `observer` are
 * called after the signal was written down, and may request, unsubscribe or throw.
 *
 * @param observer what to do on top, from inside a signal
 * @param options those of a `DemandSubscriber`
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { pullFrom } from 'rxjs-backpressure';
 * import { DemandProbe } from 'rxjs-backpressure/testing';
 *
 * const probe = new DemandProbe<number>();
 * pullFrom([1, 2, 3]).pipe(map((n) => n * 10)).subscribe(probe);
 * probe.request(2);
 * console.log(probe.values, probe.ending, probe.received, probe.signals);
 * // [10, 20] undefined [10, 20] [['start'], ['request', 2], ['next', 10], ['next', 20]]
 * ```
 */
export class DemandProbe<T> extends DemandSubscriber<T> {
  /** All that happened, in order. */
  readonly signals: ProbeSignal<T>[];
  /** All it got, for one comparison: the values, then `'|'` or `{ error }`. */
  readonly received: (T | '|' | { readonly error: unknown })[];
  /** How many values have come down, requested or not; those that were not wait. */
  arrived = 0;

  constructor(observer: DemandObserver<T> = {}, options?: DemandSubscriberOptions<T>) {
    const signals: ProbeSignal<T>[] = [];
    const received: (T | '|' | { readonly error: unknown })[] = [];
    super(
      {
        start(demand: Demand) {
          signals.push(['start']);
          observer.start?.(demand);
        },
        next(value: T, demand: Demand) {
          signals.push(['next', value]);
          received.push(value);
          observer.next?.(value, demand);
        },
        error(error: unknown) {
          signals.push(['error', error]);
          received.push({ error });
          observer.error?.(error);
        },
        complete() {
          signals.push(['complete']);
          received.push('|');
          observer.complete?.();
        },
      },
      options,
    );
    this.signals = signals;
    this.received = received;
  }

  /** The values it got. */
  get values(): T[] {
    return this.signals.flatMap((signal) => (signal[0] === 'next' ? [signal[1]] : []));
  }

  /** How the stream ended, if it has. */
  get ending(): Ending | undefined {
    for (const signal of this.signals) {
      if (signal[0] === 'complete') return { kind: 'complete' };
      if (signal[0] === 'error') return { kind: 'error', error: signal[1] };
    }
    return undefined;
  }

  override next(value: T): void {
    if (!this.isStopped) {
      this.arrived++;
    }
    super.next(value);
  }

  override request(n: number): void {
    this.signals.push(['request', n]);
    super.request(n);
  }

  override unsubscribe(): void {
    if (!this.closed && this.ending === undefined) {
      this.signals.push(['unsubscribe']);
    }
    super.unsubscribe();
  }
}
