import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import type { DemandSubscriberOptions } from '../kernel/DemandSubscriber.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkObservable } from '../protocol/check.js';
import { askInSteps } from './askInSteps.js';
import { bufferingOperator } from './bufferingOperator.js';
import { watchNotifier } from './watchNotifier.js';

/** Asks for nothing while the last value of `paused$` is `true`; `lossy` decides whether what comes all the same is dropped. */
export function pausingOperator<T>(
  operator: string,
  paused$: Observable<boolean>,
  options: DemandSubscriberOptions<T> & BufferOptions<T>,
  lossy: boolean,
): MonoTypeOperatorFunction<T> {
  checkObservable(`${operator}: paused$`, paused$);
  return bufferingOperator<T, T>(operator, options, (downstream, upstream) => {
    let paused = false;
    let requested = 0;
    const ask = () => {
      if (!paused) {
        askInSteps(upstream, requested);
      }
    };
    return {
      start: () =>
        watchNotifier(paused$, upstream, (pause) => {
          paused = pause;
          upstream.shut = lossy && paused;
          if (paused) {
            upstream.withdraw();
          }
          ask();
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
  });
}
