import type { Observable } from 'rxjs';
import { Queue } from '../buffer/Queue.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { checkCount, checkObservable } from '../protocol/check.js';
import type { Ending } from '../protocol/Ending.js';

/** Options of {@link toAsyncIterable}. */
export interface AsyncIterableOptions {
  /** How many values to ask for ahead of the loop: a positive integer. Default 16. */
  readonly prefetch?: number;
}

interface Waiter<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

/**
 * Makes `source$` an async iterable for `for await`; each loop is a subscription of its own.
 *
 * **Demand.** Requests `prefetch` values when the loop begins, then one for each value that the loop has taken. Leaving
 * the loop early unsubscribes.
 *
 * **Errors.** An error of the source is thrown into the loop after the values that came before it. Values that a source
 * without demand sends meanwhile wait, up to 1024; one more throws an `OverflowError`.
 *
 * @example
 * ```ts
 * import { pullFrom, toAsyncIterable } from 'rxjs-backpressure';
 *
 * for await (const row of toAsyncIterable(pullFrom([1, 2, 3]))) {
 *   console.log(row);
 * }
 * ```
 */
export function toAsyncIterable<T>(
  source$: Observable<T>,
  { prefetch = 16 }: AsyncIterableOptions = {},
): AsyncIterable<T> {
  checkObservable('toAsyncIterable(source$): source$', source$);
  checkCount('toAsyncIterable(source$, { prefetch }): prefetch', prefetch, 1);
  return { [Symbol.asyncIterator]: () => iterate(source$, prefetch) };
}

function iterate<T>(source$: Observable<T>, prefetch: number): AsyncIterator<T, undefined> {
  /** Never both non-empty: values the loop has not taken, and calls that have no value yet. */
  const values = new Queue<T>();
  const waiters = new Queue<Waiter<T>>();
  let ending: Ending | undefined;
  let subscribed = false;

  const settle = ({ resolve, reject }: Waiter<T>) => {
    if (values.size > 0) {
      resolve({ done: false, value: values.shift() });
      subscriber.request(1);
    } else if (ending?.kind === 'error') {
      const { error } = ending;
      // An async iterator throws once; afterwards it is at its end.
      ending = { kind: 'complete' };
      reject(error);
    } else {
      resolve({ done: true, value: undefined });
    }
  };
  const end = (how: Ending) => {
    ending = how;
    while (waiters.size > 0) {
      settle(waiters.shift());
    }
  };
  const subscriber = new DemandSubscriber<T>(
    {
      start: (demand) => demand.request(prefetch),
      next: (value) => {
        values.push(value);
        if (waiters.size > 0) {
          settle(waiters.shift());
        }
      },
      error: (error) => end({ kind: 'error', error }),
      complete: () => end({ kind: 'complete' }),
    },
    { operator: 'toAsyncIterable' },
  );

  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (!subscribed) {
          subscribed = true;
          source$.subscribe(subscriber);
        }
        if (values.size > 0 || ending !== undefined) {
          settle({ resolve, reject });
        } else {
          waiters.push({ resolve, reject });
        }
      }),
    return: async () => {
      subscriber.unsubscribe();
      values.clear();
      end({ kind: 'complete' });
      return { done: true, value: undefined };
    },
  };
}
