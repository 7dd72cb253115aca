import { finished, type Writable } from 'node:stream';
import type { Observable } from 'rxjs';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';

/** Options of {@link writeTo}. */
export interface WriteToOptions {
  /** Ends the writing: the `Writable` is destroyed, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Writes each value to a `Writable`, once, in order, and no faster than it drains.
 *
 * **Demand.** Requests one value; the next one when `write` says that there is room, or after the `'drain'` it announces.
 *
 * **Errors.** An error of the source destroys the `Writable`, an error or an early end of the `Writable` releases the source;
 * both reject the promise with that error. Values that a source without demand sends meanwhile wait, up to 1024; one more
 * rejects with an `OverflowError`.
 *
 * @param source$ strings or bytes, or anything for a `Writable` in object mode
 * @param writable is ended after the last value
 * @param options `signal`: ends the writing
 * @returns a promise that resolves when all is written and the `Writable` has finished
 *
 * @example
 * ```ts
 * import { PassThrough } from 'node:stream';
 * import { pullFrom } from 'rxjs-backpressure';
 * import { writeTo } from 'rxjs-backpressure/node';
 *
 * const output = new PassThrough();
 * output.on('data', (chunk) => console.log(String(chunk)));
 * void writeTo(pullFrom(['a', 'b']), output);
 * ```
 *
 * @see Node.js `stream.pipeline`
 */
export function writeTo<T>(
  source$: Observable<T>,
  writable: Writable,
  { signal }: WriteToOptions = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    let full = false;
    let completed = false;
    const drained = () => {
      if (full) {
        full = false;
        subscriber.request(1);
      }
    };
    const fail = (error: unknown) => {
      reject(error);
      writable.destroy(error instanceof Error ? error : new Error(String(error), { cause: error }));
    };
    const subscriber = new DemandSubscriber<T>(
      {
        start: (demand) => demand.request(1),
        next: (value, demand) => {
          full = !writable.write(value);
          if (!full) {
            demand.request(1);
          }
        },
        error: fail,
        complete: () => {
          completed = true;
          writable.end();
        },
      },
      { operator: 'writeTo' },
    );
    const abort = () => {
      subscriber.unsubscribe();
      fail(signal?.reason);
    };
    const forget = finished(writable, { readable: false }, (error) => {
      writable.off('drain', drained);
      signal?.removeEventListener('abort', abort);
      subscriber.unsubscribe();
      if (error) {
        reject(error);
      } else if (completed) {
        // After an error its listener stays, for what Node may still report.
        forget();
        resolve();
      } else {
        reject(new Error('writeTo: the Writable was ended by somebody else'));
      }
    });
    writable.on('drain', drained);
    if (signal?.aborted) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort);
    source$.subscribe(subscriber);
  });
}
