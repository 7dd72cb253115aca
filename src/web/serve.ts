import type { Observable, Subscription } from 'rxjs';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { checkObservable } from '../protocol/check.js';
import { listen } from './listen.js';
import { type Port, PortError } from './MessagePortLike.js';
import { type Downward, says } from './messages.js';

/** Options of {@link serve}. */
export interface ServeOptions<T, X> {
  /** Which objects of a value are transferred, not copied. Default: none. */
  readonly transfer?: (value: T) => readonly X[];
}

/**
 * Sends a stream through a `MessagePort`, as the other side, `pullFromPort`, asks for it. One stream a port.
 *
 * **Demand.** That of the other side; the source is subscribed to when that subscribes. Values that a source without demand
 * sends meanwhile wait, up to 1024; one more ends the stream with an `OverflowError`.
 *
 * **Errors.** An error of the source is sent (as structured cloning carries it, else its message), so is that of a value which
 * cannot be sent, of a message that is no request, and of the unsubscribing of this side. When the port is closed, or the
 * worker fails or ends, the source is released.
 *
 * @param source$ what to send
 * @param port a `MessagePort`, a `Worker`, or `self` inside one; also those of `node:worker_threads`
 * @param options `transfer`: which objects of a value are transferred
 * @returns the subscription to the source; to unsubscribe ends the stream of the other side with a `PortError`
 *
 * @example
 * ```ts
 * import { pullFrom } from 'rxjs-backpressure';
 * import { pullFromPort, serve } from 'rxjs-backpressure/web';
 *
 * const { port1, port2 } = new MessageChannel();
 * serve(pullFrom([1, 2, 3]), port1);
 * pullFromPort<number>(port2).subscribe({ next: console.log, complete: () => port2.close() });
 * ```
 */
export function serve<T, X>(
  source$: Observable<T>,
  port: Port<X>,
  { transfer }: ServeOptions<T, X> = {},
): Subscription {
  checkObservable('serve: source$', source$);
  let subscribed = false;
  /** Whether the other side knows that the stream has ended. */
  let ended = false;

  const send = (message: Downward) => port.postMessage(message);
  const fail = (error: unknown) => {
    ended = true;
    const name = says(error, 'name') ? error.name : undefined;
    try {
      // A `DOMException`, such as that of a value which cannot be cloned, would arrive empty.
      send({ error: error instanceof DOMException ? new Error(error.message) : error, name });
    } catch {
      send({ error: new Error(String(error)) });
    }
  };
  const subscriber = new DemandSubscriber<T>(
    {
      next: (value) => {
        const message = { next: value };
        if (transfer === undefined) {
          send(message);
        } else {
          port.postMessage(message, [...transfer(value)]);
        }
      },
      error: fail,
      complete: () => {
        ended = true;
        send({ complete: true });
      },
    },
    { operator: 'serve' },
  );
  const receive = (message: unknown) => {
    if (says(message, 'request')) {
      if (message.request !== 0) {
        subscriber.request(Number(message.request));
      }
      if (!subscribed) {
        subscribed = true;
        source$.subscribe(subscriber);
      }
    } else if (says(message, 'cancel')) {
      ended = true;
      subscriber.unsubscribe();
    } else {
      subscriber.fail(new PortError('a message was neither a request nor a cancellation'));
    }
  };
  const stop = listen(port, receive, () => subscriber.unsubscribe());
  subscriber.add(() => {
    stop();
    if (!ended) {
      fail(new PortError('the other side has stopped serving'));
    }
  });
  return subscriber;
}
