import type { Observable } from 'rxjs';
import { Queue } from '../buffer/Queue.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { checkCount, checkObservable } from '../protocol/check.js';
import { COMPLETE, type Ending } from '../protocol/Ending.js';

/** Options of {@link toAsyncIterable}. */
export interface AsyncIterableOptions {
  /** How many values to ask for ahead of the loop: a positive integer. Default 16. */
  readonly prefetch?: number;
}

interface Call<T> {
  resolve(result: IteratorResult<T, unknown>): void;
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
  checkObservable('toAsyncIterable: source$', source$);
  checkCount('toAsyncIterable: prefetch', prefetch, 1);
  return { [Symbol.asyncIterator]: () => iterate(source$, prefetch) };
}

function iterate<T>(source$: Observable<T>, prefetch: number): AsyncIterableIterator<T, unknown> {
  /** Never both non-empty: values the loop has not taken, and calls that have no answer yet. */
  const values = new Queue<T>();
  const calls = new Queue<Call<T>>();
  let ending: Ending | undefined;
  let subscribed = false;

  /** Answers the calls that can be answered. */
  const answer = () => {
    while (calls.size > 0 && (values.size > 0 || ending !== undefined)) {
      const { resolve, reject } = calls.shift();
      if (values.size > 0) {
        resolve({ done: false, value: values.shift() });
        subscriber.request(1);
      } else if (ending?.kind === 'error') {
        reject(ending.error);
        // An async iterator throws once; afterwards it is at its end.
        ending = COMPLETE;
      } else {
        resolve({ done: true, value: undefined });
      }
    }
  };
  const end = (how: Ending) => {
    ending = how;
    answer();
  };
  const subscriber = new DemandSubscriber<T>(
    {
      start: (demand) => demand.request(prefetch),
      next: (value) => {
        values.push(value);
        answer();
      },
      error: (error) => end({ kind: 'error', error }),
      complete: () => end(COMPLETE),
    },
    { operator: 'toAsyncIterable' },
  );

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () =>
      new Promise((resolve, reject) => {
        calls.push({ resolve, reject });
        if (!subscribed) {
          subscribed = true;
          source$.subscribe(subscriber);
        }
        answer();
      }),
    return: async (value) => {
      subscribed = true;
      subscriber.unsubscribe();
      values.clear();
      end(COMPLETE);
      return { done: true, value: await value };
    },
  };
}
