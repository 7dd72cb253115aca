import type { Demand } from '../protocol/Demand.js';

/**
 * A clock that is read once for all that comes at once: from when upstream is asked, or subscribed to for the first time, until
 * that call returns. A later request from inside it is a later moment.
 */
export class Moment {
  #time: number | undefined;
  /** Calls on the stack from which values may come. The first is the subscription, and has yet to return. */
  #calls = 1;

  constructor(private readonly clock: { now(): number }) {}

  now(): number {
    return this.#time ?? this.clock.now();
  }

  /** Asks for `n` values; those that come from inside the request come at `time`. */
  ask(upstream: Demand, n: number, time: number): void {
    this.#calls++;
    this.#time = time;
    upstream.request(n);
    this.returned();
  }

  /** A call from which values came has returned. */
  returned(): void {
    if (--this.#calls === 0) {
      this.#time = undefined;
    }
  }
}
