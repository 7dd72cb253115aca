import type { Observable } from 'rxjs';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount } from '../protocol/check.js';
import { listen } from './listen.js';
import { type Port, PortError } from './MessagePortLike.js';
import { says, type Upward } from './messages.js';

/** Options of {@link pullFromPort}. */
export interface PullFromPortOptions {
  /** How many values may be under way at a time, also when all are asked for. Default 16. */
  readonly inFlight?: number;
}

/**
 * Receives the stream that the other side of a `MessagePort` sends by `serve`. A port carries one stream, for one subscriber.
 *
 * **Demand.** Honoured, up to `inFlight` values at a time: more is asked for as values are consumed, so that no more wait in
 * the port than that, however fast the other side is and whoever subscribes.
 *
 * **Errors.** An error of the source, as it could be sent, by its own name. A port that closes, on either side, a worker that
 * fails or ends, a message that cannot be read or is none of `serve`, a value too many and a second subscription are a
 * `PortError`. On every ending the source on the other side is released. That the page or worker behind a port is gone is seen
 * in most browsers by the Web Locks of a secure context alone.
 *
 * @param port a `MessagePort`, a `Worker`, or `self` inside one; also those of `node:worker_threads`
 * @param options `inFlight`: how many values may be under way at a time, default 16
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
export function pullFromPort<T>(
  port: Port<never>,
  { inFlight = 16 }: PullFromPortOptions = {},
): Observable<T> {
  checkCount('pullFromPort: inFlight', inFlight, 1);
  let taken = false;
  return new DemandObservable<T>((sink) => {
    if (taken) {
      throw new PortError('a port carries one stream, for one subscriber');
    }
    taken = true;
    /** Requested, and not asked of the other side. */
    let requested = 0;
    /** Asked of the other side, and not come. */
    let due = 0;
    let ended = false;

    const send = (message: Upward) => port.postMessage(message);
    const ask = () => {
      const n = Math.min(requested, inFlight - due);
      // Half a window at a time, so that not every value costs a message.
      if (n > 0 && (n === requested || n >= inFlight / 2)) {
        requested -= n;
        due += n;
        send({ request: n });
      }
    };
    const receive = (message: unknown) => {
      if (says(message, 'next') && due > 0) {
        due--;
        sink.next(message.next as T);
        if (!ended) {
          ask();
        }
      } else if (says(message, 'error')) {
        ended = true;
        sink.error(revived(message.error, Reflect.get(message, 'name')));
      } else if (says(message, 'complete')) {
        ended = true;
        sink.complete();
      } else {
        sink.error(new PortError('a message was neither a value that was asked for nor an ending'));
      }
    };
    const stop = listen(port, receive, (error) => sink.error(error));
    return {
      later: true,
      request: (n) => {
        requested = addDemand(requested, n);
        ask();
      },
      start: () => {
        if (due === 0) {
          send({ request: 0 });
        }
      },
      unsubscribe: () => {
        stop();
        if (!ended) {
          ended = true;
          send({ cancel: true });
        }
      },
    };
  });
}

/** Gives an error back the name, and one of ours the class, that cloning has taken. */
function revived(error: unknown, name: unknown): unknown {
  if (name === 'PortError' && says(error, 'message')) {
    return new PortError(String(error.message));
  }
  if (typeof name === 'string' && typeof error === 'object' && error !== null) {
    Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  }
  return error;
}
