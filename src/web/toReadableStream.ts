import type { Observable } from 'rxjs';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { checkObservable } from '../protocol/check.js';

/**
 * Makes a `ReadableStream` whose `pull` is demand.
 *
 * **Demand.** Requests one value at a time, for as long as the stream pulls; it reads ahead as its strategy says. The source is
 * subscribed to with the first `pull`.
 *
 * **Errors.** An error of the source errors the stream, after what was read ahead has been taken; cancelling the stream releases
 * the source. Values that a source without demand sends meanwhile wait, up to 1024; one more errors it with an `OverflowError`.
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
  strategy: QueuingStrategy<T> = {},
): ReadableStream<T> {
  checkObservable('toReadableStream: source$', source$);
  const { highWaterMark = 1 } = strategy;
  let subscriber: DemandSubscriber<T> | undefined;
  let failure: { readonly error: unknown } | undefined;

  /** To error a stream discards what it holds, so that has to be taken before. */
  const failIfEmpty = (controller: ReadableStreamDefaultController<T>) => {
    if (failure !== undefined && controller.desiredSize === highWaterMark) {
      controller.error(failure.error);
    }
  };
  const subscribe = (controller: ReadableStreamDefaultController<T>) => {
    subscriber = new DemandSubscriber<T>(
      {
        start: (demand) => demand.request(1),
        next: (value) => controller.enqueue(value),
        error: (error) => {
          failure = { error };
          failIfEmpty(controller);
        },
        complete: () => controller.close(),
      },
      { operator: 'toReadableStream' },
    );
    source$.subscribe(subscriber);
  };
  return new ReadableStream<T>(
    {
      pull: (controller) => {
        if (subscriber === undefined) {
          subscribe(controller);
        } else if (subscriber.requested === 0) {
          // Pulled again before it was answered, it has been asked already.
          subscriber.request(1);
        }
        failIfEmpty(controller);
      },
      cancel: () => subscriber?.unsubscribe(),
    },
    strategy,
  );
}
