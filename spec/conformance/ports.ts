import type { Observable } from 'rxjs';
import { type MessagePortLike, serve } from 'rxjs-backpressure/web';

/** Serves a source at one of two ports that belong together, and gives the other. A message arrives in a later microtask. */
export function ports(source$: Observable<unknown>): MessagePortLike<never> {
  const ends = [new EventTarget(), new EventTarget()] as const;
  const port = (here: EventTarget, there: EventTarget): MessagePortLike<never> => ({
    postMessage: (data) => queueMicrotask(() => there.dispatchEvent(new MessageEvent('message', { data }))),
    addEventListener: (type, listener) => here.addEventListener(type, listener),
    removeEventListener: (type, listener) => here.removeEventListener(type, listener),
  });
  serve(source$, port(ends[0], ends[1]));
  return port(ends[1], ends[0]);
}
