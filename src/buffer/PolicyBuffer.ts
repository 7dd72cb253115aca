import { checkChoice, checkFunction } from '../protocol/check.js';
import { BoundedBuffer } from './BoundedBuffer.js';
import { type BufferOptions, type OverflowFunction, type OverflowPolicy, POLICIES } from './BufferOptions.js';
import { Queue } from './Queue.js';

/** A bounded buffer that asks its policy about a value for which there is no room, and can measure values. */
export class PolicyBuffer<T> extends BoundedBuffer<T> {
  readonly #overflow: OverflowPolicy | OverflowFunction<T>;
  readonly #measure: ((value: T) => number) | undefined;
  /** What each value took, while there is a `sizeOf`: it is asked once. */
  readonly #sizes = new Queue<number>();
  #taken = 0;

  constructor(operator: string, options: BufferOptions<T>) {
    super(operator, options);
    const { overflow = 'error', sizeOf } = options;
    if (typeof overflow !== 'function') {
      checkChoice(`${operator}: overflow`, overflow, POLICIES);
    }
    checkFunction(`${operator}: sizeOf`, sizeOf, true);
    this.#overflow = overflow;
    this.#measure =
      sizeOf &&
      ((value) => {
        const size = sizeOf(value);
        if (!(size >= 0 && size < Infinity)) {
          throw new RangeError(`${operator}: sizeOf must return a finite number from 0, got ${String(size)}`);
        }
        return size;
      });
  }

  override get taken(): number {
    return this.#measure === undefined ? this.size : this.#taken;
  }

  override push(value: T): void {
    this.keep(value, this.#sizeOf(value));
  }

  override shift(): T {
    if (this.#measure !== undefined) {
      this.#free(this.#sizes.shift());
    }
    return super.shift();
  }

  override pop(): T {
    if (this.#measure !== undefined) {
      this.#free(this.#sizes.pop());
    }
    return super.pop();
  }

  override clear(): void {
    super.clear();
    this.#sizes.clear();
    this.#taken = 0;
  }

  override offer(value: T): void {
    const size = this.#sizeOf(value);
    if (this.#fits(size)) {
      this.keep(value, size);
      return;
    }
    const policy = this.#policyFor(value);
    if (policy === 'error' || !POLICIES.includes(policy)) {
      this.fail(value);
    }
    // Nothing is given up for a value that has no room even in an empty buffer.
    if (policy === 'dropLatest' || this.size === 0 || size > this.capacity + this.slack * size) {
      this.dropLast(value);
      return;
    }
    this.#replace(policy, value, size);
  }

  protected keep(value: T, size: number): void {
    super.push(value);
    if (this.#measure !== undefined) {
      this.#sizes.push(size);
      this.#taken += size;
    }
  }

  /** Keeps `value` in place of what `policy` gives up. */
  #replace(policy: OverflowPolicy, value: T, size: number): void {
    const newest = policy === 'replaceLatest';
    const first = newest ? this.pop() : this.shift();
    // The new value is in its place before a callback can look, or throw.
    if (policy !== 'dropAll' && this.#fits(size)) {
      this.keep(value, size);
      this.lastDropped += Number(newest);
      this.onDrop?.(first, 'overflow');
      return;
    }
    const dropped = this.onDrop && [first];
    while (this.size > 0 && (policy === 'dropAll' || !this.#fits(size))) {
      const old = newest ? this.pop() : this.shift();
      dropped?.push(old);
    }
    this.keep(value, size);
    for (const old of dropped ?? []) {
      this.lastDropped += Number(newest);
      this.onDrop?.(old, 'overflow');
    }
  }

  #free(size: number): void {
    // No rounding of sizes that are no integers outlives the values.
    this.#taken = this.#sizes.size === 0 ? 0 : this.#taken - size;
  }

  #fits(size: number): boolean {
    return this.taken + size <= this.capacity + this.slack * size;
  }

  #sizeOf(value: T): number {
    if (this.#measure === undefined) {
      return 1;
    }
    return this.ask(value, this.#measure, value);
  }

  #policyFor(value: T): OverflowPolicy {
    return typeof this.#overflow === 'function'
      ? this.ask(value, this.#overflow, value, this)
      : this.#overflow;
  }

  /** What a function of the user's answers. Where it throws, nobody else knows of `value`. */
  protected ask<A extends unknown[], R>(value: T, answer: (...args: A) => R, ...args: A): R {
    try {
      return answer(...args);
    } catch (error) {
      this.onDrop?.(value, 'unsubscribed');
      throw error;
    }
  }
}
