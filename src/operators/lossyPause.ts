import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { pausingOperator } from '../parts/pausingOperator.js';

/** Options of {@link lossyPause}. */
export interface LossyPauseOptions<T> extends Pick<BufferOptions<T>, 'capacity' | 'sizeOf' | 'onDrop'> {
  /** Whether an upstream error overtakes the values that wait (`'first'`, the default) or follows them (`'last'`). */
  readonly errors?: 'last' | 'first';
}

/**
 * Drops what arrives while the last value of `paused$` is `true`, and delivers what comes later.
 *
 * ```marble
 * == drops while paused, delivers what comes after
 * source    -a-b-c-d-e|
 * paused    --P--R-----
 * > lossyPause(paused, { onDrop })
 * output    -a---c-d-e|
 * dropped   ---b-------
 * P = true
 * R = false
 * ```
 *
 * **Demand.** *shapes*: while running, asks upstream for what downstream has requested, in steps of 16; while paused, for
 * nothing, so that a source that honours demand loses no more than what was on its way. That is asked for again.
 *
 * **Overflow.** While paused, every arriving value is dropped, and `onDrop` sees it once. While running, what arrives
 * without demand waits, up to `capacity` (default 1024) values; one more ends with an `OverflowError`.
 *
 * **Errors.** An upstream error overtakes the values that wait, unless `errors` is `'last'`; it needs no resuming, nor does
 * completion. An error of `paused$` ends the stream at once; its completion leaves things as they are.
 *
 * @param paused$ emits `true` to pause and `false` to resume; not paused until it says so
 *
 * @example
 * ```ts
 * import { BehaviorSubject, Subject } from 'rxjs';
 * import { lossyPause } from 'rxjs-backpressure';
 *
 * const paused$ = new BehaviorSubject(true);
 * const prices$ = new Subject<number>();
 * prices$.pipe(lossyPause(paused$)).subscribe(console.log);
 * prices$.next(1);
 * paused$.next(false);
 * prices$.next(2); // 2
 * ```
 *
 * @see RxJS 4 `pausable`
 */
export function lossyPause<T>(
  paused$: Observable<boolean>,
  options: LossyPauseOptions<T> = {},
): MonoTypeOperatorFunction<T> {
  return pausingOperator('lossyPause', paused$, { errors: 'first', ...options }, true);
}
