const FIRST_SLOTS = 16;

/** A first-in, first-out queue over a ring of slots: no shifting, and a slot that was left holds nothing alive. */
export class Queue<T> implements Iterable<T> {
  /** Length is a power of two, so that an index wraps with a mask. */
  #slots: (T | undefined)[] = new Array<T | undefined>(FIRST_SLOTS);
  #head = 0;
  #count = 0;

  get size(): number {
    return this.#count;
  }

  push(value: T): void {
    if (this.#count === this.#slots.length) {
      this.#grow();
    }
    this.#slots[(this.#head + this.#count) & (this.#slots.length - 1)] = value;
    this.#count++;
  }

  /** Takes the oldest value. Call it only while `size > 0`. */
  shift(): T {
    const value = this.#slots[this.#head] as T;
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#count--;
    return value;
  }

  /** The value that `index` values wait before, which stays. Call it only while `size > index`. */
  peek(index = 0): T {
    return this.#slots[(this.#head + index) & (this.#slots.length - 1)] as T;
  }

  /** Puts `value` in the place of the one that `index` values wait before. */
  replace(index: number, value: T): T {
    const slot = (this.#head + index) & (this.#slots.length - 1);
    const old = this.#slots[slot] as T;
    this.#slots[slot] = value;
    return old;
  }

  /** Takes the newest value. Call it only while `size > 0`. */
  pop(): T {
    this.#count--;
    const tail = (this.#head + this.#count) & (this.#slots.length - 1);
    const value = this.#slots[tail] as T;
    this.#slots[tail] = undefined;
    return value;
  }

  clear(): void {
    this.#slots = new Array<T | undefined>(FIRST_SLOTS);
    this.#head = 0;
    this.#count = 0;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let i = 0; i < this.#count; i++) {
      yield this.peek(i);
    }
  }

  #grow(): void {
    const values = [...this];
    values.length = this.#slots.length * 2;
    this.#slots = values;
    this.#head = 0;
  }
}
