import { defer, finalize, mergeMap, type ObservableInput, type OperatorFunction, Subscription, takeLast } from 'rxjs';
import { demandOperator } from '../parts/demandOperator.js';
import type { Release, Semaphore } from '../primitives/Semaphore.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkFunction } from '../protocol/check.js';

/**
 * Calls `work` with each value while it holds a permit of `semaphore`, and emits the results as they end.
 *
 * ```marble
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
      const running = new Subscription();
      /** Results that are asked for. */
      let requested = 0;
      /** Values taken whose work has not ended. */
      let taken = 0;
      let waits = false;
      let end: (() => void) | undefined;
      const ask = () => {
        while (end === undefined && !upstream.closed && requested > taken + upstream.requested) {
          if (semaphore.available <= upstream.requested) {
            waitForPermit();
            return;
          }
          upstream.request(1);
        }
      };
      const waitForPermit = () => {
        if (!waits && semaphore.available === 0) {
          waits = true;
          running.add(
            semaphore.free$.subscribe((release) => {
              waits = false;
              release();
              ask();
            }),
          );
        }
      };
      const call = (value: T, release: Release) => {
        let promise: PromiseLike<unknown> | undefined;
        return defer(() => {
          const result = work(value, controller.signal);
          promise = 'then' in result ? result : undefined;
          return result;
        }).pipe(finalize(() => (promise === undefined ? release() : promise.then(release, release))));
      };
      const finish = (ending: () => void) => {
        end = ending;
        if (taken === 0) {
          ending();
        }
      };
      return {
        request: (n) => {
          requested = addDemand(requested, n);
          ask();
        },
        next: (value) => {
          taken++;
          running.add(
            semaphore.free$
              .pipe(
                mergeMap((release) => call(value, release)),
                takeLast(1),
              )
              .subscribe({
                next: (result) => {
                  requested--;
                  downstream.next(result);
                },
                error: (error) => downstream.error(error),
                complete: () => {
                  taken--;
                  ask();
                  if (taken === 0) {
                    end?.();
                  }
                },
              }),
          );
        },
        error: (error) => finish(() => downstream.error(error)),
        complete: () => finish(() => downstream.complete()),
        unsubscribe: () => {
          running.unsubscribe();
          controller.abort();
        },
      };
    },
    { operator: 'limitConcurrency' },
  );
}
