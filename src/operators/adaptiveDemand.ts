import { asyncScheduler, type MonoTypeOperatorFunction, type Subscription } from 'rxjs';
import type { DropOptions } from '../buffer/BufferOptions.js';
import { demandOperator } from '../parts/demandOperator.js';
import { InFlight } from '../parts/InFlight.js';
import { Moment } from '../parts/Moment.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount, checkFunction, checkTime } from '../protocol/check.js';

/** Options of {@link adaptiveDemand}. */
export interface AdaptiveDemandOptions<T = unknown> extends DropOptions<T> {
  /** The least limit, and the first one: a positive integer. */
  readonly min: number;
  /** The greatest limit: a positive integer, at least `min`; at least what the consumer asks for at a time. */
  readonly max: number;
  /** What measures time, in ms. Default `performance`. */
  readonly clock?: { now(): number };
  /** How long the consumer may be silent before it gets more than the limit, up to `max`, in ms. Default 1000. */
  readonly patience?: number;
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
 * `min` at a time. One that says nothing for `patience`, though it has not got all that it asked for, may wait for the rest of a
 * batch: the limit is doubled for it, again and again, up to `max`; once it asks for several at a time, it always gets so many. More than
 * `max` are given to nobody but a consumer that has never asked again 60 times `patience` after it got the first: its batch is larger.
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
  const { min, max, clock = performance, patience = 1000, onLimit, ...kept } = options;
  checkCount('adaptiveDemand: min', min, 1);
  checkCount('adaptiveDemand: max', max, min);
  checkTime('adaptiveDemand: patience', patience);
  checkFunction('adaptiveDemand: clock.now', clock?.now);
  checkFunction('adaptiveDemand: onLimit', onLimit, true);
  return demandOperator<T, T>(
    (downstream, upstream) => {
      const inFlight = new InFlight(min, max);
      const moment = new Moment(clock);
      let requested = 0;
      let timer: Subscription | undefined;
      const ask = (now?: number) => {
        const more = Math.min(requested, inFlight.room) - upstream.requested;
        if (more > 0) {
          moment.ask(upstream, more, now ?? moment.now());
        } else if (requested > 0 && inFlight.waits) {
          timer ??= asyncScheduler.schedule(passed, patience);
        }
      };
      const passed = () => {
        timer = undefined;
        inFlight.passed(patience);
        ask();
      };
      return {
        exact: true,
        request: (n) => {
          requested = addDemand(requested, n);
          const { limit } = inFlight;
          const now = clock.now();
          inFlight.answered(n, now);
          if (inFlight.limit !== limit) {
            onLimit?.(inFlight.limit);
          }
          ask(now);
        },
        subscribed: () => moment.returned(),
        next: (value) => {
          requested--;
          // Whoever asked without bound will not say when it has handled a value: for its demand, it has.
          if (requested !== Infinity) {
            inFlight.handedOver(moment.now());
          }
          downstream.next(value);
          ask();
        },
        unsubscribe: () => timer?.unsubscribe(),
      };
    },
    { ...kept, inFlight: max, operator: 'adaptiveDemand' },
  );
}
