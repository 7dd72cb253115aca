import type { DropReason } from '../buffer/BufferOptions.js';
import { PolicyBuffer } from '../buffer/PolicyBuffer.js';

/** What several waiting values have become. */
export class Merged<R> {
  constructor(public value: R) {}
}

/** A buffer that merges what arrives into the newest value that waits. */
export class ConflatingBuffer<T, R> extends PolicyBuffer<T | Merged<R>> {
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
    const last = this.size - 1;
    const newest = this.peek(last);
    const merged = newest instanceof Merged ? newest : new Merged(this.ask(value, this.begin, newest));
    const waiting = merged.value;
    const result = this.ask(value, this.merge, waiting, value);
    // What came from inside `merge` is not written over.
    if (this.size > last && this.peek(last) === newest && merged.value === waiting) {
      merged.value = result;
      this.replace(last, merged);
    } else {
      this.offer(value);
    }
  }
}
