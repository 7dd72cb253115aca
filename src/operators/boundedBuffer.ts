import type { MonoTypeOperatorFunction } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { AgingBuffer } from '../parts/AgingBuffer.js';
import { bufferingOperator, passOn } from '../parts/bufferingOperator.js';
import { checkCount, checkTime } from '../protocol/check.js';

/** Options of {@link boundedBuffer}. */
export interface BoundedBufferOptions<T> extends BufferOptions<T> {
  /** How many values may wait for demand: an integer from 0, or `Infinity`. */
  readonly capacity: number;
  /** How long a value may wait, in ms. Default: as long as it takes. */
  readonly maxAge?: number;
  /** Whether an upstream error waits for the values that wait (`'last'`, the default) or overtakes them (`'first'`). */
  readonly errors?: 'last' | 'first';
}

/**
 * Keeps what arrives without demand, up to `capacity` values, and delivers it in order as it is requested.
 *
 * ```marble
 * == keeps what arrives without demand, and delivers it in order
 * source    -abc-|--------
 * request   -----1-1--1---
 * > boundedBuffer({ capacity: 3 })
 * output    -----a-b--(c|)
 * waiting   -123322111----
 * ```
 *
 * **Demand.** *forwards*: each request goes up unchanged, so a source that honours demand is never asked for more than
 * downstream wants, and nothing has to wait.
 *
 * **Overflow.** `overflow` decides about a value for which there is no room: `'error'` (default) ends with an
 * `OverflowError`, `'dropLatest'` drops the arriving value, `'replaceLatest'` the newest waiting one (RxJava's
 * DROP_LATEST), `'dropOldest'` the one waiting longest, `'dropAll'` all that wait; a function decides from the value and
 * those waiting. With `sizeOf` the capacity counts what it measures (bytes, say). A value that has waited for `maxAge` ms is
 * dropped, by a timer and at its turn. `onDrop` sees each dropped value once, with the reason.
 *
 * **Errors.** An upstream error follows the values that wait, unless `errors` is `'first'`. An `OverflowError` comes at
 * once and carries all that waited. A `capacity` that is no integer from 0 and no `Infinity`, or a `maxAge` not above 0, throws a
 * `RangeError`.
 *
 * @example
 * ```ts
 * import { interval } from 'rxjs';
 * import { boundedBuffer, forEachWithDemand } from 'rxjs-backpressure';
 *
 * const prices$ = interval(10).pipe(boundedBuffer({ capacity: 100, overflow: 'dropOldest' }));
 * void forEachWithDemand(prices$, async (price) => console.log(price), { signal: AbortSignal.timeout(35) }).catch(() => {});
 * ```
 *
 * @see Reactor `onBackpressureBuffer`, Kotlin `buffer(capacity, onBufferOverflow)`
 */
export function boundedBuffer<T>(options: BoundedBufferOptions<T>): MonoTypeOperatorFunction<T> {
  const { capacity, maxAge } = options;
  checkCount('boundedBuffer: capacity', capacity, 0, true);
  if (maxAge === undefined) {
    return bufferingOperator('boundedBuffer', options, passOn<T>);
  }
  checkTime('boundedBuffer: maxAge', maxAge);
  return bufferingOperator('boundedBuffer', options, passOn<T>, {
    buffer: (act) => new AgingBuffer<T>('boundedBuffer', options, maxAge, act),
  });
}
