import type { Observable } from 'rxjs';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';

/** Options of {@link writeTo}. */
export interface WriteToOptions {
  /** Ends the writing: the stream is aborted, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Writes each value to a `WritableStream`, once, in order, and no faster than it is ready.
 *
 * **Demand.** Requests one value each time the stream's writer is ready.
 *
 * **Errors.** An error of the source aborts the stream, an error of the stream releases the source; both reject the promise with
 * that error. A stream that is locked rejects with a `TypeError`. Values that a source without demand sends meanwhile wait, up
 * to 1024; one more rejects with an `OverflowError`.
 *
 * @param source$ what the stream takes
 * @param writable is closed after the last value
 * @param options `signal`: ends the writing
 * @returns a promise that resolves when all is written and the stream has closed
 *
 * @example
 * ```ts
 * import { pullFrom } from 'rxjs-backpressure';
 * import { writeTo } from 'rxjs-backpressure/web';
 *
 * void writeTo(pullFrom(['a', 'b']), new WritableStream({ write: (chunk) => console.log(chunk) }));
 * ```
 *
 * @see WHATWG Streams `pipeTo`
 */
export async function writeTo<T>(
  source$: Observable<T>,
  writable: WritableStream<T>,
  { signal }: WriteToOptions = {},
): Promise<void> {
  const writer = writable.getWriter();
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: unknown) => {
        reject(error);
        writer.abort(error).catch(ignore);
      };
      const subscriber = new DemandSubscriber<T>(
        {
          start: () => ask(),
          next: (value) => {
            // Its failure is that of `closed`.
            writer.write(value).catch(ignore);
            ask();
          },
          error: fail,
          complete: () => writer.close().then(resolve, reject),
        },
        { operator: 'writeTo' },
      );
      const ask = () => {
        writer.ready.then(() => subscriber.request(1), ignore);
      };
      const abort = () => {
        subscriber.unsubscribe();
        fail(signal?.reason);
      };
      writer.closed.catch((error: unknown) => {
        subscriber.unsubscribe();
        reject(error);
      });
      subscriber.add(() => signal?.removeEventListener('abort', abort));
      if (signal?.aborted) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort);
      source$.subscribe(subscriber);
    });
  } finally {
    writer.releaseLock();
  }
}

function ignore(): void {}
