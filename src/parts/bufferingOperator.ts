import type { OperatorFunction } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { PolicyBuffer } from '../buffer/PolicyBuffer.js';
import type { DemandSubscriberOptions } from '../kernel/DemandSubscriber.js';
import type { Internals } from '../kernel/Internals.js';
import { demandOperator } from './demandOperator.js';

type Connect<T, R> = Parameters<typeof demandOperator<T, R>>[0];

/** Hands every request and every value on. */
export function passOn<T>(...[downstream, upstream]: Parameters<Connect<T, T>>): ReturnType<Connect<T, T>> {
  return {
    request: (n) => upstream.request(n),
    next: (value) => downstream.next(value),
  };
}

/** An operator whose options say what becomes of values that nobody asked for. */
export function bufferingOperator<T, R>(
  operator: string,
  options: DemandSubscriberOptions<T> & BufferOptions<T>,
  connect: Connect<T, R>,
  internals?: Internals<T>,
): OperatorFunction<T, R> {
  return demandOperator<T, R>(
    connect,
    { ...options, operator },
    { buffer: () => new PolicyBuffer<T>(operator, options), ...internals },
  );
}
