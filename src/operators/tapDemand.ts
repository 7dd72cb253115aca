import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DropOptions } from '../buffer/BufferOptions.js';
import { demandOperator } from '../parts/demandOperator.js';
import { checkFunction } from '../protocol/check.js';

/** What {@link tapDemand} calls. */
export interface TapDemandCallbacks<T> extends DropOptions<T> {
  /** Called with each request on its way up: a positive integer, or `Infinity` of a plain subscriber. */
  readonly request?: (n: number) => void;
  /** Called with each value on its way down. */
  readonly next?: (value: T) => void;
  /** Called once if downstream leaves before the stream has ended. */
  readonly unsubscribe?: () => void;
}

/**
 * Calls back for what travels, in both directions, and changes nothing.
 *
 * ```marble
 * == lets requests up and values down as they are
 * pull      abc|------
 * request   -1---2----
 * > tapDemand()
 * upstream  -1---2----
 * output    -a---(bc|)
 * ```
 *
 * **Demand.** *forwards*: each request goes up unchanged.
 *
 * **Overflow.** What a source without demand sends meanwhile waits, up to 1024 values; one more ends with an
 * `OverflowError` that carries them. `onDrop` sees each value that still waits when downstream leaves.
 *
 * **Errors.** An upstream error follows the values that wait. What a callback throws ends the stream with that error; what
 * `unsubscribe` throws is reported as unhandled.
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { DemandSubscriber, pullFrom, tapDemand } from 'rxjs-backpressure';
 *
 * pullFrom([1, 2, 3])
 *   .pipe(
 *     tapDemand({ request: (n) => console.log('asked for', n), next: (value) => console.log('got', value) }),
 *     map((n) => n * 10),
 *   )
 *   .subscribe(new DemandSubscriber<number>({ start: (demand) => demand.request(2) }));
 * ```
 *
 * @see Reactor `doOnRequest`, RxJava `doOnLifecycle`
 */
export function tapDemand<T>(callbacks: TapDemandCallbacks<T> = {}): MonoTypeOperatorFunction<T> {
  const { request, next, unsubscribe, ...kept } = callbacks;
  checkFunction('tapDemand: request', request, true);
  checkFunction('tapDemand: next', next, true);
  checkFunction('tapDemand: unsubscribe', unsubscribe, true);
  return demandOperator<T, T>(
    (downstream, upstream) => {
      let ended = false;
      return {
        request: (n) => {
          request?.(n);
          upstream.request(n);
        },
        next: (value) => {
          next?.(value);
          downstream.next(value);
        },
        error: (error) => {
          ended = true;
          downstream.error(error);
        },
        complete: () => {
          ended = true;
          downstream.complete();
        },
        unsubscribe: () => {
          if (!ended) {
            unsubscribe?.();
          }
        },
      };
    },
    { ...kept, operator: 'tapDemand' },
  );
}
