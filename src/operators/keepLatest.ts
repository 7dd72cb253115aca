import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DropOptions } from '../buffer/BufferOptions.js';
import { bufferingOperator, passOn } from '../parts/bufferingOperator.js';

/** Options of {@link keepLatest}. */
export interface KeepLatestOptions<T> extends DropOptions<T> {
  /** Whether an upstream error overtakes the value that waits (`'first'`, the default) or follows it (`'last'`). */
  readonly errors?: 'last' | 'first';
}

/**
 * Keeps only the most recent value until it is requested.
 *
 * ```marble
 * == a request gets the most recent value
 * source    -a-b-c-d-e-|
 * request   -1----*-----
 * > keepLatest({ onDrop })
 * output    -a----cd-e-|
 * dropped   -----b------
 * ```
 *
 * **Demand.** *forwards*: each request goes up unchanged; a source that honours demand loses nothing.
 *
 * **Overflow.** A newcomer replaces the value that waits, which is dropped. `onDrop` sees it once.
 *
 * **Errors.** An upstream error overtakes the value that waits, unless `errors` is `'last'`; a completion follows it.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { DemandSubscriber, keepLatest } from 'rxjs-backpressure';
 *
 * const latest = new DemandSubscriber<number>({ next: console.log });
 * of(1, 2, 3).pipe(keepLatest()).subscribe(latest);
 * latest.request(1); // 3
 * ```
 *
 * @see RxJava and Reactor `onBackpressureLatest`
 */
export function keepLatest<T>(options: KeepLatestOptions<T> = {}): MonoTypeOperatorFunction<T> {
  return bufferingOperator(
    'keepLatest',
    { errors: 'first', ...options, capacity: 1, overflow: 'dropOldest' },
    passOn<T>,
  );
}
