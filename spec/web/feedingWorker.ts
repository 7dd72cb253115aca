/** A worker of Node.js that counts as fast as it is asked: what `worker.spec.ts` bundles and runs. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { type Observable, tap } from 'rxjs';
import { pullFrom } from '../../src/index.js';
import { pullFromPort, serve } from '../../src/web/index.js';

export type Order =
  | { readonly serve: 'numbers' | 'buffers'; readonly port?: MessagePort }
  | { readonly take: number; readonly of: ReadableStream<number> }
  | { readonly sum: MessagePort }
  | { readonly count: true }
  | { readonly fail: true }
  | { readonly exit: number };

let made = 0;

function* numbers(): Generator<number> {
  try {
    for (;;) yield made++;
  } finally {
    parentPort?.postMessage({ released: true });
  }
}

function* buffers(): Generator<Uint8Array<ArrayBuffer>> {
  for (; made < 100; made++) yield new Uint8Array(1000).fill(made);
}

async function take(count: number, stream: ReadableStream<number>): Promise<void> {
  const reader = stream.getReader();
  for (let i = 0; i < count; i++) await reader.read();
  parentPort?.postMessage({ taken: count });
  parentPort?.once('message', () => reader.cancel());
}

parentPort?.on('message', (order: Order) => {
  if ('serve' in order && order.serve === 'numbers' && parentPort) {
    serve(pullFrom(numbers()), order.port ?? parentPort);
  } else if ('serve' in order && order.port) {
    serve(pullFrom(buffers()), order.port, { transfer: ({ buffer }) => [buffer] });
  } else if ('take' in order) {
    void take(order.take, order.of);
  } else if ('sum' in order) {
    let sum = 0;
    const numbers$: Observable<number> = pullFromPort<number>(order.sum);
    numbers$.pipe(tap((n) => (sum += n))).subscribe({ complete: () => parentPort?.postMessage({ sum }) });
  } else if ('count' in order) {
    parentPort?.postMessage({ made });
  } else if ('fail' in order) {
    throw new Error('out of order');
  } else if ('exit' in order) {
    process.exit(order.exit);
  }
});
