import type { Cursor } from '../protocol/Cursor.js';

/** Reads an iterator no further than asked: its end is found by the read after the last value. */
export class IteratorCursor<T> implements Cursor<T> {
  /** Read only after `advance` has answered true, which sets it. */
  current!: T;
  readonly ended = false;
  private readonly iterator: Iterator<T>;
  /** An iterator that has ended, has thrown or is just being read must not be returned. */
  private returnable = true;

  constructor(iterable: Iterable<T>) {
    this.iterator = iterable[Symbol.iterator]();
  }

  advance(): boolean {
    this.returnable = false;
    const result = this.iterator.next();
    if (result.done === true) {
      return false;
    }
    this.returnable = true;
    this.current = result.value;
    return true;
  }

  release(): void {
    if (this.returnable) {
      this.returnable = false;
      this.iterator.return?.();
    }
  }
}
