import { addDemand } from '../protocol/arithmetic.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';

/** Emits the elements of an array; its end is known, so the ending rides with the last element. */
export function arrayProducer<T>(array: ArrayLike<T>, sink: DemandSink<T>): Producer {
  let credit = 0;
  let index = 0;
  let emitting = false;
  if (array.length === 0) {
    sink.complete();
  }
  return {
    request(n) {
      credit = addDemand(credit, n);
      if (emitting) {
        return;
      }
      emitting = true;
      try {
        while (credit > 0 && index < array.length && !sink.closed) {
          credit--;
          // `index < array.length`, so the element is there.
          sink.next(array[index++] as T);
        }
      } finally {
        emitting = false;
      }
      if (index >= array.length) {
        sink.complete();
      }
    },
    unsubscribe() {
      credit = 0;
      index = Infinity;
    },
  };
}
