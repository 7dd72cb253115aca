import type { WebSocketEvent, WebSocketLike } from '../../src/rsocket/WebSocketLike.js';

type Listener = (event: WebSocketEvent) => void;

/** One end of a connection in memory. What is sent arrives at once, in order, unless it is held. */
export class MemorySocket implements WebSocketLike {
  binaryType = 'blob';
  readyState = 0;
  /** While `true`, what is sent stays in the buffer, as on a connection whose peer reads nothing. */
  held = false;
  /** All that was given to `send`, as it was. */
  readonly sent: Uint8Array[] = [];
  peer: MemorySocket | undefined;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #outbox: unknown[] = [];
  #delivering = false;

  get bufferedAmount(): number {
    return this.#outbox.reduce(
      (sum: number, data) => sum + (data instanceof Uint8Array ? data.length : 0),
      0,
    );
  }

  send(data: Uint8Array | string): void {
    if (this.readyState === 0) throw new Error('InvalidStateError');
    if (data instanceof Uint8Array) this.sent.push(data);
    this.#outbox.push(data);
    this.flush();
  }

  close(code = 1005): void {
    if (this.readyState < 2) {
      this.readyState = 3;
      this.peer?.closed(code);
      this.emit({ type: 'close', code, reason: '' });
    }
  }

  /** The other side, or the network, has closed the connection. */
  closed(code: number): void {
    if (this.readyState !== 3) {
      this.readyState = 3;
      this.emit({ type: 'close', code, reason: '' });
    }
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  open(): void {
    this.readyState = 1;
    this.emit({ type: 'open' });
  }

  emit(event: WebSocketEvent): void {
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
  }

  /** Delivers what waits, one after the other: what is sent meanwhile comes behind it. */
  flush(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    while (!this.held && this.#outbox.length > 0) {
      const data = this.#outbox.shift();
      if (this.peer?.readyState === 1) this.peer.emit({ type: 'message', data });
    }
    this.#delivering = false;
  }
}

/** Two ends of one connection, open. */
export function socketPair(): [MemorySocket, MemorySocket] {
  const pair: [MemorySocket, MemorySocket] = [new MemorySocket(), new MemorySocket()];
  [pair[0].peer, pair[1].peer] = [pair[1], pair[0]];
  for (const socket of pair) socket.open();
  return pair;
}
