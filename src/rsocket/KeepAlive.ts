import { interval, type Subscription } from 'rxjs';

/** Notices that nothing was heard of the peer for too long, and does what keeps this side heard meanwhile. */
export class KeepAlive {
  /** Milliseconds of silence that are certain, as of the last look: what was heard may be as new as the look after it. */
  #silent = 0;
  readonly #ticks: Subscription;

  /**
   * @param every milliseconds between two looks
   * @param lifetime milliseconds of silence that are too long; noticed at the first look after them
   */
  constructor(
    private readonly every: number,
    lifetime: number,
    tick: () => void,
    lost: () => void,
  ) {
    this.#ticks = interval(every).subscribe(() => {
      this.#silent += every;
      if (this.#silent >= lifetime) {
        lost();
      } else {
        tick();
      }
    });
  }

  heard(): void {
    this.#silent = -this.every;
  }

  stop(): void {
    this.#ticks.unsubscribe();
  }
}
