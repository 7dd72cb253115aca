import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { bufferingOperator } from '../parts/bufferingOperator.js';
import { watchNotifier } from '../parts/watchNotifier.js';
import { addDemand, checkRequest } from '../protocol/arithmetic.js';
import { checkObservable } from '../protocol/check.js';

/** Options of {@link controlledRequest}. */
export interface ControlledRequestOptions<T>
  extends Pick<BufferOptions<T>, 'capacity' | 'sizeOf' | 'onDrop'> {
  /** Whether an upstream error waits for the values that wait (`'last'`, the default) or overtakes them (`'first'`). */
  readonly errors?: 'last' | 'first';
}

/**
 * Delivers `n` more values for each number `n` that `requests$` emits.
 *
 * ```marble
 * == delivers as many values as the requests say
 * pull      (abcd|)--------
 * requests  --2-----1--1---
 * > controlledRequest(requests)
 * upstream  --2-----1--1---
 * output    --(ab)--c--(d|)
 * ```
 *
 * **Demand.** *shapes*: asks upstream for the smaller of what `requests$` has allowed and what downstream has requested.
 *
 * **Overflow.** What a source without demand sends meanwhile waits, up to `capacity` (default 1024) values; one more ends
 * with an `OverflowError` that carries them.
 *
 * **Errors.** An upstream error follows the values that wait, unless `errors` is `'first'`. A number that is neither a positive
 * integer nor `Infinity` ends with a `RangeError`, an error of `requests$` with that error; its completion changes nothing.
 *
 * @param requests$ an Observable of numbers, or a `DemandHandle`
 *
 * @example
 * ```ts
 * import { Subject } from 'rxjs';
 * import { controlledRequest, pullFrom } from 'rxjs-backpressure';
 *
 * const more$ = new Subject<number>();
 * pullFrom(['a', 'b', 'c']).pipe(controlledRequest(more$)).subscribe(console.log);
 * more$.next(2);
 * ```
 *
 * @see RxJS 4 `controlled`, whose requests replaced each other; here they add up
 */
export function controlledRequest<T>(
  requests$: Observable<number>,
  options: ControlledRequestOptions<T> = {},
): MonoTypeOperatorFunction<T> {
  checkObservable('controlledRequest: requests$', requests$);
  return bufferingOperator<T, T>('controlledRequest', options, (downstream, upstream) => {
    let allowed = 0;
    let requested = 0;
    const ask = () => {
      const n = Math.min(allowed, requested) - upstream.requested;
      if (n > 0) {
        upstream.request(n);
      }
    };
    return {
      start: () =>
        watchNotifier(requests$, upstream, (n) => {
          checkRequest(n);
          allowed = addDemand(allowed, n);
          ask();
        }),
      request: (n) => {
        requested = addDemand(requested, n);
        ask();
      },
      next: (value) => {
        allowed--;
        requested--;
        downstream.next(value);
      },
    };
  });
}
