/** A web worker that counts as fast as it is asked: what the page of `ports.ts` feeds on. */
import { finalize } from 'rxjs';
import { pullFrom } from 'rxjs-backpressure';
import { type MessagePortLike, serve } from 'rxjs-backpressure/web';

export type Order =
  | { readonly serve: MessagePort | true }
  | { readonly take: number; readonly of: ReadableStream<number> }
  | { readonly cancel: true }
  | { readonly close: true }
  | { readonly closePort: true }
  | { readonly lastWords: MessagePort }
  | { readonly count: true }
  | { readonly failIn: number };

/** What a worker has instead of a page. The types of the DOM know only the page. */
const inside = globalThis as unknown as MessagePortLike<Transferable>;
let made = 0;
let serving: MessagePort | undefined;
let reader: ReadableStreamDefaultReader<number> | undefined;

function* numbers(): Generator<number> {
  try {
    for (;;) yield made++;
  } finally {
    inside.postMessage({ released: true });
  }
}

inside.addEventListener('message', async (event) => {
  const order: Order = (event as MessageEvent).data;
  if ('serve' in order) {
    if (order.serve !== true) serving = order.serve;
    serve(pullFrom(numbers()), serving ?? inside);
  } else if ('take' in order) {
    reader = order.of.getReader();
    for (let i = 0; i < order.take; i++) await reader.read();
    inside.postMessage({ taken: order.take });
  } else if ('cancel' in order) {
    await reader?.cancel();
  } else if ('close' in order) {
    close();
  } else if ('closePort' in order) {
    serving?.close();
  } else if ('lastWords' in order) {
    serve(pullFrom(['last', ' ', 'words']).pipe(finalize(() => close())), order.lastWords);
  } else if ('count' in order) {
    inside.postMessage({ made });
  } else if ('failIn' in order) {
    setTimeout(() => {
      throw new Error('out of order');
    }, order.failIn);
  }
});
