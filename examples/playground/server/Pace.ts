import { setTimeout as sleep } from 'node:timers/promises';

/** How much the feed makes at a time, in seconds: often enough for the eye, seldom enough for the processor. */
const BEAT = 0.008;
/** What is made up for after a pause, in seconds. */
const MOST = 0.25;

/** Lets so many items a second through; the rate may change meanwhile. */
export class Pace {
  private tokens = 1;
  private since = performance.now();

  constructor(public rate: number) {}

  /** Waits until there is one, and answers how many of `n` may pass now. */
  async take(n: number, signal: AbortSignal): Promise<number> {
    for (;;) {
      const now = performance.now();
      this.tokens = Math.min(
        this.tokens + ((now - this.since) / 1000) * this.rate,
        Math.max(1, MOST * this.rate),
      );
      this.since = now;
      const wanted = Math.min(n, Math.max(1, BEAT * this.rate));
      if (this.tokens >= wanted) {
        const passed = Math.min(n, Math.floor(this.tokens));
        this.tokens -= passed;
        return passed;
      }
      await sleep(Math.max(1, ((wanted - this.tokens) / this.rate) * 1000), undefined, { signal });
    }
  }
}
