import { checkChoice, checkCount } from '../protocol/check.js';
import { OverflowError } from './OverflowError.js';
import { Queue } from './Queue.js';

/** The named overflow policies: what happens to a value for which there is no room. */
export const OVERFLOW_POLICIES = ['error', 'dropLatest', 'replaceLatest', 'dropOldest', 'dropAll'] as const;

/**
 * `'error'` fails, `'dropLatest'` drops the arriving value, `'replaceLatest'` drops the newest waiting one,
 * `'dropOldest'` the oldest waiting one, `'dropAll'` all that wait.
 */
export type OverflowPolicy = (typeof OVERFLOW_POLICIES)[number];

/** What waits, oldest first. */
export interface Waiting<T> extends Iterable<T> {
  readonly size: number;
}

/** Decides, for a value that finds no room among those waiting, what is done: a policy's name. */
export type OverflowFunction<T> = (incoming: T, waiting: Waiting<T>) => OverflowPolicy;

/** Why a value was dropped. */
export type DropReason = 'overflow' | 'age' | 'unsubscribed';

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
export class BoundedBuffer<T> {
  private readonly queue = new Queue<T>();
  readonly capacity: number;
  /** Room beyond the capacity, for values that were asked for. */
  slack = 0;
  private readonly overflow: OverflowPolicy | OverflowFunction<T>;
  private readonly onDrop: ((value: T, reason: DropReason) => void) | undefined;

  constructor(
    private readonly operator: string,
    options: BufferOptions<T> = {},
  ) {
    const { capacity = 1024, overflow = 'error' } = options;
    checkCount(`${operator}: capacity`, capacity, 0, true);
    if (typeof overflow !== 'function') {
      checkChoice(`${operator}: overflow`, overflow, OVERFLOW_POLICIES);
    }
    this.capacity = capacity;
    this.overflow = overflow;
    this.onDrop = options.onDrop;
  }

  get size(): number {
    return this.queue.size;
  }

  /** Takes the oldest value. Call it only while `size > 0`. */
  shift(): T {
    return this.queue.shift();
  }

  /** Keeps `value` even when full: for a value that was asked for. */
  keep(value: T): void {
    this.queue.push(value);
  }

  /** Keeps `value` if there is room, and does what the policy says if not. Answers how many values were dropped. */
  offer(value: T): number {
    if (this.queue.size < this.capacity + this.slack) {
      this.queue.push(value);
      return 0;
    }
    const policy = typeof this.overflow === 'function' ? this.overflow(value, this.queue) : this.overflow;
    switch (policy) {
      case 'dropLatest':
        return this.drop(value);
      case 'dropAll':
      case 'dropOldest':
      case 'replaceLatest':
        return this.replace(value, policy);
      default:
        throw new OverflowError(this.operator, this.capacity, 'error', [value]);
    }
  }

  /** Reports each value that waits as dropped, and forgets them. */
  discard(reason: DropReason): void {
    while (this.onDrop !== undefined && this.queue.size > 0) {
      this.onDrop(this.queue.shift(), reason);
    }
    this.queue.clear();
  }

  /** Takes all that wait, oldest first. */
  takeAll(): T[] {
    const values = [...this.queue];
    this.queue.clear();
    return values;
  }

  private replace(value: T, policy: 'dropAll' | 'dropOldest' | 'replaceLatest'): number {
    // A buffer of capacity 0 has nothing to give up for the arriving value.
    if (this.capacity === 0) {
      return this.drop(value);
    }
    let dropped = 0;
    do {
      dropped += this.drop(policy === 'replaceLatest' ? this.queue.pop() : this.queue.shift());
    } while (policy === 'dropAll' && this.queue.size > 0);
    this.queue.push(value);
    return dropped;
  }

  private drop(value: T): number {
    this.onDrop?.(value, 'overflow');
    return 1;
  }
}
