import type { BufferOptions } from '../buffer/BufferOptions.js';
import { PolicyBuffer } from '../buffer/PolicyBuffer.js';
import { Queue } from '../buffer/Queue.js';

/** A buffer in which a key waits once. A value that replaces another takes its place, so that no key is passed over. */
export class KeyedBuffer<T, K> extends PolicyBuffer<T> {
  readonly #keys = new Queue<K>();
  /** Where the newest value of each key waits, counted from the first value ever. */
  readonly #places = new Map<K, number>();
  /** How many values have left. */
  #left = 0;
  /** Counts whatever takes a place from its key. */
  #removals = 0;

  constructor(
    private readonly key: (value: T) => K,
    options: BufferOptions<T>,
    private readonly merge: ((waiting: T, value: T) => T) | undefined,
  ) {
    super('conflateByKey', options);
  }

  override offer(value: T): void {
    const key = this.ask(value, this.key, value);
    const place = this.#places.get(key);
    if (place === undefined) {
      super.offer(value);
    } else if (this.merge === undefined) {
      const old = this.replace(place - this.#left, value);
      this.onDrop?.(old, 'overflow');
    } else {
      const removals = this.#removals;
      const old = this.peek(place - this.#left);
      const merged = this.ask(value, this.merge, old, value);
      const index = place - this.#left;
      // What came from inside `merge` is not written over.
      const its = this.#removals === removals || this.#places.get(key) === place;
      if (its && this.peek(index) === old) {
        this.replace(index, merged);
      } else {
        this.offer(value);
      }
    }
  }

  override shift(): T {
    this.#forget(this.#keys.shift(), this.#left);
    this.#left++;
    return super.shift();
  }

  override pop(): T {
    this.#forget(this.#keys.pop(), this.#left + this.size - 1);
    return super.pop();
  }

  override clear(): void {
    super.clear();
    this.#removals++;
    this.#keys.clear();
    this.#places.clear();
  }

  protected override keep(value: T, size: number): void {
    const key = this.ask(value, this.key, value);
    this.#places.set(key, this.#left + this.size);
    this.#keys.push(key);
    super.keep(value, size);
  }

  #forget(key: K, place: number): void {
    this.#removals++;
    if (this.#places.get(key) === place) {
      this.#places.delete(key);
    }
  }
}
