import type { MonoTypeOperatorFunction } from 'rxjs';
import { BoundedBuffer } from '../buffer/BoundedBuffer.js';
import type { DropOptions } from '../buffer/BufferOptions.js';
import { Drain } from '../buffer/Drain.js';
import { demandOperator } from '../parts/demandOperator.js';
import { checkCount } from '../protocol/check.js';
import { COMPLETE, deliverEnding } from '../protocol/Ending.js';

/**
 * Keeps at most `n` values in flight above this point, also for a plain subscriber below, whose demand is unbounded.
 *
 * ```marble
 * == asks for n, then replenishes as values are delivered
 * pull      abcdefgh|
 * > prefetch(4)
 * upstream  4-3--3---
 * output    abcdefgh|
 * ```
 *
 * **Demand.** *shapes*: asks upstream for `n` values at first, then for `replenishAt` more each time so many have been
 * delivered. What came early waits.
 *
 * **Overflow.** A source without demand is kept, up to 1024 values; one more ends with an `OverflowError`. `onDrop` sees each
 * value that still waits when downstream leaves.
 *
 * **Errors.** An upstream error follows the values that wait. An argument out of range throws a `RangeError`.
 *
 * @param n how many values to ask for ahead: a positive integer, or `Infinity`; also the window of asynchronous operators
 * @param replenishAt after how many delivered values to ask for as many more: from 1 to `n`, default three quarters of `n`
 *
 * @example
 * ```ts
 * import { mergeMap } from 'rxjs';
 * import { prefetch, pullFrom } from 'rxjs-backpressure';
 *
 * pullFrom([1, 2, 3])
 *   .pipe(
 *     mergeMap(async (id) => `row ${id}`, 2),
 *     prefetch(4),
 *   )
 *   .subscribe(console.log);
 * ```
 *
 * @see Reactor `limitRate`, RxJava `rebatchRequests`, RxJS 4 `windowed(n)` and, with `n = 1`, `stopAndWait`
 */
export function prefetch<T>(
  n: number,
  replenishAt: number = Math.ceil(n * 0.75),
  options: DropOptions<T> = {},
): MonoTypeOperatorFunction<T> {
  checkCount('prefetch: n', n, 1, true);
  checkCount('prefetch: replenishAt', replenishAt, 1, true);
  checkCount('prefetch: n', n, replenishAt, true);
  return demandOperator<T, T>(
    (downstream, upstream) => {
      let delivered = 0;
      const next = (value: T) => {
        downstream.next(value);
        if (++delivered === replenishAt) {
          delivered = 0;
          upstream.request(replenishAt);
        }
      };
      // Nothing waits here but what was asked for.
      const buffer = new BoundedBuffer<T>('prefetch', { ...options, capacity: Infinity });
      const drain = new Drain<T>({ next }, upstream, (ending) => deliverEnding(ending, downstream), buffer);
      return {
        start: () => upstream.request(n),
        request: (requested) => drain.request(requested),
        next: (value) => drain.next(value),
        error: (error) => drain.end({ kind: 'error', error }),
        complete: () => drain.end(COMPLETE),
        unsubscribe: () => drain.close(),
      };
    },
    { ...options, inFlight: n, operator: 'prefetch' },
  );
}
