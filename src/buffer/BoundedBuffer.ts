import { checkChoice, checkCount } from '../protocol/check.js';
import { OverflowError } from './OverflowError.js';
import { Queue } from './Queue.js';

/** What waits, oldest first. */
export interface Waiting<T> extends Iterable<T> {
  readonly size: number;
}

/** Why a value was dropped. */
export type DropReason = 'overflow' | 'age' | 'unsubscribed';

/**
 * What a bounded buffer does with a value for which there is no room: `'error'` fails, `'dropLatest'` drops the arriving
 * value, `'replaceLatest'` drops the newest waiting one, `'dropOldest'` the oldest waiting one, `'dropAll'` all that wait.
 */
export type OverflowPolicy = (typeof POLICIES)[number];

const POLICIES = ['error', 'dropLatest', 'replaceLatest', 'dropOldest', 'dropAll'] as const;

/** Decides what is done with a value that finds no room among those waiting. */
export type OverflowFunction<T> = (incoming: T, waiting: Waiting<T>) => OverflowPolicy;

/** Options of everything that keeps values. */
export interface BufferOptions<T> {
  /** How many values may wait. Default 1024. */
  readonly capacity?: number;
  /** What to do when one more arrives. Default `'error'`. */
  readonly overflow?: OverflowPolicy | OverflowFunction<T>;
  /** Called with each value that is dropped, once, and why. */
  readonly onDrop?: (value: T, reason: DropReason) => void;
}

/** A queue that holds at most `capacity` values and asks its policy about the next. */
export class BoundedBuffer<T> extends Queue<T> {
  /** Room beyond the capacity, for values that were asked for. */
  slack = 0;
  readonly capacity: number;
  readonly #overflow: OverflowPolicy | OverflowFunction<T>;

  constructor(
    private readonly operator: string,
    private readonly options: BufferOptions<T> = {},
  ) {
    super();
    const { capacity = 1024, overflow = 'error' } = options;
    checkCount(`${operator}: capacity`, capacity, 0, true);
    if (typeof overflow !== 'function') {
      checkChoice(`${operator}: overflow`, overflow, POLICIES);
    }
    this.capacity = capacity;
    this.#overflow = overflow;
  }

  /** Keeps `value` if there is room, and does what the policy says if not. */
  offer(value: T): void {
    if (this.size < this.capacity + this.slack) {
      this.push(value);
      return;
    }
    const policy = typeof this.#overflow === 'function' ? this.#overflow(value, this) : this.#overflow;
    // A buffer of capacity 0 has nothing to give up for the arriving value.
    if (policy === 'dropLatest' || (policy !== 'error' && this.size === 0)) {
      this.#drop(value, 'overflow');
      return;
    }
    if (policy === 'error' || !POLICIES.includes(policy)) {
      const values = [...this, value];
      this.clear();
      throw new OverflowError(this.operator, this.capacity, values);
    }
    // The new value is in its place before a callback can look, or throw.
    const dropped = policy === 'dropAll' ? [...this] : [policy === 'dropOldest' ? this.shift() : this.pop()];
    if (policy === 'dropAll') {
      this.clear();
    }
    this.push(value);
    for (const old of dropped) {
      this.#drop(old, 'overflow');
    }
  }

  /** Drops all that wait. */
  discard(): void {
    try {
      while (this.size > 0) {
        this.#drop(this.shift(), 'unsubscribed');
      }
    } finally {
      this.clear();
    }
  }

  #drop(value: T, reason: DropReason): void {
    this.options.onDrop?.(value, reason);
  }
}
