import type { MonoTypeOperatorFunction } from 'rxjs';
import { BoundedBuffer } from '../buffer/BoundedBuffer.js';
import { checkChoice } from '../protocol/check.js';
import type { DemandSubscriberOptions } from './DemandSubscriber.js';
import { demandOperator } from './demandOperator.js';

/** An operator that hands every request and every value on; its options say what becomes of values nobody asked for. */
export function bufferingOperator<T>(
  operator: string,
  options: DemandSubscriberOptions<T>,
): MonoTypeOperatorFunction<T> {
  const { overflow, errors } = options;
  if (typeof overflow !== 'function') {
    checkChoice(`${operator}: overflow`, overflow, [
      'error',
      'dropLatest',
      'replaceLatest',
      'dropOldest',
      'dropAll',
    ]);
  }
  checkChoice(`${operator}: errors`, errors, ['last', 'first']);
  // Checks the capacity where the operator is written, not when it is subscribed to.
  new BoundedBuffer<T>(operator, options);
  return demandOperator<T, T>(
    (downstream, upstream) => ({
      next: (value) => downstream.next(value),
      request: (n) => upstream.request(n),
    }),
    { ...options, operator },
  );
}
