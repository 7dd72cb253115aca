import type { Observable } from 'rxjs';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { listen, type MessagePortLike, PortError } from './MessagePortLike.js';

/**
 * Receives the stream that the other side of a `MessagePort` sends by `serve`. To be subscribed to once.
 *
 * **Demand.** Honoured: requests are sent as they are made, so that no more is under way than was asked for. Without demand
 * below, all is sent as fast as it comes: see `prefetch`.
 *
 * **Errors.** An error of the source, as it could be sent. A port that closes, a worker that fails, a message that cannot be
 * read or is none of `serve` end the stream with a `PortError`. Unsubscribing releases the source on the other side.
 *
 * @param port a `MessagePort`, a `Worker`, or `self` inside one
 *
 * @example
 * ```ts
 * import { forEachWithDemand, pullFrom } from 'rxjs-backpressure';
 * import { pullFromPort, serve } from 'rxjs-backpressure/web';
 *
 * const { port1, port2 } = new MessageChannel();
 * serve(pullFrom(['a', 'b']), port1);
 * void forEachWithDemand(pullFromPort<string>(port2), async (row) => console.log(row)).then(() => port2.close());
 * ```
 */
export function pullFromPort<T>(port: MessagePortLike<never>): Observable<T> {
  return new DemandObservable<T>((sink) => {
    let ended = false;
    const end = (ending: () => void) => {
      ended = true;
      stop();
      ending();
    };
    const receive = (data: unknown) => {
      if (typeof data !== 'object' || data === null) {
        end(() => sink.error(new PortError('a message was neither a value nor an ending')));
      } else if ('next' in data) {
        sink.next(data.next as T);
      } else if ('error' in data) {
        end(() => sink.error(data.error));
      } else if ('complete' in data) {
        end(() => sink.complete());
      } else {
        end(() => sink.error(new PortError('a message was neither a value nor an ending')));
      }
    };
    const stop = listen(port, receive, (error) => end(() => sink.error(error)));
    return {
      later: true,
      request: (n) => port.postMessage({ request: n }),
      unsubscribe: () => {
        stop();
        if (!ended) {
          port.postMessage({ cancel: true });
        }
      },
    };
  });
}
