import type { OperatorFunction } from 'rxjs';
import type { DropOptions } from '../buffer/BufferOptions.js';
import { demandOperator } from '../parts/demandOperator.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount } from '../protocol/check.js';

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
  checkCount('bufferWithCount: count', count, 1);
  checkCount('bufferWithCount: skip', skip, 1);
  return demandOperator<T, T[]>(
    (downstream, upstream) => {
      /** The values from the begin of the oldest array that has not left. */
      let kept: T[] = [];
      /** How many of them have left in arrays before. */
      let shared = 0;
      /** Values to leave out until the next array begins. */
      let gap = 0;
      let requested = 0;
      let completed = false;
      const deliver = () => {
        const array = kept;
        kept = array.slice(skip);
        shared = kept.length;
        gap = Math.max(skip - count, 0);
        requested--;
        downstream.next(array);
      };
      /** Delivers the arrays that are not full, once no value can come: one call of it does, whatever is requested meanwhile. */
      const finish = (last = completed) => {
        if (!last) {
          return;
        }
        completed = false;
        try {
          while (kept.length > 0 && requested > 0) {
            deliver();
          }
        } finally {
          completed = true;
        }
        if (kept.length === 0) {
          downstream.complete();
        }
      };
      return {
        request: (n) => {
          requested = addDemand(requested, n);
          const more = (requested - 1) * skip + count + gap - kept.length - upstream.requested;
          if (more > 0) {
            upstream.request(more);
          }
          finish();
        },
        next: (value) => {
          if (gap > 0) {
            gap--;
          } else if (kept.push(value) === count) {
            deliver();
          }
        },
        complete: () => finish(true),
        unsubscribe: () => {
          for (const value of kept.splice(0).slice(shared)) {
            options.onDrop?.(value, 'unsubscribed');
          }
        },
      };
    },
    { ...options, operator: 'bufferWithCount' },
  );
}
