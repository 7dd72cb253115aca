import type { MonoTypeOperatorFunction } from 'rxjs';
import { DemandSubscriber, type DemandSubscriberOptions } from './DemandSubscriber.js';
import { demandOperator } from './demandOperator.js';

/** An operator that hands every request and every value on; its options say what becomes of values nobody asked for. */
export function bufferingOperator<T>(
  operator: string,
  options: DemandSubscriberOptions<T>,
): MonoTypeOperatorFunction<T> {
  // Checks the options where the operator is written, not when it is subscribed to.
  new DemandSubscriber<T>({}, { ...options, operator });
  return demandOperator<T, T>(
    (downstream, upstream) => ({
      next: (value) => downstream.next(value),
      request: (n) => upstream.request(n),
    }),
    { ...options, operator },
  );
}
