import { Queue } from '../buffer/Queue.js';
import { ConcurrencyLimit } from './ConcurrencyLimit.js';

/** So many periods may pass before a consumer with `max` values in hand says anything: its work may take long. */
const LONG = 60;

/**
 * The values that were handed over and not answered, and how many more there may be: what `limit` says, unless the consumer
 * answers none of so many. Then either its work takes long, or it asks in batches, and waits for the rest of one. So the limit is
 * doubled, up to `max`, for as long as a silence lasts (TCP probes a closed window likewise), and stays so for a consumer that then
 * asks for several at once.
 */
export class InFlight extends ConcurrencyLimit {
  /** When each was handed over, oldest first. */
  readonly #since = new Queue<number>();
  /** What the limit is raised to, in a silence and for a consumer that asks in batches; 0 for any other. */
  #raised = 0;
  /** Periods of silence. The one in which the last answer came is not one. */
  #silent = 0;
  /** How long the value took that was answered last. */
  #latency = 0;
  #answered = false;

  /** How many more may be handed over; below 0 where the limit has fallen. */
  get room(): number {
    return this.#most - this.#since.size;
  }

  /** Whether silence will make room. */
  get waits(): boolean {
    return this.room <= 0 && (this.#most < this.max || !this.#answered);
  }

  handedOver(time: number): void {
    this.#since.push(time);
  }

  /** The consumer asks for `n` more: it has handled as many. */
  answered(n: number, time: number): void {
    if (n === 1) {
      this.#raised = 0;
    }
    for (let left = n; left > 0 && this.#since.size > 0; left--) {
      const { size } = this.#since;
      this.#latency = time - this.#since.shift();
      this.#answered = true;
      this.#silent = -1;
      this.handled(this.#latency, size);
    }
  }

  /** A `period` has passed. Where values take long, silence means nothing before twice that time. */
  passed(period: number): void {
    const full = this.#most >= this.max;
    const patience = full ? LONG * period : 2 * this.#latency;
    if (this.waits && ++this.#silent > 0 && this.#silent * period >= patience) {
      this.#raised = Math.min(2 * this.#most, full ? Infinity : this.max);
    }
  }

  get #most(): number {
    return Math.max(this.limit, this.#raised);
  }
}
