import { from, isObservable, type Observable } from 'rxjs';
import { DemandObservable, PullObservable } from '../kernel/DemandObservable.js';
import { ArrayCursor } from '../producers/ArrayCursor.js';
import { type AsyncSource, asyncIteratorProducer } from '../producers/asyncIteratorProducer.js';
import { IteratorCursor } from '../producers/IteratorCursor.js';
import { publisherProducer } from '../producers/publisherProducer.js';
import { type Read, readProducer } from '../producers/readProducer.js';
import { checkCount } from '../protocol/check.js';
import type { Publisher } from '../protocol/Publisher.js';

/** Whatever waits to be asked: see {@link pullFrom}. */
export type PullInput<T> =
  | Iterable<T>
  | ArrayLike<T>
  | AsyncIterable<T>
  | ReadableStream<T>
  | Publisher<T>
  | Read<T>;

/** Options of {@link pullFrom}. */
export interface PullOptions {
  /** How many values one call of a read function is asked for at most. Default 128. */
  readonly batch?: number;
}

export function pullFrom<T>(input: PullInput<T>, options: PullOptions = {}): Observable<T> {
  const { batch = 128 } = options;
  checkCount('pullFrom(input, { batch }): batch', batch, 1);
  if (typeof input === 'function') {
    return new DemandObservable((sink) => readProducer(input, batch, sink));
  }
  if (Array.isArray(input)) {
    return new PullObservable<T>(() => new ArrayCursor<T>(input), from(input));
  }
  if (typeof input === 'string' || (typeof input === 'object' && input !== null && !isObservable(input))) {
    if (Symbol.iterator in Object(input)) {
      return new PullObservable(() => new IteratorCursor(input as Iterable<T>), from(input as Iterable<T>));
    }
    if ('getReader' in input) {
      return new DemandObservable((sink) => asyncIteratorProducer(streamSource(input), sink));
    }
    if (Symbol.asyncIterator in input) {
      return new DemandObservable((sink) => asyncIteratorProducer(input[Symbol.asyncIterator](), sink));
    }
    if ('subscribe' in input) {
      return new DemandObservable((sink) => publisherProducer(input, sink));
    }
    if ('length' in input) {
      return new PullObservable(() => new ArrayCursor(input), from(input));
    }
  }
  throw new TypeError(
    'pullFrom(input): input must be an iterable, an async iterable, a ReadableStream, a Reactive Streams publisher or a ' +
      `read function, got ${isObservable(input) ? 'an Observable: it pushes; use boundedBuffer or another policy' : String(input)}`,
  );
}

function streamSource<T>(stream: ReadableStream<T>): AsyncSource<T> {
  const reader = stream.getReader();
  return { next: () => reader.read() as Promise<IteratorResult<T, unknown>>, return: () => reader.cancel() };
}
