import type { ObservableInput, OperatorFunction } from 'rxjs';
import type { DropOptions } from '../buffer/BufferOptions.js';
import { demandOperator } from '../parts/demandOperator.js';
import type { Semaphore } from '../primitives/Semaphore.js';
import { workAtPermits } from '../primitives/workAtPermits.js';
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
 * the work under way. `onDrop` sees each value that waits, or is worked on, when downstream leaves or other work fails.
 *
 * **Errors.** What `work` throws or fails with ends the stream at once. An upstream error follows the results of the work under
 * way. On every ending the signal that `work` got is aborted, and its Observables are unsubscribed from.
 *
 * @param semaphore whose permits limit the work; it can be shared
 * @param work called with a value and an `AbortSignal`; its promise's value, or the last one of its Observable, is the result
 * @param options `onDrop`
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
  options: DropOptions<T> = {},
): OperatorFunction<T, R> {
  checkFunction('limitConcurrency: semaphore.acquire', Object(semaphore).acquire);
  checkFunction('limitConcurrency: work', work);
  return demandOperator<T, R>(
    (downstream, upstream) => workAtPermits(semaphore, work, downstream, upstream, options.onDrop),
    { ...options, operator: 'limitConcurrency' },
  );
}
