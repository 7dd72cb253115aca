import type { MessagePortLike } from 'rxjs-backpressure/web';

/** What is asked of a WebSocket: that of a page, or that of `ws`. */
export interface Socket {
  send(text: string): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { readonly data?: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
}

class PortMessage extends Event {
  data: unknown;
}

/**
 * A WebSocket as a `MessagePort`, so that `serve` and `pullFromPort` carry demand over it. What is posted in one turn of the
 * event loop goes as one text: an array of messages. A text that is an object is for `heard` instead.
 */
export class SocketPort implements MessagePortLike<never> {
  private readonly listeners = new Map<string, Set<(event: Event) => void>>();
  private outbox: object[] = [];

  constructor(
    private readonly socket: Socket,
    heard: (settings: object) => void = () => {},
  ) {
    socket.addEventListener('message', ({ data }) => {
      const received: unknown = JSON.parse(String(data));
      if (!Array.isArray(received)) {
        heard(Object(received));
        return;
      }
      const event = new PortMessage('message');
      for (const message of received) {
        event.data = message;
        this.emit('message', event);
      }
    });
    socket.addEventListener('close', () => this.emit('close', new Event('close')));
  }

  postMessage(message: object): void {
    if (this.outbox.push(sendable(message)) === 1) {
      queueMicrotask(() => this.flush());
    }
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    this.listeners.set(type, (this.listeners.get(type) ?? new Set()).add(listener));
  }

  removeEventListener(type: string, listener: (event: Event) => void): void {
    this.listeners.get(type)?.delete(listener);
  }

  private emit(type: string, event: Event): void {
    for (const listener of this.listeners.get(type) ?? []) {
      listener(event);
    }
  }

  private flush(): void {
    const text = JSON.stringify(this.outbox);
    this.outbox = [];
    this.socket.send(text);
  }
}

/** JSON knows neither `Infinity` nor errors. */
function sendable(message: object): object {
  if ('request' in message && message.request === Infinity) {
    return { request: 'Infinity' };
  }
  return 'error' in message && message.error instanceof Error ? { error: message.error.message } : message;
}
