import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { throwError } from 'rxjs';
import { WebSocketServer } from 'ws';
import { serveRSocket } from '../../src/rsocket/index.js';
import { counter, until } from '../boundary.js';
import { type OpenPage, openPage } from './openPage.js';

let page: OpenPage;
let server: WebSocketServer;
let source: ReturnType<typeof counter>;

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  serveRSocket(server, (asked) => {
    if (asked === 'fails') return throwError(() => new Error('source'));
    source = counter();
    return source.source$;
  });
  page = await openPage({ 'rsocket.js': 'spec/browser/pages/rsocket.ts' });
  await page.call('connect', `ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(async () => {
  await page.close();
  await new Promise((resolve) => server.close(resolve));
});

describe('a page that speaks RSocket with a server', () => {
  it('holds the source at what it has requested, and releases it', async () => {
    expect(await page.call('takeSome', 5, 'numbers')).toEqual([0, 1, 2, 3, 4]);
    expect([source.drawn, source.released]).toEqual([5, 0]);
    await page.call('leave');
    await until(() => source.released === 1);
  });

  it('gets errors with their code', async () => {
    expect(await page.call('ending', 'fails')).toBe(`${0x201} source`);
  });

  it('comes back by retry after the connection was lost', async () => {
    await page.call('takeSome', 2, 'numbers');
    const lost = source;
    for (const socket of server.clients) socket.terminate();
    await page.call('request', 1);
    await until(() => lost.released === 1 && source !== lost && source.drawn === 1);
    await page.call('leave');
  });

  it('ends a connection that sends garbage with a named error, and opens another', async () => {
    for (const socket of server.clients) socket.terminate();
    await until(() => server.clients.size === 0);
    server.once('connection', (socket) => socket.send(Uint8Array.of(1, 2)));
    expect(await page.call('ending', 'numbers')).toBe(`${0x101} a frame of 2 bytes is too short`);
    expect(await page.call('takeSome', 1, 'numbers')).toEqual([0]);
  });
});
