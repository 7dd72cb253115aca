import type { MonoTypeOperatorFunction, OperatorFunction } from 'rxjs';
import type { DropOptions } from '../buffer/BufferOptions.js';
import { ConflatingBuffer, Merged } from '../parts/ConflatingBuffer.js';
import { demandOperator } from '../parts/demandOperator.js';
import { checkFunction } from '../protocol/check.js';

/**
 * Merges all that arrives without demand into one value, which waits for the next request.
 *
 * ```marble
 * == one value merged from all that waited
 * source    -1-2-3-4-|--
 * request   1-----1-1---
 * > conflate((sum, n) => sum + n)
 * output    -1----5-4|--
 * ```
 *
 * **Demand.** *forwards*: each request goes up unchanged; of a source that honours demand every value comes by itself.
 *
 * **Overflow.** Nothing is dropped while somebody listens: the arriving value is merged into the one that waits. `onDrop` sees
 * the merged value that still waits when downstream leaves, and, where `merge` throws, also the value that has arrived.
 *
 * **Errors.** An upstream error and a completion follow the value that waits. What `merge` throws ends the stream.
 *
 * @param merge makes one value of the one that waits and the one that has arrived
 * @param seed if given, each merged value begins as `merge(seed, first)`, also one of a single value, so that it can be of
 * another type; `merge` must not change it. Beside `options`, `undefined` is no seed
 * @param options `onDrop`: a merged value stands for all that it was made of
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { conflate, DemandSubscriber } from 'rxjs-backpressure';
 *
 * const total = new DemandSubscriber<number>({ next: console.log });
 * of(1, 2, 3).pipe(conflate((sum, n) => sum + n)).subscribe(total);
 * total.request(1); // 6
 * ```
 *
 * @see Akka Streams `conflate`, `conflateWithSeed`; RxJava `onBackpressureReduce`
 */
export function conflate<T>(merge: (waiting: T, value: T) => T): MonoTypeOperatorFunction<T>;
export function conflate<T>(
  merge: (waiting: T, value: T) => T,
  seed: undefined,
  options: DropOptions<T>,
): MonoTypeOperatorFunction<T>;
export function conflate<T, R>(
  merge: (merged: R, value: T) => R,
  seed: R,
  options?: DropOptions<R>,
): OperatorFunction<T, R>;
export function conflate<T>(
  merge: (merged: T, value: T) => T,
  ...seedAndOptions: [T?, DropOptions<T>?]
): MonoTypeOperatorFunction<T> {
  checkFunction('conflate: merge', merge);
  const [seed, options] = seedAndOptions;
  checkFunction('conflate: onDrop', options?.onDrop, true);
  const seeded = seedAndOptions.length === 1 || seed !== undefined;
  const begin = seeded ? (value: T) => merge(seed as T, value) : (value: T) => value;
  const made = (value: T | Merged<T>) => (value instanceof Merged ? value.value : begin(value));
  return demandOperator<T | Merged<T>, T>(
    (downstream, upstream) => ({
      request: (n) => upstream.request(n),
      next: (value) => downstream.next(made(value)),
    }),
    { operator: 'conflate' },
    {
      buffer: () =>
        new ConflatingBuffer<T, T>(begin, merge, (value, reason) => options?.onDrop?.(made(value), reason)),
    },
  );
}
