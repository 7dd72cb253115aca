import { EventEmitter, once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { take } from 'rxjs';
import { DemandSubscriber, type DropReason, forEachWithDemand, OverflowError } from '../../src/index.js';
import { type PullFromEventOptions, pullFromEvent } from '../../src/node/index.js';
import { settled, turns, until } from '../boundary.js';

/** An emitter that goes on for `late` values after it was paused. */
class Client extends EventEmitter {
  readonly calls: string[] = [];
  pause(): void {
    this.calls.push('pause');
  }
  resume(): void {
    this.calls.push('resume');
  }
}

function reading(options: PullFromEventOptions<number> = {}) {
  const client = new Client();
  const got: unknown[] = [];
  const subscriber = new DemandSubscriber<number>({
    next: (value) => got.push(value),
    error: (error) => got.push(error),
    complete: () => got.push('|'),
  });
  pullFromEvent<number>(client, 'value', options).subscribe(subscriber);
  return { client, got, subscriber };
}

describe('pullFromEvent', () => {
  it('resumes when something is requested, and pauses when all of it has come', () => {
    const { client, got, subscriber } = reading();
    expect(client.calls).toEqual(['pause']);
    subscriber.request(2);
    subscriber.request(1);
    expect(client.calls.splice(0)).toEqual(['pause', 'resume']);
    for (const value of [1, 2]) client.emit('value', value);
    expect(client.calls).toEqual([]);
    client.emit('value', 3);
    expect(client.calls.splice(0)).toEqual(['pause']);
    subscriber.request(1);
    expect(client.calls).toEqual(['resume']);
    expect(got).toEqual([1, 2, 3]);
  });

  it('keeps what still comes after the pause, and delivers it first, without resuming for it', () => {
    const { client, got, subscriber } = reading();
    subscriber.request(1);
    for (const value of [1, 2, 3]) client.emit('value', value);
    expect(got).toEqual([1]);
    subscriber.request(2);
    expect(got).toEqual([1, 2, 3]);
    expect(client.calls).toEqual(['pause', 'resume', 'pause']);
    subscriber.request(1);
    expect(client.calls.at(-1)).toBe('resume');
  });

  it.each([
    ['ends', (client: Client) => client.emit('end'), false],
    ['is left', () => {}, true],
  ])('stays paused when it %s with the last value that waits', (_how, end, leaves) => {
    const client = new Client();
    const subscriber = new DemandSubscriber<number>({
      next: (_, demand) => {
        if (leaves) demand.unsubscribe();
      },
    });
    pullFromEvent<number>(client, 'value').subscribe(subscriber);
    client.emit('value', 1);
    end(client);
    subscriber.request(2);
    expect(subscriber.closed).toBe(true);
    expect(client.calls).toEqual(['pause', 'pause']);
  });

  it('never pauses while demand is unbounded', () => {
    const { client, got, subscriber } = reading();
    subscriber.request(Infinity);
    for (let i = 0; i < 5000; i++) client.emit('value', i);
    expect(got.length).toBe(5000);
    expect(client.calls).toEqual(['pause', 'resume']);
  });

  it('fails with an OverflowError when more than its capacity comes after the pause, and releases', () => {
    let released = 0;
    const { client, got } = reading({ capacity: 2, release: () => released++ });
    for (let i = 0; i < 5; i++) client.emit('value', i);
    expect(got).toEqual([expect.any(OverflowError)]);
    expect(got[0]).toMatchObject({ operator: 'pullFromEvent', capacity: 2, values: [0, 1, 2] });
    expect(released).toBe(1);
    expect(client.listenerCount('value') + client.listenerCount('error')).toBe(0);
  });

  it('drops by a policy that was chosen', () => {
    const dropped: [number, DropReason][] = [];
    const { client, got, subscriber } = reading({
      capacity: 2,
      overflow: 'dropOldest',
      onDrop: (value, reason) => dropped.push([value, reason]),
    });
    for (let i = 0; i < 4; i++) client.emit('value', i);
    subscriber.request(3);
    expect(got).toEqual([2, 3]);
    subscriber.unsubscribe();
    expect(dropped).toEqual([
      [0, 'overflow'],
      [1, 'overflow'],
    ]);
  });

  it.each(['end', 'close'])('completes after what waits: %s', (event) => {
    const { client, got, subscriber } = reading();
    client.emit('value', 1);
    client.emit(event);
    expect(got).toEqual([]);
    subscriber.request(1);
    expect(got).toEqual([1, '|']);
    expect(client.eventNames()).toEqual([]);
  });

  it('fails after what waits', () => {
    const { client, got, subscriber } = reading();
    client.emit('value', 1);
    client.emit('error', new Error('client'));
    expect(got).toEqual([]);
    subscriber.request(1);
    expect(got).toEqual([1, expect.objectContaining({ message: 'client' })]);
  });

  it('refuses options that are none, where they are written', () => {
    expect(() => pullFromEvent(new Client(), 'value', { capacity: -1 })).toThrow(RangeError);
  });

  it('reads the lines of readline, each once, and holds its input', async () => {
    let read = 0;
    const input = Readable.from(
      (function* () {
        for (; read < 5000; read++) yield `line ${read}\n`;
      })(),
    );
    const lines = createInterface({ input });
    const got: string[] = [];
    const stopped = new DemandSubscriber<string>({
      start: (demand) => demand.request(10),
      next: (line) => got.push(line),
    });
    pullFromEvent<string>(lines, 'line').subscribe(stopped);
    await until(() => got.length === 10);
    expect(await settled(() => read)).toBeLessThan(100);
    stopped.request(Infinity);
    await until(() => stopped.closed);
    expect(got).toEqual(Array.from({ length: 5000 }, (_, i) => `line ${i}`));
  });

  it('holds a socket, and closes it by release', async () => {
    let sent = 0;
    const server = createServer((socket) => {
      socket.on('error', () => {});
      const send = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536))) sent++;
      };
      socket.on('drain', send);
      send();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
    const chunks$ = pullFromEvent<Buffer>(socket, 'data', { release: () => socket.destroy() });
    const work: number[] = [];
    await forEachWithDemand(chunks$.pipe(take(3)), async (chunk) => {
      await turns(20);
      work.push(chunk.length);
    });
    expect(work.length).toBe(3);
    expect(await settled(() => sent)).toBeLessThan(256);
    await until(() => socket.destroyed);
    await new Promise((resolve) => server.close(resolve));
  });
});
