import type { DemandObserver } from '../src/index.js';
import { DemandProbe } from '../src/testing/index.js';

/** A consumer that writes down what it gets, and does what `also` says on top. It requests nothing by itself. */
export function recorder<T>(also?: DemandObserver<T>) {
  const consumer = new DemandProbe<T>(also);
  return { log: consumer.received as unknown[], consumer };
}
