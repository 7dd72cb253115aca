import { asyncScheduler, type SchedulerAction, type Subscription } from 'rxjs';
import type { WebSocketLike } from './WebSocketLike.js';

/** A WebSocket does not tell when its buffer has emptied: milliseconds between two looks, while somebody waits for that. */
const LOOK_EVERY = 10;
/** After so many messages the event loop gets a turn: a reader that keeps up with a source that never ends leaves it none. */
const BURST = 4096;

/** What a socket was given and has not sent: nobody fills it without end, neither this side nor a peer that reads nothing. */
export class SendBuffer {
  readonly #waiting = new Set<() => void>();
  /** Messages since the event loop was known to have had a turn. */
  #burst = 0;
  /** Bytes of answers that no demand bounds, since the buffer was full. From 0 to `limit`. */
  #answered = 0;
  #looks: Subscription | undefined;

  constructor(
    private readonly socket: WebSocketLike,
    private readonly limit: number,
  ) {}

  /** Whether sources are to wait. */
  get full(): boolean {
    return this.#burst >= BURST || this.#overfull;
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#burst++;
    this.socket.send(bytes);
  }

  /** Sends what the peer's demand does not bound. Answers whether the peer still reads such answers. */
  answer(bytes: Uint8Array<ArrayBuffer>): boolean {
    this.#answered = this.#overfull ? this.#answered + bytes.length : 0;
    if (this.#answered > this.limit) {
      return false;
    }
    this.socket.send(bytes);
    return true;
  }

  /** Calls back once, as soon as the buffer is no longer full. */
  whenRoom(callback: () => void): void {
    const buffer = this;
    this.#waiting.add(callback);
    this.#looks ??= asyncScheduler.schedule(function (this: SchedulerAction<void>) {
      if (buffer.#look()) {
        this.schedule(undefined, buffer.#overfull ? LOOK_EVERY : 0);
      }
    });
  }

  forget(callback: () => void): void {
    this.#waiting.delete(callback);
  }

  close(): void {
    this.#looks?.unsubscribe();
    this.#waiting.clear();
  }

  get #overfull(): boolean {
    return this.socket.bufferedAmount > this.limit;
  }

  /** Calls back those who wait, in turn; who finds it full again waits behind the others. Answers whether anybody waits. */
  #look(): boolean {
    this.#burst = 0;
    for (const callback of [...this.#waiting]) {
      if (this.full) {
        return true;
      }
      this.#waiting.delete(callback);
      callback();
    }
    if (this.#waiting.size > 0) {
      return true;
    }
    this.#looks = undefined;
    return false;
  }
}
