import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer, get } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { concat, map, NEVER, of, Subject, throwError } from 'rxjs';
import { forEachWithDemand, OverflowError, pullFrom } from '../../src/index.js';
import { toReadable, writeTo } from '../../src/node/index.js';
import { counter, settled, turns, until } from '../boundary.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streams-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('writeTo', () => {
  it('writes no faster than the Writable drains, each value once, in order', async () => {
    const source = counter(50);
    const written: number[] = [];
    const writable = new Writable({
      objectMode: true,
      highWaterMark: 4,
      write: (value, _, callback) => {
        written.push(value);
        expect(source.drawn - written.length).toBeLessThan(4);
        setImmediate(callback);
      },
    });
    await writeTo(source.source$, writable);
    expect(written).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(source.released).toBe(1);
    expect(writable.listenerCount('drain')).toBe(0);
  });

  it('stops asking while the Writable does not drain', async () => {
    const source = counter();
    const writable = new Writable({ objectMode: true, highWaterMark: 4, write: () => {} });
    const done = writeTo(source.source$, writable);
    await turns();
    expect(source.drawn).toBe(4);
    writable.destroy();
    await expect(done).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    expect(source.released).toBe(1);
  });

  it('rejects with an error of the source, and destroys the Writable', async () => {
    const writable = new PassThrough({ objectMode: true });
    const error = new Error('source');
    await expect(
      writeTo(
        concat(
          of(1),
          throwError(() => error),
        ),
        writable,
      ),
    ).rejects.toBe(error);
    expect(writable.destroyed).toBe(true);
    await turns();
  });

  it('destroys the Writable only after what came before the error is written', async () => {
    const written: number[] = [];
    const writable = new Writable({
      objectMode: true,
      write: (value, _, callback) => {
        written.push(value);
        setImmediate(callback);
      },
    });
    const error = new Error('source');
    const source$ = concat(
      pullFrom([1, 2, 3]),
      throwError(() => error),
    );
    await expect(writeTo(source$, writable)).rejects.toBe(error);
    expect([written, writable.destroyed]).toEqual([[1, 2, 3], true]);
  });

  it('asks for nothing while a Writable that was full from the start has not drained', async () => {
    const source = counter(3);
    let drain = (): void => {};
    const writable = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write: (value, _, callback) => {
        if (value === 'first') drain = callback;
        else callback();
      },
    });
    writable.write('first');
    const done = writeTo(source.source$, writable);
    await turns();
    expect(source.drawn).toBe(0);
    drain();
    await done;
    expect(source.drawn).toBe(3);
  });

  it('does not end the standard output of the process, and resolves when all is written', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'stdout.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const out: string[] = [];
    for await (const chunk of child.stdout) out.push(String(chunk));
    expect(out.join('')).toBe('abcd0 left\n');
  }, 20_000);

  it('rejects with an error of the Writable, and releases the source', async () => {
    const source = counter();
    const error = new Error('sink');
    const writable = new Writable({
      objectMode: true,
      write: (value, _, callback) => callback(value === 3 ? error : null),
    });
    await expect(writeTo(source.source$, writable)).rejects.toBe(error);
    expect(source.released).toBe(1);
  });

  it('rejects when somebody else ends the Writable', async () => {
    const writable = new PassThrough();
    const done = writeTo(NEVER, writable);
    writable.end();
    writable.resume();
    await expect(done).rejects.toThrow('ended by somebody else');
  });

  it('rejects when the Writable is closed with all written and its own last words unsaid', async () => {
    const writable = new Writable({
      write: (_chunk, _encoding, done) => void setImmediate(done),
      final: () => {},
    });
    const done = writeTo(of('a'), writable);
    await turns();
    expect(writable.writableLength).toBe(0);
    writable.destroy();
    await expect(done).rejects.toThrow('closed before it had finished');
  });

  it.each(['destroy', 'end'] as const)(
    'rejects when the Writable has heard %s already, and draws nothing',
    async (how) => {
      const source = counter();
      const writable = new PassThrough();
      writable.on('error', () => {});
      writable[how]();
      writable.resume();
      await expect(writeTo(source.source$.pipe(map(String)), writable)).rejects.toThrow();
      expect(source).toMatchObject({ drawn: 0, released: 1 });
    },
  );

  it('draws nothing for a response of HTTP that has ended', async () => {
    const source = counter();
    const server = createHttpServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answered = once(server, 'request');
    const request = get({ port, host: '127.0.0.1', agent: false }).on('error', () => {});
    const [, response] = await answered;
    await expect(writeTo(source.source$.pipe(map(String)), response)).rejects.toThrow('somebody else');
    expect(source).toMatchObject({ drawn: 0, released: 1 });
    request.destroy();
    server.close();
  });

  it('stops by a signal, also one that is aborted already', async () => {
    for (const early of [true, false]) {
      const controller = new AbortController();
      const writable = new PassThrough({ objectMode: true });
      if (early) controller.abort('enough');
      const done = writeTo(counter().source$, writable, { signal: controller.signal });
      if (!early) controller.abort('enough');
      await expect(done).rejects.toBe('enough');
      expect(writable.destroyed).toBe(true);
    }
  });

  it.each([
    ['a signal', (_: Writable, controller: AbortController) => controller.abort(new Error('enough'))],
    ['somebody who destroys it', (writable: Writable) => writable.destroy(new Error('enough'))],
  ])('hears the error of a Writable that is stopped by %s while it finishes', async (_by, stop) => {
    const controller = new AbortController();
    const writable = new Writable({
      write: (_chunk, _encoding, done) => done(),
      final: (done) => done(),
    });
    // One more listener would hear what Node otherwise throws out of the event loop.
    let heard = 0;
    writable.on('finish', () => process.nextTick(() => (heard = writable.listenerCount('error'))));
    const closed = new Promise((resolve) => writable.on('close', resolve));
    const done = writeTo(of('a'), writable, { signal: controller.signal });
    stop(writable, controller);
    await expect(done).rejects.toThrow('enough');
    await closed;
    expect(heard).toBe(1);
  });

  it('rejects with the error for a value that the Writable cannot take', async () => {
    const writable = new PassThrough();
    await expect(writeTo(of(1), writable)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(writable.destroyed).toBe(true);
  });

  it('rejects with an OverflowError when a source that cannot stop outruns it', async () => {
    const subject = new Subject<number>();
    const done = writeTo(subject, new Writable({ objectMode: true, highWaterMark: 1, write: () => {} }));
    for (let i = 0; i <= 1025; i++) subject.next(i);
    await expect(done).rejects.toThrow(OverflowError);
  });

  it('writes a file through gzip, and reads it back', async () => {
    const path = join(folder, 'numbers.gz');
    const zip = createGzip();
    const lines$ = counter(20_000).source$.pipe(map((n) => `${n}\n`));
    await Promise.all([writeTo(lines$, zip), pipeline(zip, createWriteStream(path))]);
    const unzipped = createReadStream(path).pipe(createGunzip());
    const chunks: string[] = [];
    await forEachWithDemand(pullFrom<Buffer>(unzipped), (chunk) => chunks.push(String(chunk)));
    const text = chunks.join('');
    expect(text).toBe(Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join(''));
    expect((await readFile(path)).length).toBeGreaterThan(0);
  });

  it('feeds a child process', async () => {
    const child = spawn(process.execPath, [
      '-e',
      "let n = 0; process.stdin.on('data', (d) => (n += d.length)).on('end', () => console.log(n))",
    ]);
    await writeTo(counter(1000).source$.pipe(map(() => 'x'.repeat(1000))), child.stdin);
    const out: string[] = [];
    for await (const chunk of child.stdout) out.push(String(chunk));
    expect(out.join('').trim()).toBe('1000000');
  });

  it('is held by a socket whose other side does not read, and released when that closes', async () => {
    const source = counter();
    const server = createServer((socket) => {
      socket.on('error', () => {});
      void writeTo(source.source$.pipe(map(() => 'x'.repeat(65_536))), socket).catch(() => {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const client: Socket = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket));
    });
    await until(() => source.drawn > 0);
    await settled(() => source.drawn);
    expect(source.drawn * 65_536).toBeLessThan(64 * 2 ** 20);
    client.destroy();
    await until(() => source.released === 1);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('toReadable', () => {
  it('delivers all, in order, and reads no further ahead than its highWaterMark', async () => {
    const source = counter(100);
    const readable = toReadable(source.source$, { highWaterMark: 4 });
    let read = 0;
    for await (const value of readable) {
      expect(value).toBe(read++);
      expect(source.drawn - read).toBeLessThanOrEqual(5);
    }
    expect(read).toBe(100);
    expect(source.released).toBe(1);
  });

  it('subscribes with the first read', async () => {
    const source = counter();
    const readable = toReadable(source.source$, { highWaterMark: 2 });
    await turns();
    expect(source.drawn).toBe(0);
    readable.read(0);
    await turns();
    expect(source.drawn).toBe(2);
    readable.destroy();
    await turns();
    expect(source.released).toBe(1);
  });

  it('is destroyed with an error of the source, after what was read ahead', async () => {
    const error = new Error('source');
    const failing = () =>
      toReadable(
        concat(
          pullFrom([1, 2, 3]),
          throwError(() => error),
        ),
      );
    const got: unknown[] = [];
    const read = async (readable: Readable) => {
      readable.read(0);
      await turns();
      expect(readable.readableLength).toBe(3);
      for await (const value of readable) got.push(value);
    };
    await expect(read(failing())).rejects.toBe(error);
    const sink = new Writable({
      objectMode: true,
      write: (value, _, callback) => {
        got.push(value);
        callback();
      },
    });
    await expect(pipeline(failing(), sink)).rejects.toBe(error);
    expect(got).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('wraps what is no Error', async () => {
    const read = async () => {
      for await (const _ of toReadable(throwError(() => 'text'))) throw new Error('no value expected');
    };
    await expect(read()).rejects.toMatchObject({ message: 'text', cause: 'text' });
  });

  it.each([null, undefined])('is destroyed with a TypeError for %s', async (value) => {
    const readable = toReadable(of(value));
    const error = new Promise((resolve) => readable.once('error', resolve));
    readable.resume();
    expect(await error).toBeInstanceOf(TypeError);
  });

  it('carries text as a byte stream', async () => {
    let text = '';
    for await (const chunk of toReadable(pullFrom(['ä', 'b']), { objectMode: false })) text += String(chunk);
    expect(text).toBe('äb');
  });
});
