import type { MonoTypeOperatorFunction } from 'rxjs';
import { demandOperator } from '../parts/demandOperator.js';
import { type MonitorRegistry, type MonitorSnapshot, monitors } from '../primitives/MonitorRegistry.js';
import { addDemand } from '../protocol/arithmetic.js';

/** Options of {@link monitor}. */
export interface MonitorOptions {
  /** Where to count. Default: `monitors`. */
  readonly registry?: MonitorRegistry;
  /** What measures time, in ms. Default `performance`. */
  readonly clock?: { now(): number };
}

/**
 * Counts what passes, values and demand, and changes nothing.
 *
 * ```marble
 * == lets requests up and values down as they are
 * pull      abc|------
 * request   -1---2----
 * > monitor('rows')
 * upstream  -1---2----
 * output    -a---(bc|)
 * ```
 *
 * **Demand.** *forwards*: each request goes up unchanged. The time with demand and no value counts as `starved`, the time without
 * demand as `stalled`: who is greater is slow, the source or the consumer.
 *
 * **Overflow.** What a source without demand sends meanwhile waits, and is counted, up to 1024 values; one more ends with an
 * `OverflowError` that carries them.
 *
 * **Errors.** An upstream error follows the values that wait; the last one is kept.
 *
 * @param name under which it counts; several subscriptions under one name add up
 * @param options `registry`: where to count; `clock`: what measures time
 *
 * @example
 * ```ts
 * import { monitor, monitors, pullFrom } from 'rxjs-backpressure';
 *
 * pullFrom([1, 2, 3]).pipe(monitor('rows')).subscribe();
 * console.log(monitors.snapshot());
 * ```
 */
export function monitor<T>(
  name: string,
  { registry = monitors, clock = performance }: MonitorOptions = {},
): MonoTypeOperatorFunction<T> {
  return demandOperator<T, T>(
    (downstream, upstream) => {
      const counts = { requested: 0, delivered: 0, mostWaiting: 0, completed: 0, failed: 0, unsubscribed: 0 };
      const spent = { starved: 0, stalled: 0 };
      let lastError: unknown;
      let outstanding = 0;
      let since = clock.now();
      let active = 1;
      /** The state changes now: what was spent in it is known, and how much came to wait. */
      const turn = () => {
        const now = clock.now();
        spent[outstanding > 0 ? 'starved' : 'stalled'] += active * (now - since);
        since = now;
        counts.mostWaiting = Math.max(counts.mostWaiting, upstream.buffered);
      };
      const monitored = {
        snapshot: (): MonitorSnapshot => {
          turn();
          return { name, active, ...counts, ...spent, waiting: active * upstream.buffered, lastError };
        },
      };
      registry.begin(name, monitored);
      return {
        request: (n) => {
          counts.requested = addDemand(counts.requested, n);
          if (outstanding === 0) {
            turn();
          }
          outstanding = addDemand(outstanding, n);
          upstream.request(n);
        },
        next: (value) => {
          counts.delivered++;
          if (outstanding === 1) {
            turn();
          }
          outstanding--;
          downstream.next(value);
        },
        error: (error) => {
          counts.failed = 1;
          lastError = error;
          downstream.error(error);
        },
        complete: () => {
          counts.completed = 1;
          downstream.complete();
        },
        unsubscribe: () => {
          turn();
          active = 0;
          counts.unsubscribed = 1 - counts.completed - counts.failed;
          registry.end(name, monitored);
        },
      };
    },
    { operator: 'monitor' },
  );
}
