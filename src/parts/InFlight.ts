import { Queue } from '../buffer/Queue.js';
import { ConcurrencyLimit } from './ConcurrencyLimit.js';

/**
 * The values that were handed over and not answered, and how many more there may be: what `limit` says, unless the consumer
 * answers none of so many. Then either its work takes long, or it asks in batches, and waits for the rest of one. So a silent
 * consumer is given one more, then twice as many more each time (TCP probes a closed window likewise); if it then asks for several
 * at once, so many as it had by then are never too many again.
 */
export class InFlight extends ConcurrencyLimit {
  /** When each was handed over, oldest first. */
  readonly #since = new Queue<number>();
  /** So many have ended a silence. */
  #enough = 0;
  /** The same, of a consumer that asks in batches. */
  #batch = 0;
  /** What is given to a silent consumer beyond the limit. */
  #extra = 0;
  /** Periods of silence. The one in which the last answer came is not one. */
  #silent = 0;
  /** How long the value took that was answered last. */
  #latency = 0;

  /** How many more may be handed over; below 0 where the limit has fallen. */
  get room(): number {
    return Math.max(this.limit, this.#batch) + this.#extra - this.#since.size;
  }

  handedOver(time: number): void {
    this.#since.push(time);
  }

  /** The consumer asks for `n` more: it has handled as many. */
  answered(n: number, time: number): void {
    if (this.#extra > 0) {
      this.#enough = Math.max(this.#enough, this.#since.size);
      this.#extra = 0;
    }
    if (n > 1) {
      this.#batch = this.#enough;
    }
    this.#silent = this.#since.size > 0 ? -1 : 0;
    for (let left = n; left > 0 && this.#since.size > 0; left--) {
      const { size } = this.#since;
      this.#latency = time - this.#since.shift();
      this.handled(this.#latency, size);
    }
  }

  /** A `period` has passed in which there was demand. Where values take long, silence means nothing before twice that time. */
  passed(period: number): void {
    if (this.room <= 0 && ++this.#silent > 0 && this.#silent * period >= 2 * this.#latency) {
      this.#extra = 2 * this.#extra || 1;
    }
  }
}
