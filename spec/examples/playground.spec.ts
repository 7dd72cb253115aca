import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstValueFrom, take, toArray } from 'rxjs';
import { DemandSubscriber } from 'rxjs-backpressure';
import { pullFromPort } from 'rxjs-backpressure/web';
import { WebSocket } from 'ws';
import { type Server, serve } from '../../examples/playground/server/serve.js';
import type { Item } from '../../examples/playground/wire/Item.js';
import { SocketPort } from '../../examples/playground/wire/SocketPort.js';

let scratch: string;
let server: Server;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'playground-spec-'));
  const folder = async (name: string) => {
    await mkdir(join(scratch, name), { recursive: true });
    return join(scratch, name);
  };
  const site = await folder('site');
  await writeFile(join(site, 'index.html'), '<p>here</p>');
  await writeFile(join(scratch, 'secret.json'), '{}');
  const sources = await folder('app');
  await writeFile(join(await folder('app/strategies'), 'One.ts'), 'one');
  const files = await folder('files');
  for (const name of ['a.txt', 'b.txt', 'c']) await writeFile(join(files, name), '');
  server = await serve({ port: 0, site, sources, folder: files });
});

afterAll(async () => {
  await server.close();
  await rm(scratch, { recursive: true, force: true });
});

/** Opens a feed as the page does. */
async function feed(query: string, inFlight = 16) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}feed?${query}`);
  await once(socket, 'open');
  const texts: string[] = [];
  socket.on('message', (data) => texts.push(String(data)));
  const port = new SocketPort({
    send: (text) => socket.send(text),
    close: () => socket.close(),
    addEventListener: (type: 'message' | 'close', listener: (event: { data?: unknown }) => void) =>
      socket.addEventListener(type, listener as () => void),
  });
  return { socket, texts, items$: pullFromPort<Item>(port, { inFlight }) };
}

const get = async (path: string) => {
  const response = await fetch(server.url + path);
  return [response.status, await response.text()];
};

describe('the server of the playground', () => {
  it('serves the page and the strategies, and nothing else', async () => {
    expect(await get('')).toEqual([200, '<p>here</p>']);
    expect(await get('strategies/One.ts')).toEqual([200, 'one']);
    expect(await get('..%2fsecret.json')).toEqual([404, 'Not found\n']);
    expect(await get('strategies/..%2f..%2fsecret.json')).toEqual([404, 'Not found\n']);
  });

  it('makes no more than is requested', async () => {
    const { socket, texts, items$ } = await feed('source=generated&rate=100000');
    const ids: number[] = [];
    const subscriber = new DemandSubscriber<Item>({ next: ({ id }) => ids.push(id) });
    items$.subscribe(subscriber);
    for (const [n, all] of [
      [3, 3],
      [2, 5],
    ] as const) {
      subscriber.request(n);
      while (ids.length < all) await once(socket, 'message');
    }
    expect(ids).toEqual([0, 1, 2, 3, 4]);
    expect(texts.flatMap((text) => JSON.parse(text)).length).toBe(5);
    subscriber.unsubscribe();
    socket.terminate();
  });

  it('sends many in one text to whoever asks for many', async () => {
    const { socket, texts, items$ } = await feed('source=generated&rate=100000', 10_000);
    const items = await firstValueFrom(items$.pipe(take(2000), toArray()));
    expect(items.map(({ id }) => id)).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    expect(texts.length).toBeLessThan(100);
    socket.terminate();
  });

  it('walks through the files of its folder', async () => {
    const { socket, items$ } = await feed('source=files&rate=1000');
    const items = await firstValueFrom(items$.pipe(toArray()));
    expect(items.map(({ text, key }) => `${key} ${text}`).sort()).toEqual([
      '.txt a.txt',
      '.txt b.txt',
      'none c',
    ]);
    socket.terminate();
  });

  it('does not answer the pages of others', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}feed`, { origin: 'http://example.com' });
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('401');
  });

  it('closes with streams that are open', async () => {
    const other = await serve({ port: 0, site: scratch, sources: scratch, folder: scratch });
    const socket = new WebSocket(`${other.url.replace('http', 'ws')}feed`);
    await once(socket, 'open');
    socket.send('[{"request":"Infinity"}]');
    await once(socket, 'message');
    await Promise.all([other.close(), once(socket, 'close')]);
  });
});
