import type { DemandObserver, DemandSubscriberOptions } from '../src/index.js';
import { DemandProbe } from '../src/testing/index.js';

/**
 * A consumer that writes down what it gets, and does what `also` says on top. It requests nothing by itself. `observer` is one
 * without demand, which writes to the same log.
 */
export function recorder<T>(also?: DemandObserver<T>, options?: DemandSubscriberOptions<T>) {
  const consumer = new DemandProbe<T>(also, options);
  const log: unknown[] = consumer.received;
  const observer = {
    next: (value: T) => void log.push(value),
    error: (error: unknown) => void log.push({ error }),
    complete: () => void log.push('|'),
  };
  return { log, consumer, observer };
}

/** One that requests so many values at the beginning. */
export const requesting = <T>(n: number, options?: DemandSubscriberOptions<T>) =>
  recorder<T>({ start: (demand) => demand.request(n) }, options);
