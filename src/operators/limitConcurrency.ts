import { type ObservableInput, type OperatorFunction, Subscription } from 'rxjs';
import { demandOperator } from '../parts/demandOperator.js';
import type { Semaphore } from '../primitives/Semaphore.js';
import { withPermit } from '../primitives/withPermit.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkFunction } from '../protocol/check.js';

/**
 * Calls `work` with each value while it holds a permit of `semaphore`, and emits the results as they end.
 *
 * ```marble
 * == asks upstream only while a permit is free
 * pull      abcd|---------
 * > limitConcurrency(new Semaphore(2), (value) => timer(4).pipe(map(() => value)))
 * upstream  2---11--------
 * output    ----ab--c(d|)-
 * ```
 *
 * **Demand.** *shapes*: asks upstream for a value only while a permit is free and a result is requested. A permit is held from
 * the call of `work` until its promise has settled, or its Observable has ended or was unsubscribed from; several streams
 * that share the semaphore take turns.
 *
 * **Overflow.** A source without demand is kept, up to 1024 values; one more ends with an `OverflowError`, after the results of
 * the work under way.
 *
 * **Errors.** What `work` throws or fails with ends the stream at once. An upstream error follows the results of the work under
 * way. On every ending the signal that `work` got is aborted, and its Observables are unsubscribed from.
 *
 * @param semaphore whose permits limit the work; it can be shared
 * @param work called with a value and an `AbortSignal`; its promise's value, or the last one of its Observable, is the result
 *
 * @example
 * ```ts
 * import { limitConcurrency, pullFrom, Semaphore } from 'rxjs-backpressure';
 *
 * const connections = new Semaphore(2);
 * pullFrom(['a', 'b', 'c'])
 *   .pipe(limitConcurrency(connections, async (page) => `page ${page}`))
 *   .subscribe(console.log);
 * ```
 *
 * @see RxJS `mergeMap` with `concurrent`
 */
export function limitConcurrency<T, R>(
  semaphore: Semaphore,
  work: (value: T, signal: AbortSignal) => ObservableInput<R>,
): OperatorFunction<T, R> {
  checkFunction('limitConcurrency(semaphore, work): work', work);
  return demandOperator<T, R>(
    (downstream, upstream) => {
      const controller = new AbortController();
      const running = new Subscription(() => controller.abort());
      /** Results that are asked for. */
      let requested = 0;
      /** Values taken whose work has not ended. */
      let taken = 0;
      let waits = false;
      let end: (() => void) | undefined;
      const ask = (least = 1) => {
        const wanted = Math.min(requested - taken, Math.max(least, semaphore.available));
        if (!waits && wanted > upstream.requested && !upstream.closed) {
          waits = true;
          const turn = semaphore.free$.subscribe((release) => {
            waits = false;
            release();
            upstream.request(1);
            // A value that is here already asks when it has its permit.
            return upstream.requested > 0 ? ask() : undefined;
          });
          running.add(turn);
        }
      };
      const finish = (ending = end) => {
        end = ending;
        if (taken === 0) {
          ending?.();
        }
      };
      return {
        request: (n) => {
          requested = addDemand(requested, n);
          ask();
        },
        next: (value) => {
          taken++;
          const result = withPermit(semaphore, () => {
            // More permits may be free than when this value was asked for.
            ask(0);
            return work(value, controller.signal);
          }).subscribe({
            next: (value) => {
              requested--;
              downstream.next(value);
            },
            error: (error) => downstream.error(error),
            complete: () => {
              taken--;
              ask();
              finish();
            },
          });
          running.add(result);
        },
        error: (error) => finish(() => downstream.error(error)),
        complete: () => finish(() => downstream.complete()),
        unsubscribe: () => running.unsubscribe(),
      };
    },
    { operator: 'limitConcurrency' },
  );
}
