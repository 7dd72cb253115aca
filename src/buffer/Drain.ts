import { addDemand } from '../protocol/arithmetic.js';
import type { Demand, DemandObserver } from '../protocol/Demand.js';
import type { Ending } from '../protocol/Ending.js';
import type { BoundedBuffer } from './BoundedBuffer.js';

/**
 * The one loop that delivers: values wait in `buffer` until they are requested, leave in order, and an ending follows
 * the last of them. Called again from inside a delivery it only notes what is new; the running loop sees it.
 */
export class Drain<T> {
  /** Requested and not yet delivered: an integer from 0, or `Infinity`. */
  requested = 0;
  /** `true` while a delivery is on the stack. */
  draining = false;
  /** `true` once the ending was delivered or downstream left: nothing is delivered afterwards. */
  closed = false;
  /** While `true` nothing is kept: what nobody asked for is dropped. */
  shut = false;
  /** How many values may be asked for beyond what is requested, to wait here. */
  ahead = 0;
  /** For how many values there is room beyond the capacity, as sources were asked for them. */
  slack = 0;
  /** How many of those that wait have such room as they are what an item became besides its first value. */
  #spread = 0;
  #ending: Ending | undefined;

  constructor(
    public downstream: DemandObserver<T>,
    private readonly demand: Demand,
    private readonly finish: (ending: Ending) => void,
    readonly buffer: BoundedBuffer<T>,
  ) {}

  /** What may be asked for above. */
  get wanted(): number {
    return this.ahead === 0 ? this.requested : this.requested + Math.max(this.ahead - this.buffer.size, 0);
  }

  request(n: number): void {
    this.requested = addDemand(this.requested, n);
    if (!this.draining && this.buffer.size > 0) {
      this.run();
    }
  }

  /** Delivers `value`, or keeps it; `spread` if the item that was asked for has become another value before. */
  next(value: T, spread = false): void {
    if (this.closed || this.#ending !== undefined) {
      return;
    }
    const { buffer, draining } = this;
    const waiting = buffer.size;
    if (waiting < this.requested && (draining || waiting > 0)) {
      buffer.push(value);
      return;
    }
    // What a callback of the buffer requests is served when the buffer has done with the value.
    this.draining = true;
    try {
      if (waiting < this.requested) {
        this.requested--;
        this.downstream.next?.(value, this.demand);
      } else if (this.shut) {
        buffer.dropLast(value);
      } else {
        const before = this.#spread + Number(spread);
        buffer.slack = this.slack + before;
        buffer.offer(value);
        if (buffer.size > waiting) {
          this.#spread = before;
        }
      }
    } finally {
      this.draining = draining;
      // A callback of the buffer has unsubscribed.
      if (this.closed && buffer.size > 0) {
        buffer.discard();
      }
    }
    if (buffer.size > 0 || this.#ending !== undefined) {
      this.run();
    }
  }

  /** Ends the stream after the values that wait, or ahead of them. */
  end(ending: Ending, overtakes = false): void {
    // What overtakes the values that wait overtakes the ending behind them, also while the last of them is delivered.
    if (this.closed || (this.#ending !== undefined && !overtakes)) {
      return;
    }
    this.#ending = ending;
    if (overtakes) {
      try {
        this.buffer.discard();
      } catch (error) {
        this.#ending = { kind: 'error', error };
      }
    }
    this.run();
  }

  /** Downstream left: forgets it (Reactive Streams 3.13), and all that waits. */
  close(): void {
    this.closed = true;
    this.downstream = {};
    this.#ending = undefined;
    this.buffer.discard();
  }

  /** Delivers what may be delivered, and the ending if nothing waits any more. */
  run(): void {
    if (this.draining) {
      return;
    }
    this.draining = true;
    try {
      while (this.requested > 0 && this.buffer.ready()) {
        this.requested--;
        this.#spread = Math.max(this.#spread - 1, 0);
        const value = this.buffer.shift();
        this.downstream.next?.(value, this.demand);
      }
    } finally {
      this.draining = false;
    }
    if (!this.closed && this.#ending !== undefined && this.buffer.size === 0) {
      this.closed = true;
      this.finish(this.#ending);
    }
  }
}
