import type { OperatorFunction } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { bufferingOperator } from '../parts/bufferingOperator.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount } from '../protocol/check.js';

/** Options of {@link batchWhileBusy}. */
export interface BatchWhileBusyOptions<T> extends Pick<BufferOptions<T>, 'overflow' | 'onDrop'> {
  /** How many values an array may have, and how many may wait: a positive integer. */
  readonly max: number;
  /** Whether an upstream error waits for the values that wait (`'last'`, the default) or overtakes them (`'first'`). */
  readonly errors?: 'last' | 'first';
}

/**
 * Delivers all that has arrived while the consumer was busy as one array.
 *
 * ```marble
 * == an array of all that waited
 * source    -a-b-c---d-|
 * request   1-----1-1---
 * > (source$) => source$.pipe(batchWhileBusy({ max: 8 }), map((batch) => batch.join('')))
 * output    -a----x--d-|
 * x = 'bc'
 * ```
 *
 * **Demand.** *shapes*: asks upstream for up to `max` values ahead, so that a source that honours demand fills the next array
 * meanwhile. A request finds what waits, or the next value that comes, as an array of one.
 *
 * **Overflow.** When `max` values wait, `overflow` decides about the next one of a source that cannot stop: `'error'`
 * (default) ends with an `OverflowError` that carries them. `onDrop` sees each dropped value once.
 *
 * **Errors.** An upstream error follows the values that wait, unless `errors` is `'first'`. A `max` that is no positive
 * integer throws a `RangeError`.
 *
 * @example
 * ```ts
 * import { batchWhileBusy, forEachWithDemand, pullFrom } from 'rxjs-backpressure';
 *
 * void forEachWithDemand(pullFrom([1, 2, 3, 4]).pipe(batchWhileBusy({ max: 3 })), async (rows) => console.log(rows));
 * ```
 *
 * @see Akka Streams `batch`, Project Reactor `bufferTimeout` with fair backpressure
 */
export function batchWhileBusy<T>(options: BatchWhileBusyOptions<T>): OperatorFunction<T, T[]> {
  const { max } = options;
  checkCount('batchWhileBusy: max', max, 1);
  return bufferingOperator<T, T[]>(
    'batchWhileBusy',
    { ...options, capacity: max },
    (downstream, upstream) => {
      let requested = 0;
      let batch: T[] | undefined;
      // What waits is handed over inside the request: no batch is ever left half full.
      const take = () => {
        if (requested > 0 && upstream.requested === 0) {
          upstream.request(Math.min(Math.max(upstream.buffered, 1), max));
        }
      };
      return {
        request: (n) => {
          requested = addDemand(requested, n);
          take();
        },
        next: (value) => {
          // Not pushed into an empty array, which would be given room for sixteen values.
          batch?.push(value);
          batch ??= [value];
          // From inside `onDrop` more may have been asked for than was left then.
          if (upstream.requested === 0 || upstream.buffered === 0) {
            const full = batch;
            batch = undefined;
            requested--;
            upstream.withdraw();
            downstream.next(full);
            take();
          }
        },
      };
    },
    { ahead: max },
  );
}
