import type { Observable } from 'rxjs';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { reportUnhandled } from '../kernel/reportUnhandled.js';
import { check, checkObservable } from '../protocol/check.js';
import type { Demand } from '../protocol/Demand.js';
import type { Publisher, PublisherSubscription } from '../protocol/Publisher.js';

/**
 * Makes `source$` a Reactive Streams publisher, which keeps the rules of the specification whatever its subscriber does.
 *
 * **Demand.** What the subscriber requests is what is asked of the source; the subscriptions are independent of each other.
 *
 * **Errors.** No subscriber throws a `TypeError` (rule 1.9). A request that is no positive integer ends with a `RangeError`
 * in `onError` (3.9), a value that is `null` or `undefined` with a `TypeError` (2.13). A subscriber that throws has cancelled (2.13); its error is reported as RxJS reports unhandled ones.
 *
 * @example
 * ```ts
 * import { pullFrom, toPublisher } from 'rxjs-backpressure';
 *
 * toPublisher(pullFrom([1, 2, 3])).subscribe({
 *   onSubscribe: (subscription) => subscription.request(2),
 *   onNext: (value) => console.log(value),
 *   onError: (error) => console.error(error),
 *   onComplete: () => console.log('done'),
 * });
 * ```
 *
 * @see https://github.com/reactive-streams/reactive-streams-jvm
 */
export function toPublisher<T>(source$: Observable<T>): Publisher<T> {
  checkObservable('toPublisher: source$', source$);
  return {
    subscribe(subscriber) {
      check(Boolean(subscriber), 'subscribe(subscriber): subscriber', 'given', subscriber);
      const signal = (deliver: () => void) => {
        try {
          deliver();
        } catch (thrown) {
          upstream.unsubscribe();
          reportUnhandled(thrown);
        }
      };
      const upstream: DemandSubscriber<T> = new DemandSubscriber<T>(
        {
          start: (demand) => signal(() => subscriber.onSubscribe(subscriptionOf(demand))),
          next: (value) => {
            if (value === null || value === undefined) {
              upstream.fail(new TypeError(`a publisher cannot signal ${String(value)} (rule 2.13)`));
            } else {
              signal(() => subscriber.onNext(value));
            }
          },
          error: (error) =>
            signal(() => subscriber.onError(error ?? new Error('the source failed without an error'))),
          complete: () => signal(() => subscriber.onComplete()),
        },
        { operator: 'toPublisher' },
      );
      source$.subscribe(upstream);
    },
  };
}

/** Out of sight of the subscriber: whoever keeps a cancelled subscription keeps no subscriber (rule 3.13). */
function subscriptionOf(demand: Demand): PublisherSubscription {
  return { request: (n) => demand.request(n), cancel: () => demand.unsubscribe() };
}
