import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { pausingOperator } from '../parts/pausingOperator.js';

/** Options of {@link losslessPause}. */
export interface LosslessPauseOptions<T> extends Pick<BufferOptions<T>, 'capacity' | 'sizeOf' | 'onDrop'> {
  /** Whether an upstream error waits for the values that wait (`'last'`, the default) or overtakes them (`'first'`). */
  readonly errors?: 'last' | 'first';
}

/**
 * Delivers nothing while the last value of `paused$` is `true`, and afterwards everything, in order, each value once.
 *
 * ```marble
 * == keeps while paused, delivers all of it in order when resumed
 * source    -a-b-c-d-----e|
 * paused    --P----R-------
 * > losslessPause(paused)
 * output    -a-----(bcd)-e|
 * waiting   ---1122--------
 * P = true
 * R = false
 * ```
 *
 * **Demand.** *shapes*: while running, asks upstream for what downstream has requested, in steps of 16; while paused, for
 * nothing. What was on its way when the pause came waits.
 *
 * **Overflow.** A source that cannot stop is kept, up to `capacity` (default 1024) values; one more ends with an
 * `OverflowError` that carries them.
 *
 * **Errors.** An upstream error follows the values that wait, unless `errors` is `'first'`. An error of `paused$` ends the
 * stream at once; its completion leaves things as they are.
 *
 * @param paused$ emits `true` to pause and `false` to resume; not paused until it says so
 *
 * @example
 * ```ts
 * import { BehaviorSubject } from 'rxjs';
 * import { losslessPause, pullFrom } from 'rxjs-backpressure';
 *
 * const paused$ = new BehaviorSubject(true);
 * pullFrom([1, 2, 3]).pipe(losslessPause(paused$)).subscribe(console.log);
 * paused$.next(false);
 * ```
 *
 * @see RxJS 4 `pausableBuffered`
 */
export function losslessPause<T>(
  paused$: Observable<boolean>,
  options: LosslessPauseOptions<T> = {},
): MonoTypeOperatorFunction<T> {
  return pausingOperator('losslessPause', paused$, options, false);
}
