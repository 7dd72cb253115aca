/** Over real sockets on loopback: with rsocket-js on the other side, in both roles, and with ourselves. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Payload, RSocketConnector, RSocketServer } from 'rsocket-core';
import { WebsocketClientTransport } from 'rsocket-websocket-client';
import { WebsocketServerTransport } from 'rsocket-websocket-server';
import { type Observable, retry, throwError } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';
import { DemandSubscriber, pullFrom } from '../../src/index.js';
import { decodeFrame } from '../../src/rsocket/decodeFrame.js';
import {
  connectRSocket,
  type RSocketClientOptions,
  RSocketError,
  RSocketErrorCode,
  type RSocketServerOptions,
  serveRSocket,
} from '../../src/rsocket/index.js';
import { until } from '../boundary.js';
import { consumer, counter } from './peers.js';

// rsocket-js warns of every connection that both sides close.
beforeAll(() => {
  jest.spyOn(console, 'warn').mockImplementation(() => {});
});

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function newServer(): WebSocketServer {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 2 ** 20 });
  closing.push(() => {
    for (const socket of server.clients) socket.terminate();
    return new Promise((resolve) => server.close(resolve));
  });
  return server;
}

const urlOf = (server: WebSocketServer) => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function ourServer<Q>(respond: (data: Q) => Observable<unknown>, options: RSocketServerOptions = {}) {
  const server = newServer();
  await once(server, 'listening');
  const errors: RSocketError[] = [];
  const serving = serveRSocket(server, respond, { onError: (error) => errors.push(error), ...options });
  return { server, url: urlOf(server), errors, serving };
}

function ourClient(url: string, options: RSocketClientOptions = {}) {
  const client = connectRSocket(() => new WebSocket(url), options);
  closing.push(() => client.close());
  return client;
}

const dataOf = (payload: Payload) => payload.data?.toString();

describe('our client and the server of rsocket-js', () => {
  async function theirServer() {
    const log: unknown[] = [];
    const server = newServer();
    await new RSocketServer({
      transport: new WebsocketServerTransport({ wsCreator: () => server as never }),
      acceptor: {
        accept: async (setup, requester) => {
          // It does not see that a socket is closed, and would wait 90 s for signs of life.
          closing.push(() => requester.close());
          log.push(['setup', setup.dataMimeType, setup.metadataMimeType, dataOf(setup)]);
          return {
            requestStream: (payload, initial, responder) => {
              const data = dataOf(payload);
              log.push(['stream', data, payload.metadata?.toString(), initial]);
              let next = 0;
              const send = (n: number) => {
                for (let i = 0; i < n; i++) responder.onNext({ data: Buffer.from(`${next++}`) }, next === 10);
              };
              setImmediate(() =>
                data === '"fails"' ? responder.onError(new Error('theirs')) : send(initial),
              );
              return {
                request: (n) => {
                  log.push(['request', n]);
                  send(n);
                },
                cancel: () => log.push(['cancel']),
                onExtension: () => {},
              };
            },
          };
        },
      },
    }).bind();
    return { log, url: urlOf(server), server };
  }

  it('agree on demand, values, the end, and cancellation', async () => {
    const { log, url } = await theirServer();
    const client = ourClient(url, { setup: { token: 1 } });
    const { got, demand } = consumer(
      client.requestStream<number>('numbers', { metadata: Buffer.from('meta') }),
      2,
    );
    await until(() => got.length === 2);
    demand.request(3);
    await until(() => got.length === 5);
    demand.request(5);
    await until(() => got.length === 11);
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, '|']);
    const left = consumer(client.requestStream<number>('left'), 1);
    await until(() => left.got.length === 1);
    left.demand.unsubscribe();
    await until(() => log.some((entry) => Array.isArray(entry) && entry[0] === 'cancel'));
    expect(log).toEqual([
      ['setup', 'application/json', 'message/x.rsocket.routing.v0', '{"token":1}'],
      ['stream', '"numbers"', 'meta', 2],
      ['request', 3],
      ['request', 5],
      ['stream', '"left"', undefined, 1],
      ['cancel'],
    ]);
  });

  it('agree on errors', async () => {
    const { url } = await theirServer();
    const failed = consumer(ourClient(url).requestStream('fails'), 1);
    await until(() => failed.got.length === 1);
    expect(failed.got).toEqual([new RSocketError(RSocketErrorCode.APPLICATION_ERROR, 'theirs')]);
  });

  it('agree on signs of life', async () => {
    const { url } = await theirServer();
    const socket = new WebSocket(url);
    let beats = 0;
    socket.on('message', (data: Buffer) => {
      beats += Number(decodeFrame(data).type === 'KEEPALIVE');
    });
    const client = connectRSocket(() => socket, { keepAlive: 20 });
    closing.push(() => client.close());
    const { got } = consumer(client.requestStream('x'), 1);
    await until(() => beats >= 4 && got.length === 1);
  });

  it('come together again by retry after the connection was lost', async () => {
    const { url, server } = await theirServer();
    const { got, demand } = consumer(ourClient(url).requestStream<number>('x').pipe(retry(3)), 2);
    await until(() => got.length === 2);
    for (const socket of server.clients) socket.terminate();
    demand.request(1);
    await until(() => got.length === 3);
    expect(got).toEqual([0, 1, 0]);
  });
});

describe('the client of rsocket-js and our server', () => {
  async function theirClient(url: string, maxOutboundFragmentSize = 0) {
    const requester = await new RSocketConnector({
      setup: { dataMimeType: 'application/json', keepAlive: 10, lifetime: 1000 },
      fragmentation: { maxOutboundFragmentSize },
      transport: new WebsocketClientTransport({ url, wsCreator: (to) => new WebSocket(to) as never }),
    }).connect();
    closing.push(() => requester.close());
    const stream = (data: unknown, n: number) => {
      const got: unknown[] = [];
      const requested = requester.requestStream({ data: Buffer.from(JSON.stringify(data)) }, n, {
        onNext: (payload, complete) => got.push(dataOf(payload), ...(complete ? ['|'] : [])),
        onComplete: () => got.push('|'),
        onError: (error) => got.push({ ...error, message: error.message }),
        onExtension: () => {},
      });
      return { got, requested };
    };
    return { requester, stream };
  }

  it('agree on demand, values, the end, and cancellation', async () => {
    const source = counter(6);
    const { url } = await ourServer(() => source.source$);
    const { stream } = await theirClient(url);
    const { got, requested } = stream('numbers', 2);
    await until(() => got.length === 2);
    requested.request(4);
    await until(() => got.length === 7);
    expect([got, source.requests]).toEqual([
      ['0', '1', '2', '3', '4', '5', '|'],
      [2, 4],
    ]);
    const left = stream('left', 1);
    await until(() => left.got.length === 1);
    left.requested.cancel();
    await until(() => source.released === 2);
  });

  it('agree on errors, and on what is not served', async () => {
    const { url } = await ourServer(() => throwError(() => new RSocketError(0x301, 'ours')));
    const { stream, requester } = await theirClient(url);
    const { got } = stream('x', 1);
    await until(() => got.length === 1);
    expect(got).toMatchObject([{ code: 0x301, message: 'ours' }]);
    const error = await new Promise((resolve) => {
      const receiver = { onNext: resolve, onError: resolve, onComplete: () => {}, onExtension: () => {} };
      requester.requestResponse({ data: Buffer.from('1') }, receiver);
    });
    expect(error).toMatchObject({ code: RSocketErrorCode.REJECTED });
  });

  it('agree on a request that comes in fragments', async () => {
    const text = 'long '.repeat(100);
    const { url } = await ourServer((data: string) => pullFrom([data.length]));
    const { stream } = await theirClient(url, 64);
    const { got } = stream(text, 2);
    await until(() => got.length === 2);
    expect(got).toEqual(['500', '|']);
  });
});

describe('both sides of ours over ws', () => {
  it('carry many streams on one socket, each held by its own consumer', async () => {
    const sources: ReturnType<typeof counter>[] = [];
    const { url, server } = await ourServer(() => {
      const source = counter();
      sources.push(source);
      return source.source$;
    });
    const client = ourClient(url);
    const all = Array.from({ length: 200 }, (_, n) => consumer(client.requestStream<number>(n), (n % 5) + 1));
    await until(() => all.every(({ got }, n) => got.length === (n % 5) + 1));
    expect([server.clients.size, sources.map(({ drawn }) => drawn)]).toEqual([
      1,
      all.map((_, n) => (n % 5) + 1),
    ]);
    client.close();
    await until(() => sources.every(({ released }) => released === 1));
  });

  it('hold a source whose client has asked for all and reads nothing', async () => {
    const bytes = 'x'.repeat(1000);
    let drawn = 0;
    let most = 0;
    const { url, serving, server } = await ourServer(() => pullFrom(rows()));
    function* rows() {
      for (; drawn < 1_000_000; drawn++) {
        yield bytes;
        most = Math.max(most, ...[...server.clients].map(({ bufferedAmount }) => bufferedAmount));
      }
    }
    const socket = new WebSocket(url);
    const client = connectRSocket(() => socket);
    let got = 0;
    const subscription = client.requestStream<string>('all').subscribe(() => {
      got++;
      if (got === 1) socket.pause();
    });
    await until(() => got > 0);
    await until(() => most > 2 ** 20);
    for (let turn = 0; turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve));
    // The rest of what was drawn is in the buffers of the kernel.
    expect([most < 2 ** 20 + 130 * 1010, drawn < 20_000]).toEqual([true, true]);
    socket.resume();
    const before = drawn;
    await until(() => drawn > before + 1000);
    subscription.unsubscribe();
    serving.unsubscribe();
    client.close();
  });

  it('end with a named error when the server cannot be reached, and when a message is too long for ws', async () => {
    const refused = consumer(connectRSocket(() => new WebSocket('ws://127.0.0.1:1')).requestStream(), 1);
    await until(() => refused.got.length === 1);
    expect(refused.got).toMatchObject([
      { code: RSocketErrorCode.CONNECTION_ERROR, message: expect.stringContaining('ECONNREFUSED') },
    ]);
    const { url, errors } = await ourServer(() => pullFrom([1]));
    const client = ourClient(url);
    const long = consumer(client.requestStream('x'.repeat(2 ** 20 + 1)), 1);
    await until(() => long.got.length === 1 && errors.length === 1);
    expect(long.got).toMatchObject([{ code: RSocketErrorCode.CONNECTION_ERROR }]);
    expect(errors).toMatchObject([{ code: RSocketErrorCode.CONNECTION_ERROR }]);
    const next = new DemandSubscriber<number>();
    client.requestStream<number>('short').subscribe(next);
    next.request(1);
    await until(() => next.requested === 0);
  });
});
