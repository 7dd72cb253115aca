import type { Observable } from 'rxjs';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';

/**
 * Makes a `ReadableStream` whose `pull` is demand.
 *
 * **Demand.** Requests one value for each `pull` of the stream, which reads ahead as its strategy says. The source is subscribed
 * to with the first one.
 *
 * **Errors.** An error of the source errors the stream; cancelling the stream releases the source. Values that a source without
 * demand sends meanwhile wait, up to 1024; one more errors it with an `OverflowError`.
 *
 * @param source$ what is read
 * @param strategy the stream's queuing strategy; default a `highWaterMark` of 1 value, 0 reads nothing ahead
 *
 * @example
 * ```ts
 * import { pullFrom } from 'rxjs-backpressure';
 * import { toReadableStream } from 'rxjs-backpressure/web';
 *
 * const reader = toReadableStream(pullFrom(['a', 'b'])).getReader();
 * void reader.read().then(({ value }) => console.log(value));
 * ```
 */
export function toReadableStream<T>(
  source$: Observable<T>,
  strategy?: QueuingStrategy<T>,
): ReadableStream<T> {
  let subscriber: DemandSubscriber<T> | undefined;
  return new ReadableStream<T>(
    {
      pull: (controller) => {
        if (subscriber !== undefined) {
          // Each `read` pulls, also while the value that was asked for is on its way.
          if (subscriber.requested === 0) {
            subscriber.request(1);
          }
          return;
        }
        subscriber = new DemandSubscriber<T>(
          {
            start: (demand) => demand.request(1),
            next: (value) => controller.enqueue(value),
            error: (error) => controller.error(error),
            complete: () => controller.close(),
          },
          { operator: 'toReadableStream' },
        );
        source$.subscribe(subscriber);
      },
      cancel: () => subscriber?.unsubscribe(),
    },
    strategy,
  );
}
