import { BoundedBuffer } from '../buffer/BoundedBuffer.js';
import type { KeptOptions } from '../buffer/BufferOptions.js';
import { Drain } from '../buffer/Drain.js';
import type { Demand, DemandSink } from '../protocol/Demand.js';
import { deliverEnding } from '../protocol/Ending.js';

/** The drain of an operator that keeps only what it has asked for: its buffer needs no bound of its own. */
export function drainInto<T>(
  operator: string,
  upstream: Demand,
  downstream: Omit<DemandSink<T>, 'closed'>,
  onDrop?: KeptOptions<T>['onDrop'],
  next: (value: T) => void = (value) => downstream.next(value),
): Drain<T> {
  return new Drain<T>(
    { next },
    upstream,
    (ending) => deliverEnding(ending, downstream),
    new BoundedBuffer<T>(operator, { capacity: Infinity, ...(onDrop && { onDrop }) }),
  );
}
