import type { MonoTypeOperatorFunction } from 'rxjs';
import type { KeptOptions } from '../buffer/BufferOptions.js';
import { Queue } from '../buffer/Queue.js';
import { ConcurrencyLimit } from '../parts/ConcurrencyLimit.js';
import { demandOperator } from '../parts/demandOperator.js';
import { Moment } from '../parts/Moment.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount, checkFunction } from '../protocol/check.js';

/** Options of {@link adaptiveDemand}. */
export interface AdaptiveDemandOptions<T = unknown> extends Pick<KeptOptions<T>, 'onDrop'> {
  /** The least limit, and the first one: a positive integer. */
  readonly min: number;
  /** The greatest limit: a positive integer, at least `min`. */
  readonly max: number;
  /** What measures time, in any unit. Default `performance`. */
  readonly clock?: { now(): number };
  /** Called with each new limit. */
  readonly onLimit?: (limit: number) => void;
}

/**
 * Finds by itself how many values the consumer can work on at a time, and lets no more be in flight.
 *
 * ```marble
 * == begins with min, and doubles while latency stays the same
 * request   x-------5-------5-------5-------5-----------
 * > pullFrom(new Array(99).fill('a')).pipe(adaptiveDemand({ min: 5, max: 10, clock: asyncScheduler }))
 * output    (aaaaa)-(aaaaa)-(aaaaa)-(aaaaa)-(aaaaaaaaaa)
 * x = 50
 * ```
 *
 * **Demand.** *shapes*: what is requested before the first value says how many values the consumer would take; each later
 * request for one says that it has handled one, and after what time. Upstream is asked for what the limit allows. The limit
 * begins at `min` and moves after each window of as many values, at least 20: it doubles until latency grows, and
 * then follows it, to the number of values that are worked on and one that waits (a twentieth above 20). Every 64th window
 * it is halved, to see the latency without a queue. A consumer whose demand is unbounded says nothing, and gets all, asked for
 * `min` at a time. One that asks again only when it has all that it asked for (`bufferWithCount`) needs a `min` of so many.
 *
 * **Overflow.** A source without demand is kept, up to 1024 values; one more ends with an `OverflowError`. `onDrop` sees each
 * value that still waits when downstream leaves.
 *
 * **Errors.** An upstream error follows the values that wait. An option out of range throws a `RangeError`.
 *
 * @example
 * ```ts
 * import { adaptiveDemand, forEachWithDemand, pullFrom } from 'rxjs-backpressure';
 *
 * const rows$ = pullFrom([1, 2, 3]).pipe(adaptiveDemand({ min: 1, max: 100 }));
 * void forEachWithDemand(rows$, async (row) => console.log(row), { concurrency: 100 });
 * ```
 *
 * @see `GradientLimit` of Netflix's concurrency-limits, after L. Brakmo, L. Peterson, "TCP Vegas" (1995)
 */
export function adaptiveDemand<T>(options: AdaptiveDemandOptions<T>): MonoTypeOperatorFunction<T> {
  const { min, max, clock = performance, onLimit, ...kept } = options;
  checkCount('adaptiveDemand: min', min, 1);
  checkCount('adaptiveDemand: max', max, min);
  checkFunction('adaptiveDemand: onLimit', onLimit, true);
  return demandOperator<T, T>(
    (downstream, upstream) => {
      const estimate = new ConcurrencyLimit(min, max);
      /** When each value in flight was handed over, oldest first. */
      const since = new Queue<number>();
      let requested = 0;
      const moment = new Moment(clock);
      const ask = (now?: number) => {
        const more = Math.min(requested, estimate.limit - since.size) - upstream.requested;
        if (more > 0) {
          moment.ask(upstream, more, now ?? moment.now());
        }
      };
      return {
        request: (n) => {
          requested = addDemand(requested, n);
          const { limit } = estimate;
          const now = clock.now();
          for (let left = n; left > 0 && since.size > 0; left--) {
            const inFlight = since.size;
            estimate.handled(now - since.shift(), inFlight);
          }
          if (estimate.limit !== limit) {
            onLimit?.(estimate.limit);
          }
          ask(now);
        },
        subscribed: () => moment.returned(),
        next: (value) => {
          requested--;
          // Whoever asked without bound will not say when it has handled a value: for its demand, it has.
          if (requested !== Infinity) {
            since.push(moment.now());
          }
          downstream.next(value);
          ask();
        },
      };
    },
    { ...kept, inFlight: max, operator: 'adaptiveDemand' },
  );
}
