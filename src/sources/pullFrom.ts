import { from, isObservable, type Observable } from 'rxjs';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { PullObservable } from '../kernel/PullObservable.js';
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

/**
 * Makes a source that honours demand of whatever can be read on request: the demand-honouring sibling of `from`.
 *
 * An iterable is read no further than asked: its end is found by the next request (an array's is known). An async
 * iterable and a `ReadableStream` are read one value at a time, a read function by one call at a time for at most
 * `batch` values; it answers `null` at the end. A Reactive Streams publisher is asked for what is requested.
 *
 * **Demand.** Honoured exactly. Without demand below, it is `from`: all is read as fast as it comes.
 *
 * **Errors.** An iterator that throws, a read that rejects and a publisher's error end the stream with that error; so does
 * a read function that answers with more than it was asked for, after what it was asked for. Anything else than these
 * inputs throws a `TypeError`.
 *
 * On unsubscribing, the iterator is returned, the stream cancelled (a Node.js `Readable` destroyed), the signal of the read function aborted, the
 * publisher's subscription cancelled. A `ReadableStream` is left unlocked, however it ends.
 *
 * @param input what to read
 * @param options `batch`: how many values one call of a read function is asked for at most, default 128
 *
 * @example
 * ```ts
 * import { forEachWithDemand, pullFrom } from 'rxjs-backpressure';
 *
 * const rows = ['a', 'b', 'c'];
 * const rows$ = pullFrom(async (n: number) => (rows.length > 0 ? rows.splice(0, n) : null));
 * void forEachWithDemand(rows$, async (row) => console.log(row));
 * ```
 */
export function pullFrom<T>(input: PullInput<T>, options: PullOptions = {}): Observable<T> {
  const { batch = 128 } = options;
  checkCount('pullFrom: batch', batch, 1);
  if (typeof input === 'function') {
    return new DemandObservable((sink) => readProducer(input, batch, sink));
  }
  if (isArrayLike(input)) {
    return new PullObservable(() => new ArrayCursor(input), from(input));
  }
  if (typeof input === 'object' && input !== null && !isObservable(input)) {
    if (Symbol.iterator in input) {
      return new PullObservable(() => new IteratorCursor(input), from(input));
    }
    if ('getReader' in input) {
      return new DemandObservable((sink) => asyncIteratorProducer(readerOf(input), sink));
    }
    if (Symbol.asyncIterator in input) {
      return new DemandObservable((sink) => asyncIteratorProducer(iteratorOf(input), sink));
    }
    if ('subscribe' in input) {
      return new DemandObservable((sink) => publisherProducer(input, sink));
    }
  }
  const given = isObservable(input) ? 'an Observable, which pushes: see boundedBuffer' : String(input);
  throw new TypeError(
    'pullFrom: input must be an iterable, an async iterable, a ReadableStream, a Reactive Streams publisher or a ' +
      `read function, got ${given}`,
  );
}

/** As `from` tells them. */
function isArrayLike<T>(input: PullInput<T>): input is ArrayLike<T> {
  return typeof Object(input).length === 'number';
}

/** A Node.js `Readable`, as far as it is needed. */
interface NodeReadable<T> {
  iterator(options: { destroyOnReturn: boolean }): AsyncIterator<T>;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  off(event: 'error', listener: (error: unknown) => void): unknown;
  destroy(): unknown;
}

function iteratorOf<T>(input: AsyncIterable<T> & Partial<NodeReadable<T>>): AsyncSource<T> {
  return isReadable(input) ? readableOf(input) : input[Symbol.asyncIterator]();
}

function isReadable<T>(input: Partial<NodeReadable<T>>): input is NodeReadable<T> {
  return typeof input.destroy === 'function' && typeof input.iterator === 'function';
}

/**
 * The iterator of a Node.js `Readable` waits in `return`, too, for a chunk that may never come, destroys at its end also what is
 * still being written to (a socket), and does not listen before it is read.
 */
function readableOf<T>(input: NodeReadable<T>): AsyncSource<T> {
  const iterator = input.iterator({ destroyOnReturn: false });
  let watching = ignore;
  return {
    next: () => iterator.next(),
    return: () => {
      // It may live on, and must not hold who has left (Reactive Streams 3.13); an error that comes yet is nobody's.
      input.off('error', watching);
      input.on('error', ignore);
      input.destroy();
    },
    watch: (failed) => {
      watching = failed;
      input.on('error', failed);
    },
  };
}

function readerOf<T>(stream: ReadableStream<T>): AsyncSource<T> {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    return: () => reader.cancel(),
    release: () => reader.releaseLock(),
  };
}

function ignore(_error: unknown): void {}
