/** After so many windows the latency without a queue is measured anew. */
const PROBE_AFTER = 64;
/** Below this share of the least latency there is a queue. */
const QUEUED = 0.9;

/**
 * Finds how many values a consumer can work on at a time. As in TCP Vegas, latency that grows with the limit is a queue:
 * `limit * (least / latency)` values are worked on, the others wait. The limit moves to that number and one more, once for
 * each window of as many samples; so it settles at one value waiting.
 */
export class ConcurrencyLimit {
  limit: number;
  #least = Infinity;
  #sum = 0;
  #samples = 0;
  #peak = 0;
  /** Values that were handed over under the limit before: their latency says nothing about this one. */
  #skip = 0;
  #windows = 0;
  #doubling = true;
  /** The limit to go back to after a probe. */
  #resume: number | undefined;

  constructor(
    private readonly min: number,
    private readonly max: number,
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
    if (this.#samples >= this.limit) {
      const mean = this.#sum / this.#samples;
      this.#least = Math.min(this.#least, mean);
      this.#move(mean === 0 ? 1 : this.#least / mean);
      this.#sum = 0;
      this.#samples = 0;
      this.#peak = 0;
      this.#skip = inFlight - 1;
    }
  }

  #move(gradient: number): void {
    if (this.#resume !== undefined) {
      this.limit = this.#resume;
      this.#resume = undefined;
    } else if (++this.#windows % PROBE_AFTER === 0) {
      this.#resume = this.limit;
      this.#least = Infinity;
      this.#set(this.limit / 2);
    } else if (gradient > QUEUED && this.#peak < this.limit) {
      // There were not enough values to know.
      return;
    } else if (this.#doubling && gradient > QUEUED) {
      this.#set(this.limit * 2);
    } else {
      this.#doubling = false;
      this.#set(this.limit * gradient + 1);
    }
  }

  #set(limit: number): void {
    this.limit = Math.min(Math.max(Math.round(limit), this.min), this.max);
  }
}
