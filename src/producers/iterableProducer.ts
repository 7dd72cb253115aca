import { addDemand } from '../protocol/arithmetic.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';

/** Reads an iterator no further than asked: its end is found by the request after the last value. */
export function iterableProducer<T>(iterable: Iterable<T>, sink: DemandSink<T>): Producer {
  const iterator = iterable[Symbol.iterator]();
  let credit = 0;
  let emitting = false;
  let ended = false;
  return {
    request(n) {
      credit = addDemand(credit, n);
      if (emitting) {
        return;
      }
      emitting = true;
      try {
        while (credit > 0 && !sink.closed) {
          // An iterator that throws has ended; it must not be returned.
          ended = true;
          const result = iterator.next();
          if (result.done === true) {
            sink.complete();
            return;
          }
          ended = false;
          credit--;
          sink.next(result.value);
        }
      } finally {
        emitting = false;
      }
    },
    unsubscribe() {
      if (!ended) {
        ended = true;
        iterator.return?.();
      }
    },
  };
}
