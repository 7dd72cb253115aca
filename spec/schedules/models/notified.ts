/** Operators that a notifier tells when, or how much. */
import { map } from 'rxjs';
import { controlledRequest, losslessPause, lossyPause } from '../../../src/index.js';
import type { Variant } from '../observe.js';
import type { Pick } from '../pick.js';
import { NaiveBuffer } from './buffering.js';

/** Delivers the smaller of what is allowed and what is wanted. */
class NaiveControl extends NaiveBuffer {
  #allowed = 0;

  override get open(): number {
    return Math.min(this.#allowed, this.wanted);
  }

  override notify(n: number): void {
    if (n === -1) this.fail('the notifier');
    else if (n === 9) this.fail('request(n): n must be a positive integer or Infinity, got 0');
    else if (n >= 0) {
      this.#allowed += n === 0 ? 1 : 3;
      this.ask();
      this.settle();
    }
  }

  override deliver(value: unknown): void {
    this.#allowed--;
    super.deliver(value);
  }
}

/** Asks in steps of 16, and for half a step at least, so that a pause stops it. */
class NaivePause extends NaiveBuffer {
  #paused = false;
  #up = 0;

  constructor(
    plain: boolean,
    capacity: number,
    errors: 'first' | 'last',
    private readonly lossy: boolean,
  ) {
    // What a source had been asked for before the pause needs no capacity.
    super(plain, { capacity: capacity + (plain ? 0 : 16), policy: 'error', errors });
  }

  override get open(): number {
    return this.#up;
  }

  override notify(n: number): void {
    if (n === -1) this.fail('the notifier');
    else if (n >= 0) {
      this.#paused = n > 0;
      if (this.#paused) this.#up = 0;
      this.ask();
      this.settle();
    }
  }

  override admit(value: number): void {
    if (this.lossy && this.#paused) this.drop(value, 'overflow');
    else super.admit(value);
  }

  override deliver(value: unknown): void {
    this.#up--;
    super.deliver(value);
  }

  override ask(): void {
    const more = Math.min(this.wanted, 16) - this.#up;
    if (!this.#paused && more > 0 && (more >= 8 || this.wanted <= 16)) this.#up += more;
    super.ask();
  }
}

/** How far a pause that comes from inside a delivery finds a source that answers at once is not promised. */
const sources = ['plain', 'asked'] as const;

export const notified: Readonly<Record<string, (pick: Pick) => Variant>> = {
  controlledRequest: (pick) => {
    const capacity = pick([2, 0, 1024]);
    const errors = pick(['last', 'first'] as const);
    return {
      title: `controlledRequest capacity ${capacity} errors ${errors}`,
      operator: ({ notifier$, onDrop }) =>
        controlledRequest(notifier$.pipe(map((n) => ({ 0: 1, 1: 3 })[n] ?? 0)), { capacity, errors, onDrop }),
      model: (plain) => new NaiveControl(plain, { capacity, errors, policy: 'error' }),
    };
  },
  losslessPause: (pick) => {
    const capacity = pick([2, 0, 1024]);
    const errors = pick(['last', 'first'] as const);
    return {
      title: `losslessPause capacity ${capacity} errors ${errors}`,
      sources,
      operator: ({ notifier$, onDrop }) =>
        losslessPause(notifier$.pipe(map((n) => n > 0)), { capacity, errors, onDrop }),
      model: (plain) => new NaivePause(plain, capacity, errors, false),
    };
  },
  lossyPause: (pick) => {
    const capacity = pick([2, 0, 1024]);
    const errors = pick(['first', 'last'] as const);
    return {
      title: `lossyPause capacity ${capacity} errors ${errors}`,
      sources,
      operator: ({ notifier$, onDrop }) =>
        lossyPause(notifier$.pipe(map((n) => n > 0)), { capacity, errors, onDrop }),
      model: (plain) => new NaivePause(plain, capacity, errors, true),
    };
  },
};
