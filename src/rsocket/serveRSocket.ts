import { type Observable, Subscription } from 'rxjs';
import { reportUnhandled } from '../kernel/reportUnhandled.js';
import { checkCount, checkFunction } from '../protocol/check.js';
import { type RSocketError, RSocketErrorCode } from './RSocketError.js';
import { type RSocketLimits, settingsOf } from './RSocketLimits.js';
import { ServerConnection } from './ServerConnection.js';
import type { WebSocketLike, WebSocketServerLike } from './WebSocketLike.js';

/** Options of {@link serveRSocket}. */
export interface RSocketServerOptions extends RSocketLimits {
  /** How many streams a connection may have at a time; one more is rejected. Default 1024. */
  readonly maxStreams?: number;
  /** Is told why a connection ended that its client did not close: garbage, silence, a loss. Default: nobody is. */
  readonly onError?: (error: RSocketError) => void;
}

/** What comes with a request. */
export interface RSocketRequest {
  /** What the client has sent beside the data. */
  readonly metadata: Uint8Array | undefined;
}

/**
 * Answers the requests of RSocket clients over WebSockets, each with a stream, as they ask for it.
 *
 * **Demand.** A client's REQUEST_N is demand of the source; never more than 128 values ahead, and nothing while more than
 * `maxBuffered` bytes wait in the socket: so a client that asks for all and reads slowly is no danger either. Values that a
 * source without demand sends meanwhile wait, up to 1024; one more ends the stream with an error of that message.
 *
 * **Errors.** Those of the source, and of `respond`, are sent with the message and the code `APPLICATION_ERROR`, an
 * {@link RSocketError} with its own. A request for nothing, or over and over for more than can ever be sent, and fragments
 * beyond `maxPayload` end that stream (`INVALID`), bytes that are no RSocket or a frame longer than `maxPayload` that connection
 * (`CONNECTION_ERROR`), and nothing else. When a client cancels or is lost, its sources are released. What `onError` throws is
 * reported as unhandled.
 *
 * @param server the server of `ws`, or one socket
 * @param respond makes the stream for a request
 * @param options `codec`, `maxPayload`, `maxStreams`, `onError` and others
 * @returns a subscription; unsubscribing closes all connections, and takes no more. The server itself goes on
 *
 * @example
 * ```ts
 * import { WebSocketServer } from 'ws';
 * import { pullFrom } from 'rxjs-backpressure';
 * import { serveRSocket } from 'rxjs-backpressure/rsocket';
 *
 * const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 2 ** 20 });
 * serveRSocket(server, (_request: { table: string }) => pullFrom([{ id: 1 }, { id: 2 }]));
 * server.close();
 * ```
 *
 * @see https://rsocket.io/about/protocol
 */
export function serveRSocket<Q = unknown>(
  server: WebSocketServerLike | WebSocketLike,
  respond: (data: Q, request: RSocketRequest) => Observable<unknown>,
  options: RSocketServerOptions = {},
): Subscription {
  const { maxStreams = 1024, onError } = options;
  const settings = { ...settingsOf('serveRSocket', options), maxStreams };
  checkFunction('serveRSocket: respond', respond);
  checkCount('serveRSocket: maxStreams', maxStreams, 1);
  const { codec } = settings;
  const serving = new Subscription();
  const accept = (socket: WebSocketLike) => {
    const connection: ServerConnection = new ServerConnection(socket, settings, {
      respond: ({ data, metadata }) => respond(codec.decode(data) as Q, { metadata }),
      ended: (error) => {
        serving.remove(close);
        if (error.code !== RSocketErrorCode.CONNECTION_CLOSE) {
          try {
            onError?.(error);
          } catch (thrown) {
            reportUnhandled(thrown);
          }
        }
      },
    });
    const close = new Subscription(() =>
      connection.fail(RSocketErrorCode.CONNECTION_CLOSE, 'the server was stopped'),
    );
    serving.add(close);
  };
  if ('send' in server) {
    accept(server);
  } else {
    server.on('connection', accept);
    serving.add(() => server.off('connection', accept));
  }
  return serving;
}
