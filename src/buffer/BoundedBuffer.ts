import { checkCount, checkFunction } from '../protocol/check.js';
import type { DropReason, KeptOptions } from './BufferOptions.js';
import { OverflowError } from './OverflowError.js';
import { Queue } from './Queue.js';

/** A queue that holds at most `capacity` values, and fails with one more. */
export class BoundedBuffer<T> extends Queue<T> {
  /** Room for so many values beyond the capacity, for those that were asked for. */
  slack = 0;
  /** How many of the dropped values were the last in line: those before them wait on. */
  lastDropped = 0;
  readonly capacity: number;
  /** Told of each value that is dropped; whoever watches the buffer puts itself before it. */
  onDrop: ((value: T, reason: DropReason) => void) | undefined;

  constructor(
    readonly operator: string,
    { capacity = 1024, onDrop }: KeptOptions<T> = {},
  ) {
    super();
    checkCount(`${operator}: capacity`, capacity, 0, true);
    checkFunction(`${operator}: onDrop`, onDrop, true);
    this.capacity = capacity;
    this.onDrop = onDrop;
  }

  /** How much of the capacity is taken. */
  get taken(): number {
    return this.size;
  }

  /** Whether there is a value to deliver. */
  ready(): boolean {
    return this.size > 0;
  }

  /** Keeps `value`, or does what is done with one for which there is no room. */
  offer(value: T): void {
    if (this.size < this.capacity + this.slack) {
      this.push(value);
    } else {
      this.fail(value);
    }
  }

  /** Drops all that wait. */
  discard(): void {
    try {
      while (this.size > 0) {
        const value = this.shift();
        this.onDrop?.(value, 'unsubscribed');
      }
    } finally {
      this.clear();
    }
  }

  /** Drops the value that arrives, or the last that waited. */
  dropLast(value: T): void {
    this.lastDropped++;
    this.onDrop?.(value, 'overflow');
  }

  protected fail(value: T): never {
    const values = [...this, value];
    this.clear();
    throw new OverflowError(this.operator, this.capacity, values);
  }
}
