import type { MonoTypeOperatorFunction } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { PolicyBuffer } from '../buffer/PolicyBuffer.js';
import type { DemandSubscriberOptions } from '../kernel/DemandSubscriber.js';
import type { Internals } from '../kernel/Internals.js';
import { demandOperator } from './demandOperator.js';

/** An operator that hands every request and every value on; its options say what becomes of values nobody asked for. */
export function bufferingOperator<T>(
  operator: string,
  options: DemandSubscriberOptions<T> & BufferOptions<T>,
  buffer: Internals<T>['buffer'] = () => new PolicyBuffer<T>(operator, options),
): MonoTypeOperatorFunction<T> {
  return demandOperator<T, T>(
    (downstream, upstream) => ({
      next: (value) => downstream.next(value),
      request: (n) => upstream.request(n),
    }),
    { ...options, operator },
    { buffer },
  );
}
