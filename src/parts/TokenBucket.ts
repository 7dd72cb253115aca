/**
 * A bucket of `burst` tokens, one more every `per / permits` ms. Times are those of one clock, in ms. Tokens are counted from
 * the moment at which the bucket was last full, not added up, so that no rounding adds up either.
 */
export class TokenBucket {
  #full = -Infinity;
  /** Taken since then. */
  #taken = 0;

  constructor(
    private readonly permits: number,
    private readonly per: number,
    private readonly burst: number,
  ) {}

  available(now: number): number {
    // A millionth of a token, so that the very moment of a token is late enough for it.
    const tokens =
      this.burst - this.#taken + Math.floor(((now - this.#full) * this.permits) / this.per + 1e-6);
    if (tokens < this.burst) {
      return tokens;
    }
    this.#full = now;
    this.#taken = 0;
    return this.burst;
  }

  take(): void {
    this.#taken++;
  }

  /** When there will be `tokens`. */
  due(tokens: number): number {
    return this.#full + ((this.#taken - this.burst + tokens) * this.per) / this.permits;
  }
}
