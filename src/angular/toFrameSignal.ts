import { assertNotInReactiveContext, computed, NgZone, type Signal, signal } from '@angular/core';
import { type Observable, Subscriber } from 'rxjs';
import { keepLatest } from '../operators/keepLatest.js';
import { perFrame } from '../parts/perFrame.js';
import { endWith, type LifeOptions, lifeOf } from './Life.js';

/** Options of {@link toFrameSignal}. */
export interface FrameSignalOptions<T, I> extends LifeOptions {
  /** What the signal is before the first value. Default `undefined`. */
  readonly initialValue?: I;
  /** When two values are the same to those who read the signal. Default `Object.is`. */
  readonly equal?: (a: T | I, b: T | I) => boolean;
  /** Called with each value of a source without demand that was never shown. */
  readonly onDrop?: (value: T) => void;
}

type State<T> = { readonly value: T } | { readonly error: unknown };

/**
 * A signal of the newest value, which changes at most once a rendered frame: `toSignal` for a stream faster than the screen.
 *
 * **Demand.** Asks for one value an animation frame, the next one once the last has come. A page that is not drawn, in a hidden tab, asks
 * for nothing; nor does a server, where the source is not subscribed to and the signal keeps its initial value.
 *
 * **Overflow.** Of a source without demand the newest value of each frame is shown, the others are dropped.
 *
 * **Errors.** An error of the source is thrown where the signal is read, as by `toSignal`. Called outside an injection context
 * without an `injector`, or inside a `computed` or an `effect`, it throws.
 *
 * @param source$ what to show
 * @param options `initialValue`, `equal`, `onDrop`; `injector`: whose life it shares
 * @returns the signal, which keeps its last value when the source completes or the component is destroyed
 *
 * @example
 * ```ts
 * import { Component } from '@angular/core';
 * import { interval } from 'rxjs';
 * import { toFrameSignal } from 'rxjs-backpressure/angular';
 *
 * @Component({ template: '{{ price() }}' })
 * class Ticker {
 *   readonly price = toFrameSignal(interval(1), { initialValue: 0 });
 * }
 * ```
 *
 * @see `perFrame` of `rxjs-backpressure/web`, for a stream of them all
 */
export function toFrameSignal<T>(source$: Observable<T>): Signal<T | undefined>;
export function toFrameSignal<T, const I = undefined>(
  source$: Observable<T>,
  options: FrameSignalOptions<T, I> & { readonly initialValue: I },
): Signal<T | I>;
export function toFrameSignal<T>(
  source$: Observable<T>,
  options: FrameSignalOptions<T, undefined>,
): Signal<T | undefined>;
export function toFrameSignal<T, I>(
  source$: Observable<T>,
  options: FrameSignalOptions<T, I | undefined> = {},
): Signal<T | I | undefined> {
  assertNotInReactiveContext(toFrameSignal);
  const { initialValue, equal = Object.is, onDrop } = options;
  const life = lifeOf(toFrameSignal, options);
  const state = signal<State<T | I | undefined>>({ value: initialValue });
  if (!life.onServer) {
    const subscriber = new Subscriber<T>({
      next: (value: T) => state.set({ value }),
      error: (error: unknown) => state.set({ error }),
      complete: () => {},
    });
    endWith(life, subscriber);
    const newest$ = source$.pipe(keepLatest(onDrop === undefined ? {} : { onDrop }), perFrame());
    // Where there is a zone, a frame in which nothing came must not check the page, nor hold `whenStable`.
    life.injector.get(NgZone).runOutsideAngular(() => newest$.subscribe(subscriber));
  }
  return computed(
    () => {
      const now = state();
      if ('error' in now) {
        throw now.error;
      }
      return now.value;
    },
    { equal },
  );
}
