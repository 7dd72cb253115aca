import { asyncScheduler, type OperatorFunction, type Subscription } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { OverflowError } from '../buffer/OverflowError.js';
import { bufferingOperator } from '../parts/bufferingOperator.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount, checkTime } from '../protocol/check.js';
import { COMPLETE, deliverEnding, type Ending } from '../protocol/Ending.js';

const NAME = 'bufferWithTimeOrCount';

/** Options of {@link bufferWithTimeOrCount}. */
export interface BufferWithTimeOrCountOptions<T>
  extends Pick<BufferOptions<T>, 'capacity' | 'sizeOf' | 'onDrop'> {
  /** How many values an array may have: a positive integer. */
  readonly count: number;
  /** How long the first value of an array waits for others, in ms. */
  readonly time: number;
  /** Whether an upstream error waits for the values that wait (`'last'`, the default) or overtakes them (`'first'`). */
  readonly errors?: 'last' | 'first';
}

/**
 * Gathers values into arrays that are handed over when they are full, or due.
 *
 * ```marble
 * == full, or due
 * source    -abc--d-------|
 * request   5--------------
 * > (source$) => source$.pipe(bufferWithTimeOrCount({ count: 3, time: 4 }), map((array) => array.join('')))
 * output    ---x------d---|
 * x = 'abc'
 * ```
 *
 * **Demand.** *shapes*: asks upstream for the `count` values of one array ahead, and for as many more as each array took. An
 * array that is due while nobody asks waits, and keeps filling up.
 *
 * **Overflow.** What a source without demand sends beyond a full array that waits is kept, up to `capacity` values (default
 * 1024); one more ends at once with an `OverflowError` that carries them, and the array is dropped. `onDrop` sees each value
 * that is dropped, once.
 *
 * **Errors.** The last array, however short, comes before the completion, and before an upstream error unless `errors` is
 * `'first'`. A `count` or `time` out of range throws a `RangeError`.
 *
 * @example
 * ```ts
 * import { bufferWithTimeOrCount, forEachWithDemand, pullFrom } from 'rxjs-backpressure';
 *
 * const rows$ = pullFrom([1, 2, 3]).pipe(bufferWithTimeOrCount({ count: 2, time: 100 }));
 * void forEachWithDemand(rows$, async (rows) => console.log(rows)); // [1, 2], and [3] at the end
 * ```
 *
 * @see RxJS 4 `bufferWithTimeOrCount`, Reactor `bufferTimeout` with fair backpressure
 */
export function bufferWithTimeOrCount<T>(options: BufferWithTimeOrCountOptions<T>): OperatorFunction<T, T[]> {
  const { count, time, errors, onDrop } = options;
  checkCount('bufferWithTimeOrCount: count', count, 1);
  checkTime('bufferWithTimeOrCount: time', time);
  // Its own overflow does not wait: what the error carries would be gone if nobody came to take it.
  const overtakes = (error: unknown) =>
    errors === 'first' || (error instanceof OverflowError && error.operator === NAME);
  return bufferingOperator<T, T[]>(NAME, options, (downstream, upstream) => {
    let requested = 0;
    let array: T[] = [];
    let due = false;
    let timer: Subscription | undefined;
    let end: Ending | undefined;
    const deliver = () => {
      if (requested > 0 && array.length > 0 && (due || array.length === count)) {
        const full = array;
        array = [];
        due = false;
        timer?.unsubscribe();
        timer = undefined;
        requested--;
        downstream.next(full);
        upstream.request(full.length);
      }
      if (array.length === 0 && end !== undefined) {
        deliverEnding(end, downstream);
      }
    };
    const fallDue = (ending?: Ending) => {
      due = true;
      end ??= ending;
      deliver();
    };
    return {
      start: () => upstream.request(count),
      request: (n) => {
        requested = addDemand(requested, n);
        deliver();
      },
      next: (value) => {
        array.push(value);
        timer ??= asyncScheduler.schedule(() => fallDue(), time);
        deliver();
      },
      error: (error) => (overtakes(error) ? downstream.error(error) : fallDue({ kind: 'error', error })),
      complete: () => fallDue(COMPLETE),
      unsubscribe: () => {
        timer?.unsubscribe();
        for (const value of array.splice(0)) {
          onDrop?.(value, 'unsubscribed');
        }
      },
    };
  });
}
