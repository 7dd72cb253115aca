import type { Observable, OperatorFunction } from 'rxjs';
import type { DropOptions } from '../buffer/BufferOptions.js';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { Window } from '../parts/Window.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount, checkFunction } from '../protocol/check.js';
import { COMPLETE } from '../protocol/Ending.js';

/**
 * Splits a stream into Observables of `count` values each, which honour demand; the last one may be shorter.
 *
 * ```marble
 * == a window asks for what its subscriber requests
 * pull      abcdef|-----
 * request   1-1-2-----1-
 * > (source$) => source$.pipe(windowWithCount(3), concatAll())
 * upstream  1-1-(11)--1-
 * output    a-b-(cd)--e-
 * ```
 *
 * **Demand.** *shapes*: a requested window asks upstream for the one value that opens it; what its subscriber requests, up to
 * `count`, is asked for as it comes. The next window opens when one is full, or was unsubscribed from: then the values that it
 * still lacked are asked for and skipped. A window that nobody subscribes to holds the stream.
 *
 * **Overflow.** A source without demand is kept, up to 1024 values; one more ends with an `OverflowError`, in the open window
 * and in the stream of windows. `onDrop` sees each value that waits in a window when its subscriber leaves, each that it still
 * lacked, and what waits when the stream of windows is left, in an open window without a subscriber too.
 *
 * **Errors.** An upstream error ends the open window, after the values that wait in it, and then the stream of windows. A window takes
 * one subscriber, a second one gets an `Error`. Unsubscribed from, the stream of windows still fills the open one, if that has a
 * subscriber; one that comes later gets an `Error`. A `count` that is no positive integer throws a `RangeError`.
 *
 * @param count how many values a window has
 * @param options `onDrop`
 *
 * @example
 * ```ts
 * import { concatMap, toArray } from 'rxjs';
 * import { pullFrom, windowWithCount } from 'rxjs-backpressure';
 *
 * pullFrom([1, 2, 3])
 *   .pipe(
 *     windowWithCount(2),
 *     concatMap((window$) => window$.pipe(toArray())),
 *   )
 *   .subscribe(console.log); // [1, 2] [3]
 * ```
 *
 * @see RxJS 4 `windowWithCount`, RxJava `window(count)`
 */
export function windowWithCount<T>(
  count: number,
  options: DropOptions<T> = {},
): OperatorFunction<T, Observable<T>> {
  checkCount('windowWithCount: count', count, 1);
  checkFunction('windowWithCount: onDrop', options.onDrop, true);
  return (source) =>
    new DemandObservable<Observable<T>>((downstream) => {
      let requested = 0;
      let left = false;
      let window: Window<T> | undefined;
      /** Asks for what opens the next window, once this one has all it will get. */
      const open = () => {
        if (window?.filling === true) {
          return;
        }
        if (left) {
          upstream.unsubscribe();
        } else if (requested > 0 && upstream.requested === 0) {
          upstream.request((window?.lacking ?? 0) + 1);
        }
      };
      const upstream = new DemandSubscriber<T>(
        {
          next: (value) => {
            if (window === undefined || window.lacking === 0) {
              requested--;
              window = new Window<T>(value, count, upstream, open, options.onDrop);
              downstream.next(window);
            } else {
              window.next(value);
            }
            open();
          },
          error: (error) => {
            const tell = () => downstream.error(error);
            window === undefined ? tell() : window.end({ kind: 'error', error }, tell);
          },
          complete: () => {
            window?.end(COMPLETE);
            downstream.complete();
          },
        },
        { ...options, operator: 'windowWithCount' },
      );
      return {
        upstream,
        request: (n) => {
          requested = addDemand(requested, n);
          open();
        },
        start: () => {
          source.subscribe(upstream);
        },
        unsubscribe: () => {
          left = true;
          window?.abandon();
          open();
        },
      };
    });
}
