import type { Cursor } from '../protocol/Cursor.js';

/** Walks an array. Its end is known, so the ending rides with the last element. */
export class ArrayCursor<T> implements Cursor<T> {
  private index = -1;

  constructor(private readonly array: ArrayLike<T>) {}

  get current(): T {
    // `advance` has answered true, so the element is there.
    return this.array[this.index] as T;
  }

  get ended(): boolean {
    return this.index >= this.array.length - 1;
  }

  advance(): boolean {
    return ++this.index < this.array.length;
  }

  release(): void {}
}
