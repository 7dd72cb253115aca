import { DestroyRef } from '@angular/core';
import { type MonoTypeOperatorFunction, Observable, of, takeUntil } from 'rxjs';
import { losslessPause } from '../operators/losslessPause.js';
import { pausedWhileHidden } from '../parts/pausedWhileHidden.js';
import { type LifeOptions, lifeOf } from './Life.js';

/** Options of {@link pauseWhileHidden}. */
export interface PauseWhileHiddenOptions extends LifeOptions {
  /** How many values of a source that cannot stop are kept meanwhile. Default 1024. */
  readonly capacity?: number;
}

/**
 * Delivers nothing while the page is hidden, afterwards everything, in order, and completes with the component.
 *
 * **Demand.** *shapes*: while the page is visible, asks upstream for what downstream has requested, in steps of 16; while it is
 * hidden, and on a server, for nothing.
 *
 * **Overflow.** A source that cannot stop is kept, up to `capacity` (default 1024) values; one more ends with an `OverflowError`.
 *
 * **Errors.** An upstream error follows the values that wait. Called outside an injection context without an `injector`, it throws.
 *
 * @param options `capacity`; `injector`: whose life it shares
 *
 * @example
 * ```ts
 * import { AsyncPipe } from '@angular/common';
 * import { Component } from '@angular/core';
 * import { pullFrom } from 'rxjs-backpressure';
 * import { pauseWhileHidden } from 'rxjs-backpressure/angular';
 *
 * @Component({ imports: [AsyncPipe], template: '{{ line$ | async }}' })
 * class Lines {
 *   readonly line$ = pullFrom(['a', 'b', 'c']).pipe(pauseWhileHidden());
 * }
 * ```
 *
 * @see `losslessPause`, for any other reason to pause
 */
export function pauseWhileHidden<T>(options: PauseWhileHiddenOptions = {}): MonoTypeOperatorFunction<T> {
  const { capacity = 1024 } = options;
  const { injector, onServer } = lifeOf(pauseWhileHidden, options);
  const paused$ = onServer ? of(true) : pausedWhileHidden();
  const destroyed$ = new Observable<void>((subscriber) =>
    injector.get(DestroyRef).onDestroy(() => subscriber.next()),
  );
  return (source$) => source$.pipe(losslessPause(paused$, { capacity }), takeUntil(destroyed$));
}
