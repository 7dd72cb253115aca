/** The mean latency of fewer values is chance. */
const LEAST_SAMPLES = 20;
/** After so many windows the latency without a queue is measured anew. */
const PROBE_AFTER = 64;
/** Below this share of the latency without a queue there is a queue. */
const QUEUED = 0.9;
/** The share of the limit that may queue, so that latency which is merely uneven does not count as a queue. */
const ALLOWED = 0.05;
/** What a new measurement of the latency without a queue weighs against those before. */
const WEIGHT = 0.1;
/** So many times more or less is no chance: the consumer has changed. */
const CHANGED = 1.5;

/**
 * The gradient limit of Netflix's concurrency-limits: after each window of values it is `limit * base / latency + allowed`.
 * By Little's law the product is how many values are worked on; what is allowed beyond may queue. It begins by doubling (TCP's slow
 * start), and is halved for one window in 64 to measure `base`, the latency without a queue: the mean one, as the
 * least is what a few lucky values took.
 */
export class ConcurrencyLimit {
  limit: number;
  #base = 0;
  #sum = 0;
  #samples = 0;
  #peak = 0;
  /** Values handed over before, or just after, the limit moved: their latency says nothing about this one. */
  #skip = 0;
  #windows = 0;
  #doubling = true;
  /** The limit to go back to after a probe. */
  #resume: number | undefined;

  constructor(
    private readonly min: number,
    protected readonly max: number,
  ) {
    this.limit = min;
  }

  /** One of `inFlight` values was handled, after `latency`. */
  handled(latency: number, inFlight: number): void {
    if (this.#skip > 0) {
      this.#skip--;
      return;
    }
    this.#sum += latency;
    this.#samples++;
    this.#peak = Math.max(this.#peak, inFlight);
    if (this.#samples >= Math.max(this.limit, LEAST_SAMPLES)) {
      this.#move(this.#sum / this.#samples);
      this.#sum = 0;
      this.#samples = 0;
      this.#peak = 0;
      this.#skip = 2 * inFlight - 1;
    }
  }

  #move(latency: number): void {
    if (this.#resume !== undefined) {
      this.limit = this.#resume;
      this.#resume = undefined;
      this.#learn(latency);
      return;
    }
    this.#base ||= latency;
    const gradient = latency === 0 ? 1 : this.#base / latency;
    if (++this.#windows % PROBE_AFTER === 0) {
      this.#resume = this.limit;
      this.#set(this.limit / 2);
    } else if (gradient > QUEUED && this.#peak < this.limit) {
      // There were not enough values to know.
    } else if (this.#doubling && gradient > QUEUED) {
      this.#learn(latency);
      this.#set(this.limit * 2);
    } else {
      this.#doubling = false;
      this.#set(this.limit * gradient + Math.max(1, this.limit * ALLOWED));
    }
  }

  #learn(latency: number): void {
    if (Math.max(latency / this.#base, this.#base / latency) > CHANGED) {
      this.#base = latency;
      this.#doubling = true;
    } else {
      this.#base += (latency - this.#base) * WEIGHT;
    }
  }

  #set(limit: number): void {
    this.limit = Math.min(Math.max(Math.round(limit), this.min), this.max);
  }
}
