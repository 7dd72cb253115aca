import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { PolicyBuffer } from '../buffer/PolicyBuffer.js';
import type { DemandSubscriberOptions } from '../kernel/DemandSubscriber.js';
import { addDemand } from '../protocol/arithmetic.js';
import { demandOperator } from './demandOperator.js';
import { watchNotifier } from './watchNotifier.js';

/** What is asked for at a time. An unbounded request could not be taken back when the pause comes. */
const STEP = 16;

/** Asks for nothing while the last value of `paused$` is `true`; `lossy` decides whether what comes all the same is dropped. */
export function pausingOperator<T>(
  operator: string,
  paused$: Observable<boolean>,
  options: DemandSubscriberOptions<T> & BufferOptions<T>,
  lossy: boolean,
): MonoTypeOperatorFunction<T> {
  return demandOperator<T, T>(
    (downstream, upstream) => {
      let paused = false;
      let requested = 0;
      const ask = () => {
        const n = Math.min(requested, STEP) - upstream.requested;
        // Half a step at a time, so that not every value costs a request of its own.
        if (!paused && n > 0 && (n >= STEP / 2 || upstream.requested === 0)) {
          upstream.request(n);
        }
      };
      return {
        start: () =>
          watchNotifier(paused$, upstream, (pause) => {
            paused = pause;
            upstream.shut = lossy && paused;
            if (paused) {
              upstream.withdraw();
            } else {
              ask();
            }
          }),
        request: (n) => {
          requested = addDemand(requested, n);
          ask();
        },
        next: (value) => {
          requested--;
          downstream.next(value);
          ask();
        },
      };
    },
    { ...options, operator },
    { buffer: () => new PolicyBuffer<T>(operator, options) },
  );
}
