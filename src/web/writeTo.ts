import type { Observable } from 'rxjs';
import { OverflowError } from '../buffer/OverflowError.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { checkObservable } from '../protocol/check.js';

/** Options of {@link writeTo}. */
export interface WriteToOptions {
  /** Ends the writing at once: the stream is aborted, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Writes each value to a `WritableStream`, once, in order, and no faster than it is ready.
 *
 * **Demand.** Requests one value each time the stream's writer is ready.
 *
 * **Errors.** An error of the source aborts the stream, after all that came before it is written; an error of the stream
 * releases the source. Both reject the promise with that error. A stream that is locked rejects with a `TypeError`. Values that
 * a source without demand sends meanwhile wait, up to 1024; one more is an `OverflowError`, at once.
 *
 * @param source$ what the stream takes
 * @param writable is closed after the last value
 * @param options `signal`: ends the writing at once
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
export function writeTo<T>(
  source$: Observable<T>,
  writable: WritableStream<T>,
  { signal }: WriteToOptions = {},
): Promise<void> {
  // Throws where it is written; what the stream objects to rejects.
  checkObservable('writeTo: source$', source$);
  return write(source$, writable, signal);
}

async function write<T>(
  source$: Observable<T>,
  writable: WritableStream<T>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const writer = writable.getWriter();
  let abort = (): void => {};
  try {
    await new Promise<void>((resolve, reject) => {
      let last: Promise<unknown> = writer.ready;
      const fail = (error: unknown) => {
        reject(error);
        writer.abort(error).catch(ignore);
      };
      const ask = () => {
        writer.ready.then(() => subscriber.request(1), ignore);
      };
      const subscriber = new DemandSubscriber<T>(
        {
          start: ask,
          next: (value) => {
            last = writer.write(value);
            // Its failure is that of `closed`.
            last.catch(ignore);
            ask();
          },
          error: (error) => {
            // Where more waits than may, there is no telling when the rest would be written.
            const before = error instanceof OverflowError ? Promise.resolve() : last;
            before.then(() => fail(error), ignore);
          },
          complete: () => writer.close().then(resolve, reject),
        },
        { operator: 'writeTo' },
      );
      abort = () => {
        subscriber.unsubscribe();
        fail(signal?.reason);
      };
      writer.closed.catch((error: unknown) => {
        subscriber.unsubscribe();
        reject(error);
      });
      if (signal?.aborted) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort);
      source$.subscribe(subscriber);
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    writer.releaseLock();
  }
}

function ignore(): void {}
