import type { MonoTypeOperatorFunction } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { bufferingOperator, passOn } from '../parts/bufferingOperator.js';

/** Options of {@link dropLatest}. */
export interface DropLatestOptions<T> extends Pick<BufferOptions<T>, 'sizeOf' | 'onDrop'> {
  /** How many values may wait for demand. Default 0: what nobody waits for is dropped. */
  readonly capacity?: number;
  /** Whether an upstream error overtakes the values that wait (`'first'`, the default) or follows them (`'last'`). */
  readonly errors?: 'last' | 'first';
}

/**
 * Drops what arrives while there is neither demand nor room: what arrived first stays.
 *
 * ```marble
 * == drops what arrives while nobody has asked
 * source    -a-b-c-d-e-f-|
 * request   2-----1---*---
 * > dropLatest({ onDrop })
 * output    -a-b---d---f-|
 * dropped   -----c---e----
 * ```
 *
 * **Demand.** *forwards*: each request goes up unchanged; a source that honours demand loses nothing.
 *
 * **Overflow.** The arriving value is dropped (Reactor's and Kotlin's DROP_LATEST; RxJava's, which replaces the newest
 * waiting one, is `boundedBuffer` with `overflow: 'replaceLatest'`). `onDrop` sees it once.
 *
 * **Errors.** An upstream error overtakes the values that wait, unless `errors` is `'last'`. A `capacity` that is no
 * integer from 0 throws a `RangeError`.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { DemandSubscriber, dropLatest } from 'rxjs-backpressure';
 *
 * of(1, 2, 3)
 *   .pipe(dropLatest({ onDrop: (value) => console.log('dropped', value) }))
 *   .subscribe(new DemandSubscriber<number>({ start: (demand) => demand.request(1), next: console.log }));
 * ```
 *
 * @see RxJava `onBackpressureDrop`
 */
export function dropLatest<T>(options: DropLatestOptions<T> = {}): MonoTypeOperatorFunction<T> {
  return bufferingOperator(
    'dropLatest',
    { capacity: 0, errors: 'first', ...options, overflow: 'dropLatest' },
    passOn<T>,
  );
}
