/** Operators that wait for time, or for work. */
import { asyncScheduler, map, type Observable, of, timer } from 'rxjs';
import { adaptiveDemand, limitConcurrency, rateLimit, Semaphore } from '../../../src/index.js';
import { Naive } from '../Naive.js';
import type { Variant } from '../observe.js';
import type { Pick } from '../pick.js';
import { NaiveBuffer } from './buffering.js';

/** A token falls into the bucket every `period`, counted from when it was last full. */
class NaiveRate extends NaiveBuffer {
  #tokens: number;
  /** When the next token falls, while there is room. */
  #falls = Infinity;
  #up = 0;

  constructor(
    plain: boolean,
    capacity: number,
    errors: 'first' | 'last',
    private readonly period: number,
    private readonly burst: number,
  ) {
    super(plain, { capacity, policy: 'error', errors });
    this.#tokens = burst;
  }

  /** What was asked for may pass. */
  override get open(): number {
    return this.#up;
  }

  override ask(): void {
    this.#up = Math.max(this.#up, Math.min(this.wanted, this.#tokens));
  }

  override deliver(value: unknown): void {
    this.#up--;
    this.#tokens--;
    if (this.#falls === Infinity) this.#falls = this.now + this.period;
    super.deliver(value);
  }

  override due(): number {
    return this.over ? Infinity : this.#falls;
  }

  override fire(): void {
    this.#tokens++;
    this.#falls = this.#tokens === this.burst ? Infinity : this.#falls + this.period;
  }
}

/** At most `limit` values are with a consumer that asks again when it has handled one. */
class NaiveLimit extends Naive {
  #busy = 0;
  #up = 0;

  constructor(
    plain: boolean,
    private readonly limit: number,
  ) {
    super(plain);
  }

  override requested(n: number): void {
    this.#busy = Math.max(0, this.#busy - n);
  }

  override get open(): number {
    return this.#up;
  }

  override ask(): void {
    this.#up = Math.max(this.#up, Math.min(this.wanted, this.limit - this.#busy));
  }

  override deliver(value: unknown): void {
    this.#up--;
    // Whoever asked without bound never says that it has handled a value.
    if (this.wanted !== Infinity) this.#busy++;
    super.deliver(value);
  }

  override drop(): void {}
}

/** Work on a value takes a permit and a while, or no time at all. */
const work = (value: number): Observable<string> =>
  value % 3 === 0
    ? of(`${value} done`)
    : timer(value % 3 === 1 ? 3.137 : 7.713).pipe(map(() => `${value} done`));

class NaiveWork extends Naive {
  #running: { readonly value: number; readonly ends: number }[] = [];
  #up = 0;

  constructor(
    plain: boolean,
    private readonly permits: number,
  ) {
    super(plain);
  }

  override get open(): number {
    return this.#up;
  }

  /** Results that are wanted and not worked on, as far as there are permits. */
  override ask(): void {
    const busy = this.#running.length;
    this.#up = Math.max(this.#up, Math.min(this.wanted - busy, this.permits - busy));
  }

  override pass(): void {
    for (const value of this.waiting.splice(0, 1)) {
      this.#up--;
      if (value % 3 === 0) this.deliver(`${value} done`);
      else this.#running.push({ value, ends: this.now + (value % 3 === 1 ? 3.137 : 7.713) });
      this.ask();
    }
  }

  override due(): number {
    return Math.min(Infinity, ...this.#running.map(({ ends }) => ends));
  }

  override fire(): void {
    const due = this.due();
    const ended = this.#running.find(({ ends }) => ends === due);
    this.#running = this.#running.filter((one) => one !== ended);
    if (ended !== undefined) this.deliver(`${ended.value} done`);
  }

  override get drained(): boolean {
    return super.drained && this.#running.length === 0;
  }

  override discard(): void {
    this.waiting = [];
    this.#running = [];
  }
}

export const timed: Readonly<Record<string, (pick: Pick) => Variant>> = {
  rateLimit: (pick) => {
    const permits = pick([1, 2]);
    const burst = pick([1, 2, 4]);
    const capacity = pick([1024, 2, 0]);
    const errors = pick(['last', 'first'] as const);
    return {
      title: `rateLimit ${permits} in 6.274, burst ${burst}, capacity ${capacity} errors ${errors}`,
      operator: ({ onDrop }) => rateLimit({ permits, per: 6.274, burst, capacity, errors, onDrop }),
      model: (plain) => new NaiveRate(plain, capacity, errors, 6.274 / permits, burst),
    };
  },
  adaptiveDemand: (pick) => {
    const limit = pick([2, 1, 5]);
    return {
      // How the limit moves is another matter: spec/parts/ConcurrencyLimit.spec.ts.
      title: `adaptiveDemand with a limit of ${limit}`,
      // A request from inside says that something was handled; whether before or after the next delivery is not promised.
      calm: true,
      // Nobody is silent for so long in a schedule.
      operator: () => adaptiveDemand({ min: limit, max: limit, patience: 1e6, clock: asyncScheduler }),
      model: (plain) => new NaiveLimit(plain, limit),
    };
  },
  limitConcurrency: (pick) => {
    const permits = pick([2, 1, 4]);
    return {
      title: `limitConcurrency ${permits}`,
      operator: () => limitConcurrency(new Semaphore(permits), work),
      model: (plain) => new NaiveWork(plain, permits),
    };
  },
};
