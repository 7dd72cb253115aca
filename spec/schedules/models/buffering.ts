/** Operators that let requests up as they are, and keep or drop what nobody asked for. */
import {
  boundedBuffer,
  conflate,
  conflateByKey,
  dropLatest,
  dropOldest,
  keepLatest,
  type OverflowPolicy,
} from '../../../src/index.js';
import { Naive } from '../Naive.js';
import type { Variant } from '../observe.js';
import type { Pick } from '../pick.js';

interface Kept {
  readonly capacity: number;
  readonly policy: OverflowPolicy;
  readonly errors?: 'first' | 'last' | undefined;
  readonly sizeOf?: ((value: number) => number) | undefined;
  readonly maxAge?: number | undefined;
}

const POLICIES = ['error', 'dropLatest', 'replaceLatest', 'dropOldest', 'dropAll'] as const;

/** Values wait up to a bound; a policy says what becomes of one more. */
export class NaiveBuffer extends Naive {
  readonly #born = new Map<number, number>();

  constructor(
    plain: boolean,
    private readonly kept: Kept,
  ) {
    super(plain, kept.errors ?? 'last');
  }

  override emit(value: number): void {
    this.#expire();
    this.#born.set(value, this.now);
    super.emit(value);
  }

  override request(n: number, who?: number): void {
    this.#expire();
    super.request(n, who);
  }

  override admit(value: number): void {
    const { policy, capacity, sizeOf } = this.kept;
    const size = (of: number) => sizeOf?.(of) ?? 1;
    const fits = () => this.waiting.reduce((sum, one) => sum + size(one), size(value)) <= capacity;
    if (!fits()) {
      if (policy === 'error') {
        this.overflow(value);
        return;
      }
      if (policy === 'dropLatest' || size(value) > capacity || this.waiting.length === 0) {
        this.drop(value, 'overflow');
        return;
      }
      const dropped: (number | undefined)[] = [];
      while (this.waiting.length > 0 && (policy === 'dropAll' || !fits())) {
        dropped.push(policy === 'replaceLatest' ? this.waiting.pop() : this.waiting.shift());
      }
      for (const old of dropped) this.drop(old, 'overflow');
    }
    this.waiting.push(value);
  }

  override due(): number {
    const [oldest] = this.waiting;
    const born = oldest === undefined ? undefined : this.#born.get(oldest);
    return (born ?? Infinity) + (this.kept.maxAge ?? Infinity);
  }

  override fire(): void {
    this.#expire();
  }

  #expire(): void {
    while (this.due() <= this.now) this.drop(this.waiting.shift(), 'age');
  }
}

/** All that nobody waits for becomes one. */
class NaiveConflation extends Naive {
  /** Those that wait together, each by its first value. */
  readonly #together = new Map<number, number[]>();

  constructor(
    plain: boolean,
    private readonly merge: (all: readonly number[]) => unknown,
  ) {
    super(plain);
  }

  override admit(value: number): void {
    const newest = this.waiting.at(-1);
    if (newest === undefined) this.waiting.push(value);
    else this.#together.set(newest, [...(this.#together.get(newest) ?? []), value]);
  }

  override pass(): void {
    for (const first of this.waiting.splice(0, 1)) {
      this.deliver(this.merge([first, ...(this.#together.get(first) ?? [])]));
    }
  }

  override drop(): void {}
}

/** The latest, or merged, value of each key, in the place of the first. */
class NaiveKeys extends NaiveBuffer {
  constructor(
    plain: boolean,
    kept: Kept,
    private readonly keys: number,
    private readonly merges: boolean,
  ) {
    super(plain, kept);
  }

  override admit(value: number): void {
    const place = this.waiting.map((one) => one % this.keys).lastIndexOf(value % this.keys);
    const old = this.waiting[place];
    if (old === undefined) {
      super.admit(value);
      return;
    }
    // Merged, a value is still of its key.
    this.waiting[place] = this.merges ? old + value * this.keys : value;
    if (!this.merges) this.drop(old, 'overflow');
  }
}

export const buffering: Readonly<Record<string, (pick: Pick) => Variant>> = {
  boundedBuffer: (pick) => {
    const kept = {
      policy: pick(POLICIES),
      capacity: pick([2, 0, 1, 3, 5]),
      errors: pick([undefined, 'first', 'last'] as const),
      sizeOf: pick([undefined, undefined, (value: number) => value % 4]),
      maxAge: pick([undefined, undefined, 3, 7]),
    };
    const { policy, capacity, errors, sizeOf, maxAge } = kept;
    return {
      title: `boundedBuffer ${policy} capacity ${capacity} errors ${errors} ${sizeOf ? 'sizeOf' : ''} maxAge ${maxAge}`,
      operator: ({ onDrop }) =>
        boundedBuffer({
          capacity,
          overflow: policy,
          onDrop,
          ...(errors && { errors }),
          ...(sizeOf && { sizeOf }),
          ...(maxAge && { maxAge }),
        }),
      model: (plain) => new NaiveBuffer(plain, kept),
    };
  },
  dropLatest: (pick) => {
    const capacity = pick([0, 1, 2]);
    const errors = pick(['first', 'last'] as const);
    return {
      title: `dropLatest ${capacity} ${errors}`,
      operator: ({ onDrop }) => dropLatest({ capacity, errors, onDrop }),
      model: (plain) => new NaiveBuffer(plain, { policy: 'dropLatest', capacity, errors }),
    };
  },
  dropOldest: (pick) => {
    const capacity = pick([1, 2, 3]);
    const errors = pick(['first', 'last'] as const);
    return {
      title: `dropOldest ${capacity} ${errors}`,
      operator: ({ onDrop }) => dropOldest({ capacity, errors, onDrop }),
      model: (plain) => new NaiveBuffer(plain, { policy: 'dropOldest', capacity, errors }),
    };
  },
  keepLatest: (pick) => {
    const errors = pick(['first', 'last'] as const);
    return {
      title: `keepLatest ${errors}`,
      operator: ({ onDrop }) => keepLatest({ errors, onDrop }),
      model: (plain) => new NaiveBuffer(plain, { policy: 'dropOldest', capacity: 1, errors }),
    };
  },
  conflate: (pick) =>
    pick([
      {
        title: 'conflate without a seed',
        operator: () => conflate((merged, value) => merged * 100 + value),
        model: (plain) =>
          new NaiveConflation(plain, (all) => all.reduce((merged, one) => merged * 100 + one)),
      },
      {
        title: 'conflate with a seed',
        operator: () => conflate((merged, value) => `${merged}+${value}`, 'seed'),
        model: (plain) => new NaiveConflation(plain, (all) => ['seed', ...all].join('+')),
      },
    ]),
  conflateByKey: (pick) => {
    const merges = pick([false, true]);
    const keys = pick([3, 1, 5]);
    const capacity = pick([Infinity, 1, 2]);
    const policy = pick(POLICIES);
    return {
      // What one delivery requests counts after all that was requested before has been delivered; what a later delivery
      // emits meanwhile may replace a value that the model has seen demand for.
      once: true,
      title: `conflateByKey of ${keys} keys, ${capacity} at most, ${policy} ${merges ? 'merged' : ''}`,
      operator: ({ onDrop }) =>
        conflateByKey((value) => value % keys, {
          maxKeys: capacity,
          overflow: policy,
          onDrop,
          ...(merges && { merge: (old, value) => old + value * keys }),
        }),
      model: (plain) =>
        new NaiveKeys(plain, { policy, capacity, errors: merges ? 'last' : 'first' }, keys, merges),
    };
  },
};
