import { BoundedBuffer } from '../buffer/BoundedBuffer.js';
import type { DropReason } from '../buffer/BufferOptions.js';

/** What several waiting values have become. */
export class Merged<R> {
  constructor(public value: R) {}
}

/** A buffer that merges what arrives into the newest value that waits. */
export class ConflatingBuffer<T, R> extends BoundedBuffer<T | Merged<R>> {
  constructor(
    private readonly begin: (value: T) => R,
    private readonly merge: (merged: R, value: T) => R,
    onDrop: (value: T | Merged<R>, reason: DropReason) => void,
  ) {
    super('conflate', { capacity: 1, onDrop });
  }

  /** Only values of the source are offered: what is merged is made here. */
  override offer(value: T): void {
    if (this.size === 0) {
      this.push(value);
      return;
    }
    const newest = this.pop();
    try {
      const merged = newest instanceof Merged ? newest : new Merged(this.begin(newest));
      merged.value = this.merge(merged.value, value);
      this.push(merged);
    } catch (error) {
      this.push(newest);
      this.onDrop?.(value, 'unsubscribed');
      throw error;
    }
  }
}
