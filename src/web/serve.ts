import type { Observable, Subscription } from 'rxjs';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { listen, type MessagePortLike, PortError } from './MessagePortLike.js';

/** Options of {@link serve}. */
export interface ServeOptions<T, X> {
  /** Which objects of a value are transferred, not copied. Default: none. */
  readonly transfer?: (value: T) => readonly X[];
}

/**
 * Sends a stream through a `MessagePort`, as the other side, `pullFromPort`, asks for it. One stream a port.
 *
 * **Demand.** That of the other side. Values that a source without demand sends meanwhile wait, up to 1024; one more ends the
 * stream, there with an error of that message.
 *
 * **Errors.** An error of the source is sent (as structured cloning carries it, else its message), so is that of a value which
 * cannot be sent, and of a message that is no request. When the port is closed, the source is released.
 *
 * @param source$ what to send
 * @param port a `MessagePort`, a `Worker`, or `self` inside one
 * @param options `transfer`: which objects of a value are transferred
 * @returns the subscription to the source
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
  port: MessagePortLike<X>,
  { transfer }: ServeOptions<T, X> = {},
): Subscription {
  const subscriber = new DemandSubscriber<T>(
    {
      next: (value) => port.postMessage({ next: value }, transfer === undefined ? [] : [...transfer(value)]),
      error: (error) => {
        // A `DOMException`, such as that of a value which cannot be cloned, would arrive empty.
        const sent = error instanceof DOMException ? new Error(error.message) : error;
        try {
          port.postMessage({ error: sent });
        } catch {
          port.postMessage({ error: new Error(String(error)) });
        }
      },
      complete: () => port.postMessage({ complete: true }),
    },
    { operator: 'serve' },
  );
  const stop = listen(
    port,
    (data) => {
      if (typeof data === 'object' && data !== null && 'request' in data) {
        subscriber.request(Number(data.request));
      } else if (typeof data === 'object' && data !== null && 'cancel' in data) {
        subscriber.unsubscribe();
      } else {
        subscriber.fail(new PortError('a message was neither a request nor a cancellation'));
      }
    },
    () => subscriber.unsubscribe(),
  );
  subscriber.add(stop);
  source$.subscribe(subscriber);
  return subscriber;
}
