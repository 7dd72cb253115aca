import type { Observable } from 'rxjs';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { checkFunction } from '../protocol/check.js';
import { ClientConnection } from './ClientConnection.js';
import { MAX_31_BITS } from './Frame.js';
import { RSocketError, RSocketErrorCode } from './RSocketError.js';
import { checkMimeType, checkRange, type RSocketLimits, settingsOf } from './RSocketLimits.js';
import { StreamRequester } from './StreamRequester.js';
import type { WebSocketLike } from './WebSocketLike.js';

/** Options of {@link connectRSocket}. */
export interface RSocketClientOptions extends RSocketLimits {
  /** Milliseconds between two signs of life. Default 20,000. */
  readonly keepAlive?: number;
  /** Milliseconds without a sign of the server after which it is taken for dead. Default 90,000. */
  readonly lifetime?: number;
  /** What the server is told when the connection opens, as the codec writes it. Default nothing. */
  readonly setup?: unknown;
  /** Metadata that goes with `setup`. */
  readonly setupMetadata?: Uint8Array;
  /** The MIME type of all metadata. Default `'message/x.rsocket.routing.v0'`: see {@link routeMetadata}. */
  readonly metadataMimeType?: string;
}

/** What {@link connectRSocket} gives. */
export interface RSocketClient {
  /**
   * A stream that the server answers with. Each subscription is a request of its own.
   *
   * **Demand.** Each request becomes a REQUEST_N of the same number, the first one travels in REQUEST_STREAM; `Infinity` is
   * 2,147,483,647, and again so many when half of them have come. Nothing is sent before something is requested.
   *
   * @param data what is asked for, as the codec writes it
   * @param options `metadata`: bytes that go with it
   */
  requestStream<T>(data?: unknown, options?: { readonly metadata?: Uint8Array }): Observable<T>;
  /** Closes the connection; its streams end with an error, and none can begin. */
  close(): void;
}

/**
 * Connects to an RSocket server over a WebSocket: streams with demand, many on one socket. The socket is opened by the first
 * subscription, and anew by the first one after the connection was lost, so that `retry` is all that is needed to come back.
 *
 * **Demand.** Honoured, one to one: see `requestStream`. The WebSocket itself has none; what is under way is what was requested.
 *
 * **Errors.** All that the protocol knows end a stream with an {@link RSocketError}, whose `code` says what it was: what the
 * server answered, a lost connection, silence longer than `lifetime`. So does a server that sends more than was requested, or a
 * value that cannot be decoded (`INVALID`; the other streams go on), bytes that are no RSocket, or a frame longer than
 * `maxPayload` (`CONNECTION_ERROR`; all streams of the connection).
 *
 * @param open the URL, or a function that makes a socket: called for each connection
 * @param options `codec`, `keepAlive`, `lifetime`, `maxPayload` and others
 *
 * @example
 * ```ts
 * import { retry } from 'rxjs';
 * import { DemandSubscriber } from 'rxjs-backpressure';
 * import { connectRSocket } from 'rxjs-backpressure/rsocket';
 *
 * const client = connectRSocket('ws://localhost:7000');
 * const rows$ = client.requestStream<{ id: number }>({ table: 'rows' }).pipe(retry({ delay: 1000 }));
 * const table = new DemandSubscriber<{ id: number }>({ next: (row) => console.log(row.id) });
 * // rows$.subscribe(table); table.request(20);
 * client.close();
 * ```
 *
 * @see https://rsocket.io/about/protocol
 */
export function connectRSocket(
  open: string | (() => WebSocketLike),
  options: RSocketClientOptions = {},
): RSocketClient {
  const {
    keepAlive = 20_000,
    lifetime = 90_000,
    metadataMimeType = 'message/x.rsocket.routing.v0',
    setup,
    setupMetadata,
  } = options;
  const limits = settingsOf('connectRSocket', options);
  checkRange('connectRSocket: keepAlive', keepAlive, 1, MAX_31_BITS);
  checkRange('connectRSocket: lifetime', lifetime, keepAlive, MAX_31_BITS);
  checkMimeType('connectRSocket: metadataMimeType', metadataMimeType);
  const { codec } = limits;
  const payloadOf = (data: unknown, metadata: Uint8Array | undefined) => ({
    data: data === undefined ? new Uint8Array(0) : codec.encode(data),
    metadata,
  });
  const settings = {
    ...limits,
    keepAlive,
    lifetime,
    metadataMimeType,
    setup: payloadOf(setup, setupMetadata),
  };
  const make = typeof open === 'string' ? () => webSocket(open) : open;
  checkFunction('connectRSocket: open', make);
  let connection: ClientConnection | undefined;
  let closed = false;
  const connected = () => {
    if (closed) {
      throw new RSocketError(RSocketErrorCode.CONNECTION_CLOSE, CLOSED);
    }
    if (connection?.usable !== true) {
      connection = new ClientConnection(make(), settings);
    }
    return connection;
  };
  return {
    requestStream: <T>(data?: unknown, { metadata }: { readonly metadata?: Uint8Array } = {}) =>
      new DemandObservable<T>((sink) => new StreamRequester(connected(), payloadOf(data, metadata), sink)),
    close: () => {
      closed = true;
      connection?.fail(RSocketErrorCode.CONNECTION_CLOSE, CLOSED);
    },
  };
}

const CLOSED = 'the client was closed';

function webSocket(url: string): WebSocketLike {
  const WebSocket: (new (url: string) => WebSocketLike) | undefined = Reflect.get(globalThis, 'WebSocket');
  if (WebSocket === undefined) {
    throw new TypeError('connectRSocket: there is no WebSocket here; give a function that makes one');
  }
  return new WebSocket(url);
}
