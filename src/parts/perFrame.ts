import { animationFrameScheduler, type MonoTypeOperatorFunction, type Subscription } from 'rxjs';
import type { DropOptions } from '../buffer/BufferOptions.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount } from '../protocol/check.js';
import { demandOperator } from './demandOperator.js';

/**
 * Takes at most `max` values an animation frame, and asks for no more.
 *
 * **Demand.** *shapes*: in each frame for which there is demand, upstream is asked for what `max` values lack. A page that is
 * not drawn (in a hidden tab) has no frames, and takes nothing.
 *
 * **Overflow.** A source without demand is kept, up to 1024 values; one more ends with an `OverflowError`. `onDrop` sees each
 * value that still waits when downstream leaves.
 *
 * **Errors.** An upstream error follows the values that wait. A `max` that is no positive integer throws a `RangeError`.
 *
 * @param max how many values a frame may have; default 1
 * @param options `onDrop`
 *
 * @example
 * ```ts
 * import { pullFrom } from 'rxjs-backpressure';
 * import { perFrame } from 'rxjs-backpressure/web';
 *
 * const rows$ = pullFrom(['a', 'b', 'c']).pipe(perFrame(2));
 * ```
 */
export function perFrame<T>(max = 1, options: DropOptions<T> = {}): MonoTypeOperatorFunction<T> {
  checkCount('perFrame: max', max, 1);
  return demandOperator<T, T>(
    (downstream, upstream) => {
      let requested = 0;
      let frame: Subscription | undefined;
      const lacking = () => Math.min(requested, max) - upstream.requested;
      const schedule = () => {
        // While upstream owes all that a frame may have, there is nothing to ask for.
        if (frame === undefined && lacking() > 0 && !upstream.closed) {
          frame = animationFrameScheduler.schedule(() => {
            frame = undefined;
            upstream.request(lacking());
            schedule();
          });
        }
      };
      return {
        request: (n) => {
          requested = addDemand(requested, n);
          schedule();
        },
        next: (value) => {
          requested--;
          downstream.next(value);
          schedule();
        },
        unsubscribe: () => frame?.unsubscribe(),
      };
    },
    { ...options, operator: 'perFrame' },
  );
}
