import type { Observable } from 'rxjs';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { checkCount, checkFunction, checkObservable } from '../protocol/check.js';

/** Options of {@link forEachWithDemand}. */
export interface ForEachOptions {
  /** How many values may be worked on at a time. Default 1. */
  readonly concurrency?: number;
  /** Ends the subscription; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Calls `work` with each value of `source$` and asks for the next one when a call has settled.
 *
 * **Demand.** Requests `concurrency` values at first, then one for each call that has ended.
 *
 * **Errors.** The promise rejects with the source's error, with what `work` throws or rejects with, or with the signal's
 * reason; then the source is released, and no further value is handed to `work`. Values that a source without demand
 * sends meanwhile wait, up to 1024; one more rejects with an `OverflowError`.
 *
 * @returns a promise that resolves when the source has completed and every call has settled
 *
 * @example
 * ```ts
 * import { forEachWithDemand, pullFrom } from 'rxjs-backpressure';
 *
 * void forEachWithDemand(pullFrom([1, 2, 3]), async (row) => console.log(row), { concurrency: 2 });
 * ```
 */
export function forEachWithDemand<T>(
  source$: Observable<T>,
  work: (value: T) => unknown,
  { concurrency = 1, signal }: ForEachOptions = {},
): Promise<void> {
  checkObservable('forEachWithDemand: source$', source$);
  checkFunction('forEachWithDemand: work', work);
  checkCount('forEachWithDemand: concurrency', concurrency, 1, true);
  return new Promise((resolve, reject) => {
    let working = 0;
    let completed = false;
    const abort = () => failed(signal?.reason);
    // Heard until the last call has settled, which may be long after the source has completed.
    const unlisten = () => signal?.removeEventListener('abort', abort);
    const succeed = () => {
      if (completed && working === 0) {
        unlisten();
        resolve();
      }
    };
    const settled = () => {
      working--;
      succeed();
      subscriber.request(1);
    };
    const failed = (error: unknown) => {
      unlisten();
      reject(error);
      subscriber.unsubscribe();
    };
    const subscriber = new DemandSubscriber<T>(
      {
        start: (demand) => demand.request(concurrency),
        next: (value) => {
          working++;
          // One that answers at once has settled in a job of its own, and does not grow the stack; one that throws fails the subscriber.
          Promise.resolve(work(value)).then(settled, failed);
        },
        error: failed,
        complete: () => {
          completed = true;
          succeed();
        },
      },
      { operator: 'forEachWithDemand' },
    );
    if (signal?.aborted) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort);
    source$.subscribe(subscriber);
  });
}
