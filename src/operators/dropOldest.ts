import type { MonoTypeOperatorFunction } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { bufferingOperator, passOn } from '../parts/bufferingOperator.js';
import { checkCount } from '../protocol/check.js';

/** Options of {@link dropOldest}. */
export interface DropOldestOptions<T> extends Pick<BufferOptions<T>, 'sizeOf' | 'onDrop'> {
  /** How many values may wait for demand: an integer from 1. Default 1. */
  readonly capacity?: number;
  /** Whether an upstream error overtakes the values that wait (`'first'`, the default) or follows them (`'last'`). */
  readonly errors?: 'last' | 'first';
}

/**
 * Drops the value that has waited longest when one arrives for which there is no room: what arrived last stays.
 *
 * ```marble
 * == drops the value that has waited longest
 * source    -a-b-c-d-e-|------
 * request   -1-----1-----1----
 * > dropOldest({ onDrop })
 * output    -a-----c-----(e|)-
 * dropped   -----b---d--------
 * waiting   ---1111111111-----
 * ```
 *
 * **Demand.** *forwards*: each request goes up unchanged; a source that honours demand loses nothing.
 *
 * **Overflow.** The oldest waiting value is dropped. `onDrop` sees it once.
 *
 * **Errors.** An upstream error overtakes the values that wait, unless `errors` is `'last'`. A `capacity` that is no
 * integer from 1 throws a `RangeError`.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { DemandSubscriber, dropOldest } from 'rxjs-backpressure';
 *
 * const last = new DemandSubscriber<number>({ next: console.log });
 * of(1, 2, 3).pipe(dropOldest()).subscribe(last);
 * last.request(1); // 3
 * ```
 *
 * @see RxJava `BackpressureOverflowStrategy.DROP_OLDEST`, Kotlin `DROP_OLDEST`
 */
export function dropOldest<T>(options: DropOldestOptions<T> = {}): MonoTypeOperatorFunction<T> {
  const { capacity = 1 } = options;
  checkCount('dropOldest: capacity', capacity, 1, true);
  return bufferingOperator(
    'dropOldest',
    { errors: 'first', ...options, capacity, overflow: 'dropOldest' },
    passOn<T>,
  );
}
