/** `pullFrom` over the streams of Node.js: files, sockets, child processes, and gzip in the middle. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { concat, concatMap, lastValueFrom, map, NEVER, of, reduce, take, throwError } from 'rxjs';
import { DemandSubscriber, pullFrom } from '../../src/index.js';
import { writeTo } from '../../src/node/index.js';
import { counter, settled, turns, until } from '../boundary.js';

let folder = '';
let file = '';
const megabyte = Buffer.alloc(2 ** 20, 'line of a file\n');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'readable-'));
  file = join(folder, 'megabyte');
  await writeFile(file, megabyte);
});
afterAll(() => rm(folder, { recursive: true }));

const length = reduce((sum: number, { length }: Buffer) => sum + length, 0);

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

const closed = (server: Server) => new Promise((resolve) => server.close(resolve));

describe('pullFrom(readable)', () => {
  it('reads a file no faster than it is asked, and closes it on every ending', async () => {
    const endings = [
      (readable: Readable) => pullFrom<Buffer>(readable),
      (readable: Readable) => pullFrom<Buffer>(readable).pipe(take(2)),
      (readable: Readable) =>
        pullFrom<Buffer>(readable).pipe(
          map((): Buffer => {
            throw new Error('operator');
          }),
        ),
    ];
    for (const ending of endings) {
      const readable = createReadStream(file);
      ending(readable).subscribe({ error: () => {} });
      await once(readable, 'close');
    }
    const readable = createReadStream(file);
    const subscriber = new DemandSubscriber<Buffer>({ start: (demand) => demand.request(2) });
    pullFrom<Buffer>(readable).subscribe(subscriber);
    await until(() => subscriber.requested === 0);
    await settled(() => readable.bytesRead);
    // Two were taken; the stream holds one ahead.
    expect(readable.bytesRead).toBeLessThanOrEqual(3 * 65_536);
    subscriber.unsubscribe();
    await once(readable, 'close');
  });

  it('reports what cannot be opened without a request', async () => {
    const error = await new Promise((resolve) => {
      pullFrom(createReadStream(join(folder, 'nowhere'))).subscribe(
        new DemandSubscriber<Buffer>({ error: resolve }),
      );
    });
    expect(error).toMatchObject({ code: 'ENOENT' });
  });

  it('reports an error while it waits for a chunk, and an early end', async () => {
    const readable = new Readable({ read: () => {} });
    const failing = lastValueFrom(pullFrom(readable));
    readable.destroy(new Error('broken'));
    await expect(failing).rejects.toThrow('broken');
    const early = new Readable({ read: () => {} });
    const ending = lastValueFrom(pullFrom(early));
    early.destroy();
    await expect(ending).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  });

  it('releases an idle Readable at once, and is quiet when that fails afterwards', async () => {
    const readable = new Readable({
      read: () => {},
      destroy: (_, callback) => callback(new Error('on the way out')),
    });
    const subscription = pullFrom(readable).subscribe();
    await turns();
    subscription.unsubscribe();
    await new Promise((resolve) => readable.on('close', resolve));
    const unasked = new Readable({ read: () => {} });
    const subscriber = new DemandSubscriber<Buffer>();
    pullFrom<Buffer>(unasked).subscribe(subscriber);
    subscriber.unsubscribe();
    await once(unasked, 'close');
  });

  it('leaves a socket open that the other side has ended, until what is written to it has gone', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      void writeTo(pullFrom<Buffer>(socket), socket);
    });
    const client = await connected(await listening(server));
    client.end(megabyte);
    expect(await lastValueFrom(pullFrom<Buffer>(client).pipe(length))).toBe(megabyte.length);
    await closed(server);
  });

  it('holds a socket that sends without end, and closes it on unsubscribing', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(65_536);
    const ended = new Promise((resolve) => {
      const server = createServer((socket) => {
        const send = () => {
          while (!socket.destroyed && socket.write(chunk)) sent++;
        };
        socket.on('drain', send).on('error', () => {});
        socket.on('close', () => server.close(resolve));
        send();
      });
      void listening(server).then(async (port) => {
        const socket = await connected(port);
        const subscriber = new DemandSubscriber<Buffer>({ start: (demand) => demand.request(1) });
        pullFrom<Buffer>(socket).subscribe(subscriber);
        await until(() => subscriber.requested === 0);
        // What the operating system holds of a connection on loopback.
        expect(await settled(() => sent)).toBeLessThan(256);
        subscriber.unsubscribe();
      });
    });
    await ended;
  });

  it('holds a child process that prints without end, and ends it on unsubscribing', async () => {
    const print =
      'const line = "x".repeat(1023) + "\\n"; (function go() { while (process.stdout.write(line)); })(), process.stdout.on("drain", () => { while (process.stdout.write(line)); }).on("error", () => process.exit(3))';
    const child = spawn(process.execPath, ['-e', print], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    let bytes = 0;
    const subscriber = new DemandSubscriber<Buffer>({
      start: (demand) => demand.request(3),
      next: (chunk) => {
        bytes += chunk.length;
      },
    });
    pullFrom<Buffer>(child.stdout).subscribe(subscriber);
    await until(() => subscriber.requested === 0);
    await turns(100);
    expect(bytes).toBeLessThanOrEqual(3 * 65_536);
    expect(child.stdout.readableLength).toBeLessThanOrEqual(2 * 65_536);
    subscriber.unsubscribe();
    expect(await exit).toEqual([3, null]);
  });

  it('carries a file through gzip and back, each byte once', async () => {
    const zip = createGzip();
    const unzip = createGunzip();
    const [, , bytes] = await Promise.all([
      writeTo(pullFrom<Buffer>(createReadStream(file)), zip),
      writeTo(pullFrom<Buffer>(zip), unzip),
      lastValueFrom(
        pullFrom<Buffer>(unzip).pipe(
          concatMap(async (chunk) => chunk),
          length,
        ),
      ),
    ]);
    expect(bytes).toBe(megabyte.length);
  });

  it('with gzip in the middle, releases the source when the consumer leaves', async () => {
    const source = counter();
    const zip = createGzip();
    const done = writeTo(source.source$.pipe(map((n) => `${Math.sin(n)}\n`)), zip);
    await lastValueFrom(pullFrom<Buffer>(zip).pipe(take(1)));
    await expect(done).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    expect(source.released).toBe(1);
  });

  it('with gzip in the middle, carries an error of the source to the consumer', async () => {
    const zip = createGzip();
    const error = new Error('source');
    const consumed = lastValueFrom(pullFrom<Buffer>(zip));
    const failing$ = concat(
      of('text'),
      throwError(() => error),
    );
    await expect(writeTo(failing$, zip)).rejects.toBe(error);
    await expect(consumed).rejects.toBe(error);
  });

  it('with gunzip in the middle, carries its error both ways', async () => {
    const unzip = createGunzip();
    const consumed = lastValueFrom(pullFrom<Buffer>(unzip));
    const wrong = expect.objectContaining({ code: 'Z_DATA_ERROR' });
    await expect(writeTo(concat(of('no gzip'), NEVER), unzip)).rejects.toEqual(wrong);
    await expect(consumed).rejects.toEqual(wrong);
  });
});
