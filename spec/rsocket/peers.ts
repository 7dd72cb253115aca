import type { Observable } from 'rxjs';
import { DemandObservable, DemandSubscriber } from '../../src/index.js';
import { decodeFrame } from '../../src/rsocket/decodeFrame.js';
import * as encode from '../../src/rsocket/encodeFrame.js';
import type { Frame } from '../../src/rsocket/Frame.js';
import {
  connectRSocket,
  type RSocketClientOptions,
  type RSocketServerOptions,
  serveRSocket,
} from '../../src/rsocket/index.js';
import { type MemorySocket, socketPair } from './socketPair.js';

/** A source that counts, and answers at once. */
export function counter(end = Infinity) {
  const source = {
    drawn: 0,
    requests: [] as number[],
    released: 0,
    source$: new DemandObservable<number>((sink) => ({
      request: (n) => {
        source.requests.push(n);
        for (let i = 0; i < n && !sink.closed; i++) {
          sink.next(source.drawn++);
          if (source.drawn === end) sink.complete();
        }
      },
      unsubscribe: () => {
        source.released++;
      },
    })),
  };
  return source;
}

/** Subscribes without demand, and writes down what comes. */
export function consumer<T>(source$: Observable<T>, first?: number) {
  const got: unknown[] = [];
  const demand = new DemandSubscriber<T>({
    start: (started) => first !== undefined && started.request(first),
    next: (value) => got.push(value),
    error: (error) => got.push(error),
    complete: () => got.push('|'),
  });
  source$.subscribe(demand);
  return { got, demand };
}

/** A client and a server of ours, joined in memory. */
export function joined<Q>(
  respond: (data: Q, request: { readonly metadata: Uint8Array | undefined }) => Observable<unknown>,
  { client = {}, server = {} }: { client?: RSocketClientOptions; server?: RSocketServerOptions } = {},
) {
  const pairs: [MemorySocket, MemorySocket][] = [];
  const errors: unknown[] = [];
  const rsocket = connectRSocket(() => {
    const pair = socketPair();
    pairs.push(pair);
    serveRSocket(pair[1], respond, { onError: (error) => errors.push(error), ...server });
    return pair[0];
  }, client);
  return { rsocket, pairs, errors };
}

/** A peer that sends whatever it is told to, and writes down the frames it gets. */
export function rawPeer(socket: MemorySocket) {
  const frames: Frame[] = [];
  socket.addEventListener('message', ({ data }) => frames.push(decodeFrame(data as Uint8Array)));
  const send = (...all: (Uint8Array | string)[]) => {
    for (const bytes of all) socket.send(bytes);
  };
  return { frames, send, socket };
}

/** A raw client of our server. */
export function rawClient<Q>(respond: (data: Q) => Observable<unknown>, options: RSocketServerOptions = {}) {
  const [theirs, ours] = socketPair();
  const errors: unknown[] = [];
  const serving = serveRSocket(ours, respond, { onError: (error) => errors.push(error), ...options });
  return { ...rawPeer(theirs), ours, errors, serving };
}

/** A raw server of our client. */
export function rawServer(options: RSocketClientOptions = {}) {
  const peers: ReturnType<typeof rawPeer>[] = [];
  const rsocket = connectRSocket(() => {
    const [ours, theirs] = socketPair();
    peers.push(rawPeer(theirs));
    return ours;
  }, options);
  return { rsocket, peers };
}

export const json = (value: unknown) => ({
  metadata: undefined,
  data: new TextEncoder().encode(JSON.stringify(value)),
});

export const SETUP = encode.encodeSetup({
  majorVersion: 1,
  minorVersion: 0,
  keepAlive: 20_000,
  lifetime: 90_000,
  resume: false,
  lease: false,
  metadataMimeType: 'message/x.rsocket.routing.v0',
  dataMimeType: 'application/json',
  ...json('setup'),
});

/** A frame of any type and flags. */
export function frameOf(streamId: number, type: number, flags: number, ...rest: number[]): Uint8Array {
  const head = (type << 10) | flags;
  return Uint8Array.of(0, 0, streamId >> 8, streamId & 255, head >> 8, head & 255, ...rest);
}
