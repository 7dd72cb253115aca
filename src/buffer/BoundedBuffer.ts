import { checkChoice, checkCount, checkFunction } from '../protocol/check.js';
import {
  type BufferOptions,
  type DropReason,
  type OverflowFunction,
  type OverflowPolicy,
  POLICIES,
} from './BufferOptions.js';
import { OverflowError } from './OverflowError.js';
import { Queue } from './Queue.js';

/** A queue that holds at most `capacity` and asks its policy about the next value. */
export class BoundedBuffer<T> extends Queue<T> {
  /** Room for so many values beyond the capacity, for those that were asked for. */
  slack = 0;
  /** While `true` nothing is kept: what nobody asked for is dropped. */
  shut = false;
  readonly capacity: number;
  readonly #overflow: OverflowPolicy | OverflowFunction<T>;
  /** What each value took, while there is a `sizeOf`: its answer is asked for once. */
  readonly #sizes: Queue<number> | undefined;
  #taken = 0;

  constructor(
    private readonly operator: string,
    private readonly options: BufferOptions<T> = {},
  ) {
    super();
    const { capacity = 1024, overflow = 'error', sizeOf } = options;
    checkCount(`${operator}: capacity`, capacity, 0, true);
    if (typeof overflow !== 'function') {
      checkChoice(`${operator}: overflow`, overflow, POLICIES);
    }
    if (sizeOf !== undefined) {
      checkFunction(`${operator}: sizeOf`, sizeOf);
      this.#sizes = new Queue();
    }
    this.capacity = capacity;
    this.#overflow = overflow;
  }

  /** Whether there is a value to deliver. */
  ready(): boolean {
    return this.size > 0;
  }

  override push(value: T): void {
    this.keep(value, this.#sizeOf(value));
  }

  override shift(): T {
    if (this.#sizes !== undefined) {
      this.#taken -= this.#sizes.shift();
    }
    return super.shift();
  }

  override pop(): T {
    if (this.#sizes !== undefined) {
      this.#taken -= this.#sizes.pop();
    }
    return super.pop();
  }

  override clear(): void {
    super.clear();
    this.#sizes?.clear();
    this.#taken = 0;
  }

  /** Keeps `value` if there is room, and does what the policy says if not. */
  offer(value: T): void {
    if (this.shut) {
      this.drop(value, 'overflow');
      return;
    }
    const size = this.#sizeOf(value);
    if (this.#fits(size)) {
      this.keep(value, size);
      return;
    }
    const policy = typeof this.#overflow === 'function' ? this.#overflow(value, this) : this.#overflow;
    if (policy === 'error' || !POLICIES.includes(policy)) {
      const values = [...this, value];
      this.clear();
      throw new OverflowError(this.operator, this.capacity, values);
    }
    // Nothing is given up for a value that has no room even in an empty buffer.
    if (policy === 'dropLatest' || this.size === 0 || size > this.capacity + this.slack * size) {
      this.drop(value, 'overflow');
      return;
    }
    this.#replace(policy, value, size);
  }

  /** Drops all that wait. */
  discard(): void {
    try {
      while (this.size > 0) {
        this.drop(this.shift(), 'unsubscribed');
      }
    } finally {
      this.clear();
    }
  }

  protected drop(value: T, reason: DropReason): void {
    this.options.onDrop?.(value, reason);
  }

  protected keep(value: T, size: number): void {
    super.push(value);
    if (this.#sizes !== undefined) {
      this.#sizes.push(size);
      this.#taken += size;
    }
  }

  /** Keeps `value` in place of what `policy` gives up. */
  #replace(policy: OverflowPolicy, value: T, size: number): void {
    const first = policy === 'replaceLatest' ? this.pop() : this.shift();
    // The new value is in its place before a callback can look, or throw.
    if (policy !== 'dropAll' && this.#fits(size)) {
      this.keep(value, size);
      this.drop(first, 'overflow');
      return;
    }
    const dropped = [first];
    while (this.size > 0 && (policy === 'dropAll' || !this.#fits(size))) {
      dropped.push(policy === 'replaceLatest' ? this.pop() : this.shift());
    }
    this.keep(value, size);
    for (const old of dropped) {
      this.drop(old, 'overflow');
    }
  }

  #fits(size: number): boolean {
    return (this.#sizes === undefined ? this.size : this.#taken) + size <= this.capacity + this.slack * size;
  }

  #sizeOf(value: T): number {
    const { sizeOf } = this.options;
    if (sizeOf === undefined) {
      return 1;
    }
    const size = sizeOf(value);
    if (!(size >= 0)) {
      throw new RangeError(`${this.operator}: sizeOf must return a number from 0, got ${String(size)}`);
    }
    return size;
  }
}
