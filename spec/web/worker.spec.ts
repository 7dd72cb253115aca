/** Streams to and from a real worker of `node:worker_threads`. */
import { once } from 'node:events';
import { MessageChannel, type TransferListItem, Worker } from 'node:worker_threads';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { concatMap, NEVER, type Observable, take, tap, toArray } from 'rxjs';
import { DemandSubscriber, forEachWithDemand, prefetch, pullFrom } from '../../src/index.js';
import { pullFromPort, serve, toReadableStream } from '../../src/web/index.js';
import { counter, settled, turns, until } from '../boundary.js';
import { bundle } from '../bundle.js';
import type { Order } from './feedingWorker.js';

let code = '';
let worker: Worker;
beforeAll(async () => {
  code = await bundle('spec/web/feedingWorker.ts', { format: 'cjs', platform: 'node' });
});
beforeEach(() => {
  worker = new Worker(code, { eval: true });
});
afterEach(() => worker.terminate());

const tell = (order: Order, transfer: TransferListItem[] = []) => worker.postMessage(order, transfer);

/** What the worker answers; that it released its source it tells by itself, whenever that is. */
async function answer(order: Order, transfer?: TransferListItem[]): Promise<unknown> {
  const answered = new Promise((resolve) => {
    const hear = (message: object) => {
      if (!('released' in message)) {
        worker.off('message', hear);
        resolve(message);
      }
    };
    worker.on('message', hear);
  });
  tell(order, transfer);
  return answered;
}

/** The stream of the worker, through a channel of its own. */
function through(kind: 'numbers' | 'buffers') {
  const { port1, port2 } = new MessageChannel();
  tell({ serve: kind, port: port2 }, [port2]);
  return port1;
}

async function errorOf(stream$: Observable<unknown>): Promise<unknown> {
  return new Promise((error) => stream$.subscribe({ error }));
}

describe('a fast worker', () => {
  it('is never further ahead of a slow consumer than the window, and released when that leaves', async () => {
    const stream$ = pullFromPort<number>(through('numbers'), { inFlight: 8 });
    let came = 0;
    const slow = new DemandSubscriber<number>({
      next: (value) => {
        expect(value).toBe(came++);
      },
    });
    stream$.subscribe(slow);
    for (let i = 0; i < 20; i++) {
      slow.request(100);
      await until(() => slow.requested === 0);
      expect(await answer({ count: true })).toEqual({ made: came });
    }
    const released = once(worker, 'message');
    slow.unsubscribe();
    expect(await released).toEqual([{ released: true }]);
  });

  it('is held by a page that blocks, whoever subscribes', async () => {
    const stream$ = pullFromPort<number>(through('numbers'), { inFlight: 8 });
    const came: number[] = [];
    const made: number[] = [];
    let count = 0;
    worker.on('message', (message: { made?: number }) => {
      if (message.made !== undefined) made.push(message.made);
    });
    await new Promise<void>((complete) => {
      stream$.pipe(take(200)).subscribe({
        next: () => {
          if (++count % 50 === 0) {
            came.push(count);
            tell({ count: true });
            // For as long as this takes, the worker may run ahead.
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
          }
        },
        complete,
      });
    });
    await until(() => made.length === came.length);
    for (const [i, n] of came.entries()) expect((made[i] ?? Infinity) - n).toBeLessThanOrEqual(8);
  });

  it('transfers its buffers, each once and in order', async () => {
    const got = await new Promise<Uint8Array[]>((next, error) => {
      pullFromPort<Uint8Array>(through('buffers')).pipe(toArray()).subscribe({ next, error });
    });
    expect(got.map(([first]) => first)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('takes a stream from here', async () => {
    const { port1, port2 } = new MessageChannel();
    serve(pullFrom(Array.from({ length: 1000 }, (_, i) => i)), port1);
    expect(await answer({ sum: port2 }, [port2])).toEqual({ sum: 499_500 });
  });

  it('that dies ends the stream with a PortError', async () => {
    const failed = errorOf(pullFromPort(through('numbers')));
    await turns(50);
    await worker.terminate();
    expect(await failed).toMatchObject({ name: 'PortError', message: 'the port was closed' });
  });

  it('that ends ends the stream through itself with its exit code', async () => {
    tell({ serve: 'numbers' });
    const failed = errorOf(
      pullFromPort<number>(worker).pipe(
        prefetch(1),
        tap(() => tell({ exit: 3 })),
        concatMap(() => NEVER),
      ),
    );
    expect(await failed).toMatchObject({ name: 'PortError', message: 'the worker ended with exit code 3' });
  });

  it('that fails ends the stream through itself with its error', async () => {
    const error = errorOf(pullFromPort(worker));
    tell({ fail: true });
    expect(await error).toMatchObject({
      name: 'PortError',
      message: 'the worker failed: Error: out of order',
    });
  });
});

describe('a ReadableStream made here and transferred to a worker', () => {
  it('holds the source back there, and releases it when it is cancelled there', async () => {
    const source = counter();
    const stream = toReadableStream(source.source$);
    const answered = once(worker, 'message');
    // The types of Node.js know no stream among what can be transferred.
    worker.postMessage({ take: 5, of: stream }, [stream as never]);
    expect(await answered).toEqual([{ taken: 5 }]);
    await turns(100);
    expect(await settled(() => source.drawn)).toBeLessThanOrEqual(5 + 3);
    tell({ count: true });
    await until(() => source.released === 1);
  });
});

describe('forEachWithDemand over a worker', () => {
  it('handles each value before the next is asked for', async () => {
    const values: number[] = [];
    await forEachWithDemand(pullFromPort<number>(through('numbers')).pipe(take(50)), async (value) => {
      expect(await answer({ count: true })).toEqual({ made: value + 1 });
      values.push(value);
    });
    expect(values).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});
