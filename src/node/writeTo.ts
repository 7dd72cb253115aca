import { finished, type Writable } from 'node:stream';
import type { Observable } from 'rxjs';
import { OverflowError } from '../buffer/OverflowError.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { checkObservable } from '../protocol/check.js';
import { COMPLETE, type Ending } from '../protocol/Ending.js';
import { asError } from './asError.js';

/** Options of {@link writeTo}. */
export interface WriteToOptions {
  /** Ends the writing at once: the `Writable` is destroyed, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Writes each value to a `Writable`, once, in order, and no faster than it drains.
 *
 * **Demand.** Requests one value; the next one when `write` says that there is room, or after the `'drain'` it announces.
 *
 * **Errors.** An error of the source destroys the `Writable`, after all that came before it is written; an error or an early
 * end of the `Writable` releases the source. Both reject the promise with that error. Values that a source without demand
 * sends meanwhile wait, up to 1024; one more is an `OverflowError`, at once.
 *
 * @param source$ strings or bytes, or anything for a `Writable` in object mode
 * @param writable is ended after the last value, unless it is the standard output or error of the process
 * @param options `signal`: ends the writing at once
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
  checkObservable('writeTo: source$', source$);
  return new Promise((resolve, reject) => {
    const stays = writable === process.stdout || writable === process.stderr;
    // One that takes nothing any more is full for ever, and `finished` tells of it; a response of HTTP stays `writable`.
    let full =
      writable.writableNeedDrain || !writable.writable || writable.writableEnded || writable.destroyed;
    /** Values that the `Writable` has been given and has not written yet. */
    let unwritten = 0;
    /** Node takes one for finished as well that was closed with nothing left to write, such as gzip before its last bytes. */
    let hasFinished = writable.writableFinished;
    /** How the source ended. */
    let ending: Ending | undefined;

    const drained = () => {
      if (full) {
        full = false;
        subscriber.request(1);
      }
    };
    const written = () => {
      unwritten--;
      settle();
    };
    const settle = () => {
      if (ending?.kind === 'error') {
        // Where more waits than may, there is no telling when the rest would be written.
        if (unwritten === 0 || ending.error instanceof OverflowError) {
          destroy(ending.error);
        }
      } else if (ending !== undefined && unwritten === 0 && stays) {
        leave();
        forget();
        resolve();
      }
    };
    const destroy = (error: unknown) => {
      reject(error);
      writable.destroy(asError(error));
    };
    const subscriber = new DemandSubscriber<T>(
      {
        start: (demand) => {
          if (!full) {
            demand.request(1);
          }
        },
        next: (value, demand) => {
          full = !writable.write(value, written);
          unwritten++;
          if (!full) {
            demand.request(1);
          }
        },
        error: (error) => {
          ending = { kind: 'error', error };
          settle();
        },
        complete: () => {
          ending = COMPLETE;
          if (!stays) {
            writable.end();
          }
          settle();
        },
      },
      { operator: 'writeTo' },
    );
    const abort = () => {
      subscriber.unsubscribe();
      destroy(signal?.reason);
    };
    const leave = () => {
      writable.off('drain', drained);
      writable.off('finish', finish);
      signal?.removeEventListener('abort', abort);
      subscriber.unsubscribe();
    };
    const finish = () => {
      hasFinished = true;
    };
    writable.once('finish', finish);
    const forget = finished(writable, { readable: false }, (error) => {
      leave();
      // One that was destroyed on its last steps may still say that it has finished, and only then fail.
      const failure = error ?? writable.errored;
      if (ending?.kind === 'error') {
        reject(ending.error);
      } else if (failure) {
        reject(failure);
      } else if (ending === undefined) {
        reject(new Error('writeTo: the Writable was ended by somebody else'));
      } else if (!hasFinished) {
        reject(new Error('writeTo: the Writable was closed before it had finished'));
      } else {
        // After an error its listener stays, for what Node may still report.
        forget();
        resolve();
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
