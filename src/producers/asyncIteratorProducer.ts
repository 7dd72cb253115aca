import { addDemand } from '../protocol/arithmetic.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';

/** What an async iterator and the reader of a `ReadableStream` have in common. */
export interface AsyncSource<T> {
  next(): Promise<IteratorResult<T, unknown>>;
  /** Stops the source. Not called after its end. */
  return?(): unknown;
  /** Called last, on every ending. */
  release?(): void;
  /** Has `failed` called when the source fails, also while nothing is being read. */
  watch?(failed: (error: unknown) => void): void;
}

/** Reads one value at a time, and only while there is demand. */
export function asyncIteratorProducer<T>(source: AsyncSource<T>, sink: DemandSink<T>): Producer {
  let credit = 0;
  let reading = false;
  let ended = false;

  const read = (): void => {
    reading = true;
    try {
      source.next().then(arrived, failed);
    } catch (error) {
      failed(error);
    }
  };
  const arrived = (result: IteratorResult<T, unknown>): void => {
    if (ended) {
      return;
    }
    // Not by a promise more for each value: what is no object throws here.
    try {
      if (result.done === true) {
        ended = true;
        sink.complete();
        return;
      }
      credit--;
      // `reading` still holds, so that a request from inside `next` does not start a second read.
      sink.next(result.value);
      reading = false;
      if (credit > 0 && !sink.closed) {
        read();
      }
    } catch (error) {
      failed(error);
    }
  };
  const failed = (error: unknown): void => {
    if (!ended) {
      ended = true;
      sink.error(error);
    }
  };

  // What is being read tells of the failure by itself, after what it has read.
  source.watch?.((error) => reading || failed(error));

  return {
    later: true,
    request(n) {
      credit = addDemand(credit, n);
      if (!reading && !ended) {
        read();
      }
    },
    unsubscribe() {
      if (!ended) {
        ended = true;
        // A source that fails while it is being stopped has nobody left to tell.
        Promise.resolve(source.return?.()).catch(() => {});
      }
      source.release?.();
    },
  };
}
