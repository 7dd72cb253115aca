import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { DemandSubscriber } from '../../src/index.js';
import { pullBytes } from '../../src/web/index.js';
import { turns, until } from '../boundary.js';

/** A byte stream that gives `chunk` for each read, and how much of it was asked for. */
function bytes(chunk: number) {
  const source = { asked: [] as number[], cancelled: 0 };
  const stream = new ReadableStream({
    type: 'bytes',
    pull: (controller) => {
      const view = controller.byobRequest?.view;
      source.asked.push(view?.byteLength ?? 0);
      controller.byobRequest?.respond(Math.min(chunk, view?.byteLength ?? 0));
    },
    cancel: () => {
      source.cancelled++;
    },
  });
  return { source, stream };
}

describe('pullBytes', () => {
  it('reads a file in chunks of its own size, every byte once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bytes-'));
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i & 0xff));
    await writeFile(join(folder, 'file'), content);
    const file = await open(join(folder, 'file'));
    const stream: ReadableStream = file.readableWebStream({ type: 'bytes' });
    const chunks = await lastValueFrom(pullBytes(stream, { chunkSize: 40_000 }).pipe(toArray()));
    expect(chunks.map(({ length }) => length)).toEqual([40_000, 40_000, 20_000]);
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
    await file.close();
    await rm(folder, { recursive: true });
  });

  it('reads no further than asked, and cancels the stream when it is left', async () => {
    const { source, stream } = bytes(10);
    const got: number[] = [];
    const subscriber = new DemandSubscriber<Uint8Array>({ next: ({ length }) => got.push(length) });
    pullBytes(stream, { chunkSize: 16 }).subscribe(subscriber);
    await turns();
    expect(source.asked).toEqual([]);
    subscriber.request(2);
    await until(() => got.length === 2);
    await turns();
    expect([source.asked, got]).toEqual([
      [16, 16],
      [10, 10],
    ]);
    subscriber.unsubscribe();
    await turns();
    expect(source.cancelled).toBe(1);
  });

  it('leaves the stream unlocked behind, at its end and also while a chunk is awaited', async () => {
    const ended = new ReadableStream({ type: 'bytes', start: (controller) => controller.close() });
    await lastValueFrom(pullBytes(ended), { defaultValue: undefined });
    expect(ended.locked).toBe(false);
    const idle = new ReadableStream({ type: 'bytes' });
    const subscriber = new DemandSubscriber<Uint8Array>({ start: (demand) => demand.request(1) });
    pullBytes(idle).subscribe(subscriber);
    await turns();
    subscriber.unsubscribe();
    expect(idle.locked).toBe(false);
  });

  it('refuses what is no byte stream, and no size', async () => {
    await expect(lastValueFrom(pullBytes(new ReadableStream()))).rejects.toMatchObject({ name: 'TypeError' });
    expect(() => pullBytes(new ReadableStream(), { chunkSize: 0 })).toThrow(RangeError);
  });
});
