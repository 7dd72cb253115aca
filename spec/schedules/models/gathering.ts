/** Operators that ask ahead, or make one of several. */
import { concatAll } from 'rxjs';
import {
  batchWhileBusy,
  bufferWithCount,
  bufferWithTimeOrCount,
  type OverflowPolicy,
  prefetch,
  windowWithCount,
} from '../../../src/index.js';
import { Naive } from '../Naive.js';
import type { Variant } from '../observe.js';
import type { Pick } from '../pick.js';
import { NaiveBuffer } from './buffering.js';
import { NaivePassage } from './passing.js';

/** Asks for `n`, and then for `step` more whenever so many have been delivered. */
class NaivePrefetch extends Naive {
  #delivered = 0;

  constructor(
    plain: boolean,
    private readonly n: number,
    private readonly replenishAt: number,
  ) {
    super(plain);
  }

  override deliver(value: unknown): void {
    super.deliver(value);
    this.#delivered++;
    this.ask();
  }

  override get target(): number {
    return this.n + this.replenishAt * Math.floor(this.#delivered / this.replenishAt);
  }

  override drop(): void {}
}

/** All that waits is one array, of `max` at most. */
class NaiveBatches extends NaiveBuffer {
  constructor(
    plain: boolean,
    private readonly max: number,
    policy: OverflowPolicy,
    errors: 'first' | 'last',
  ) {
    super(plain, { capacity: max, policy, errors });
  }

  /** Who waits for an array waits for one value. */
  override get open(): number {
    return Math.min(this.wanted, 1);
  }

  override get target(): number {
    return super.target + this.max;
  }

  override pass(): void {
    this.deliver(this.waiting.splice(0, this.max));
  }
}

/** The arrays are cut from all that has come. */
class NaiveArrays extends Naive {
  readonly #all: number[] = [];
  #requested = 0;
  #next = 0;

  constructor(
    plain: boolean,
    private readonly count: number,
    private readonly skip: number,
  ) {
    super(plain);
  }

  override requested(n: number): void {
    this.#requested += n;
  }

  override get target(): number {
    return this.#needed;
  }

  override emit(value: number): void {
    this.#all.push(value);
    super.emit(value);
    this.waiting = [];
  }

  override step(): boolean {
    const begin = this.#next * this.skip;
    const taken = Math.min(this.#all.length, this.#needed);
    const last = this.ending === 'complete' && taken === this.#all.length;
    if (!this.over && this.wanted > 0 && (taken >= begin + this.count || (last && taken > begin))) {
      this.#next++;
      this.deliver(this.#all.slice(begin, begin + this.count));
      return true;
    }
    return super.step();
  }

  /** What is not full when an error comes is given up. */
  override get drained(): boolean {
    const begin = this.#next * this.skip;
    const { length } = this.#all;
    return (
      length <= this.#needed && (this.ending === 'complete' ? length <= begin : length < begin + this.count)
    );
  }

  override pass(): void {
    this.waiting = [];
  }

  override drop(): void {}

  get #needed(): number {
    return this.#requested === 0 ? 0 : (this.#requested - 1) * this.skip + this.count;
  }
}

/** An array that is handed over when it is full, or due. */
class NaiveDueArrays extends NaiveBuffer {
  #array: number[] = [];
  #room: number;
  #due = Infinity;
  #isDue = false;
  /** The stream ends before the array is told. */
  #overtaken = false;

  constructor(
    plain: boolean,
    capacity: number,
    private readonly count: number,
    private readonly time: number,
    errors: 'first' | 'last',
  ) {
    super(plain, { capacity, policy: 'error', errors });
    this.#room = count;
  }

  /** Values flow into the array while it has room. */
  override get open(): number {
    return this.#room;
  }

