import type { OperatorFunction } from 'rxjs';
import type { DropOptions } from '../buffer/BufferOptions.js';
import { demandOperator } from '../parts/demandOperator.js';
import { drainInto } from '../parts/drainInto.js';
import { Overlap } from '../parts/Overlap.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount } from '../protocol/check.js';
import { COMPLETE } from '../protocol/Ending.js';

/**
 * Gathers values into arrays of `count`, a new one begun every `skip` values; the last ones may be shorter.
 *
 * ```marble
 * == asks for the values of the arrays that were requested
 * pull      (abcde|)----
 * request   1---2-------
 * > bufferWithCount(2)
 * upstream  2---4-------
 * output    A---(BC|)---
 * A = ['a', 'b']
 * B = ['c', 'd']
 * C = ['e']
 * ```
 *
 * **Demand.** *shapes*: requesting `n` arrays asks upstream for exactly the values that they need, whether `skip` is smaller
 * than `count` (arrays overlap), equal, or larger (values between arrays are left out).
 *
 * **Overflow.** A source without demand is kept, up to 1024 values; one more ends with an `OverflowError`. `onDrop` sees each
 * value that was in no array and goes, once, when downstream leaves or an error comes; none that `skip` leaves out.
 *
 * **Errors.** An upstream error discards the arrays that are not full. A `count` or `skip` that is no positive integer
 * throws a `RangeError`.
 *
 * @param count how many values an array holds
 * @param skip how many values after the begin of one array the next one begins; default `count`
 *
 * @example
 * ```ts
 * import { bufferWithCount, pullFrom } from 'rxjs-backpressure';
 *
 * pullFrom([1, 2, 3, 4, 5]).pipe(bufferWithCount(2)).subscribe(console.log); // [1, 2] [3, 4] [5]
 * ```
 *
 * @see RxJS 4 `bufferWithCount`, RxJava `buffer(count, skip)`
 */
export function bufferWithCount<T>(
  count: number,
  skip: number = count,
  options: DropOptions<T> = {},
): OperatorFunction<T, T[]> {
  checkCount('bufferWithCount(count): count', count, 1);
  checkCount('bufferWithCount(count, skip): skip', skip, 1);
  return demandOperator<T, T[]>(
    (downstream, upstream) => {
      /** The values from the begin of the oldest array that is not full. */
      let kept: T[] = [];
      /** Values to leave out until the next array begins. */
      let gap = 0;
      let requested = 0;
      let asked = 0;
      const overlap = new Overlap(skip);
      const drop = (array: T[]) =>
        array.slice(overlap.leave(array)).forEach((value) => void options.onDrop?.(value, 'unsubscribed'));
      const drain = drainInto<T[]>('bufferWithCount', upstream, downstream, drop, (array) => {
        overlap.leave(array);
        downstream.next(array);
      });
      return {
        request: (n) => {
          requested = addDemand(requested, n);
          const needed = addDemand((requested - 1) * skip, count);
          drain.request(n);
          if (needed > asked) {
            const more = needed - asked;
            asked = needed;
            upstream.request(more);
          }
        },
        next: (value) => {
          if (gap > 0) {
            gap--;
            return;
          }
          kept.push(value);
          if (kept.length === count) {
            const full = kept;
            kept = full.slice(skip);
            gap = Math.max(skip - count, 0);
            drain.next(full);
          }
        },
        complete: () => {
          for (let begin = 0; begin < kept.length; begin += skip) {
            drain.next(kept.slice(begin));
          }
          kept = [];
          drain.end(COMPLETE);
        },
        error: (error) => drain.end({ kind: 'error', error }),
        unsubscribe: () => {
          drain.close();
          drop(kept.splice(0));
        },
      };
    },
    { ...options, operator: 'bufferWithCount' },
  );
}
