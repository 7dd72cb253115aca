import { addDemand } from '../protocol/arithmetic.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';
import type { Publisher, PublisherSubscription } from '../protocol/Publisher.js';

/** Asks a Reactive Streams publisher. It is subscribed to once; the sink ignores its signals after the end. */
export function publisherProducer<T>(publisher: Publisher<T>, sink: DemandSink<T>): Producer {
  let subscription: PublisherSubscription | undefined;
  /** Requested before the publisher handed over its subscription. */
  let early = 0;
  /** It ended by itself, so there is nothing to cancel. */
  let ended = false;

  return {
    request(n) {
      if (subscription === undefined) {
        early = addDemand(early, n);
      } else {
        subscription.request(n);
      }
    },
    start() {
      publisher.subscribe({
        onSubscribe(given) {
          requireSignal('onSubscribe', given);
          if (subscription !== undefined || sink.closed) {
            given.cancel(); // Reactive Streams 2.5
            return;
          }
          subscription = given;
          if (early > 0) {
            given.request(early);
          }
        },
        onNext(value) {
          requireSignal('onNext', value);
          sink.next(value);
        },
        onError(error) {
          requireSignal('onError', error);
          ended = true;
          sink.error(error);
        },
        onComplete() {
          ended = true;
          sink.complete();
        },
      });
    },
    unsubscribe() {
      if (!ended) {
        subscription?.cancel();
      }
    },
  };
}

/** Reactive Streams 2.13: a signal without its argument is the publisher's mistake, told to it by throwing. */
function requireSignal(name: string, argument: unknown): void {
  if (argument === null || argument === undefined) {
    throw new TypeError(`${name} must be called with an argument, got ${String(argument)}`);
  }
}