  override pass(): void {
    for (const value of this.waiting.splice(0, 1)) {
      if (this.#array.length === 0 && !this.#isDue) this.#due = Math.min(this.#due, this.now + this.time);
      this.#array.push(value);
      this.#room--;
    }
  }

  override step(): boolean {
    const { length } = this.#array;
    if (this.#overtaken) {
      const more = super.step();
      this.discard();
      return more;
    }
    if (!this.over && length > 0 && this.wanted > 0 && (this.#ready || length === this.count)) {
      const array = this.#array;
      this.#array = [];
      this.#isDue = false;
      this.#due = Infinity;
      this.deliver(array);
      this.#room += length;
      this.ask();
      return true;
    }
    return super.step();
  }

  override get drained(): boolean {
    return this.#overtaken || (this.waiting.length === 0 && this.#array.length === 0);
  }

  override due(): number {
    return this.#due;
  }

  override fire(): void {
    this.#isDue = true;
    this.#due = Infinity;
  }

  override discard(): void {
    super.discard();
    for (const value of this.#array.splice(0)) this.drop(value, 'unsubscribed');
    this.#due = Infinity;
  }

  override error(): void {
    if (this.errors === 'first' && this.ending === undefined && !this.over) {
      super.discard();
      this.ending = 'error the source';
      this.#overtaken = true;
      this.settle();
    } else {
      super.error();
    }
  }

  /** The error carries what waited; what the array has taken is dropped after it. */
  override overflow(value: number): void {
    this.ending = `error overflow ${[...this.waiting.splice(0), value].join()}`;
    this.#overtaken = true;
  }

  get #ready(): boolean {
    return this.#isDue || (this.ending !== undefined && this.waiting.length === 0);
  }
}

export const gathering: Readonly<Record<string, (pick: Pick) => Variant>> = {
  prefetch: (pick) => {
    const n = pick([1, 2, 4, 7, Infinity]);
    const at = Math.min(n, pick([1, 2, 5]));
    return {
      title: `prefetch ${n} ${at}`,
      operator: () => prefetch(n, at),
      model: (plain) => new NaivePrefetch(plain, n, at),
    };
  },
  batchWhileBusy: (pick) => {
    const max = pick([3, 1, 5]);
    const policy = pick(['error', 'dropLatest', 'replaceLatest', 'dropOldest', 'dropAll'] as const);
    const errors = pick(['last', 'first'] as const);
    return {
      title: `batchWhileBusy ${max} ${policy} errors ${errors}`,
      // Whether the values that one at once answers with are there before the array is taken is not promised.
      sources: ['plain', 'asked'],
      operator: ({ onDrop }) => batchWhileBusy({ max, overflow: policy, onDrop, errors }),
      model: (plain) => new NaiveBatches(plain, max, policy, errors),
    };
  },
  bufferWithCount: (pick) => {
    const count = pick([2, 1, 3]);
    const skip = pick([2, 1, 3, 4]);
    return {
      title: `bufferWithCount ${count} ${skip}`,
      operator: () => bufferWithCount(count, skip),
      model: (plain) => new NaiveArrays(plain, count, skip),
    };
  },
  bufferWithTimeOrCount: (pick) => {
    const count = pick([3, 1, 2]);
    const time = pick([3.137, 7.713]);
    const capacity = pick([1024, 2, 0]);
    const errors = pick(['last', 'first'] as const);
    return {
      title: `bufferWithTimeOrCount ${count} in ${time} capacity ${capacity} errors ${errors}`,
      operator: ({ onDrop }) => bufferWithTimeOrCount({ count, time, capacity, errors, onDrop }),
      model: (plain) => new NaiveDueArrays(plain, capacity, count, time, errors),
    };
  },
  windowWithCount: (pick) => {
    const count = pick([2, 1, 3]);
    return {
      title: `windowWithCount ${count}, one after the other`,
      // A request through concatAll goes to the open window and to the next one: what is asked for the diagrams show.
      sources: ['plain'],
      operator: () => (source$) => source$.pipe(windowWithCount(count), concatAll()),
      model: (plain) => new NaivePassage(plain),
    };
  },
};
