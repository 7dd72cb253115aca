import type { Observable } from 'rxjs';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { asyncIteratorProducer } from '../producers/asyncIteratorProducer.js';
import { checkCount } from '../protocol/check.js';

/** Options of {@link pullBytes}. */
export interface PullBytesOptions {
  /** How many bytes a chunk may have, and so the size of the buffer for each. Default 65,536. */
  readonly chunkSize?: number;
}

/**
 * Reads a byte stream into buffers of its own size: a `pullFrom` with a BYOB reader. It helps where the stream fills what it is
 * given, such as that of a file, which otherwise comes in small chunks; the body of a `fetch` response comes as it came
 * in, and there `pullFrom` is as good.
 *
 * **Demand.** Honoured exactly: one read at a time, for a chunk of at most `chunkSize` bytes.
 *
 * **Errors.** An error of the stream ends it with that error, a stream that is no byte stream or is locked with a `TypeError`. A
 * `chunkSize` that is no positive integer throws a `RangeError`. On unsubscribing, the stream is cancelled.
 *
 * @param stream a `ReadableStream` of the type `'bytes'`
 * @param options `chunkSize`: how many bytes a chunk may have, default 65,536
 *
 * @example
 * ```ts
 * import { open } from 'node:fs/promises';
 * import { pullBytes } from 'rxjs-backpressure/web';
 *
 * const file = await open('package.json');
 * pullBytes(file.readableWebStream({ type: 'bytes' }), { chunkSize: 2 ** 18 }).subscribe({
 *   next: (chunk) => console.log(chunk.length),
 *   complete: () => file.close(),
 * });
 * ```
 */
export function pullBytes(
  stream: ReadableStream<Uint8Array>,
  { chunkSize = 65_536 }: PullBytesOptions = {},
): Observable<Uint8Array> {
  checkCount('pullBytes: chunkSize', chunkSize, 1);
  return new DemandObservable<Uint8Array>((sink) => {
    const reader = stream.getReader({ mode: 'byob' });
    return asyncIteratorProducer<Uint8Array>(
      {
        next: () => reader.read(new Uint8Array(chunkSize)),
        return: () => reader.cancel(),
        release: () => reader.releaseLock(),
      },
      sink,
    );
  });
}
