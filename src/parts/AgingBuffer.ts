import { asyncScheduler, type Subscription } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { PolicyBuffer } from '../buffer/PolicyBuffer.js';
import { Queue } from '../buffer/Queue.js';

/**
 * A bounded buffer that drops what has waited for `maxAge` ms: by a timer, so that memory is freed, and at its turn, as
 * timers of a busy event loop come late.
 */
export class AgingBuffer<T> extends PolicyBuffer<T> {
  /** When each value came, in ms since the beginning: small integers, which take no memory of their own. */
  readonly #since = new Queue<number>();
  readonly #beginning = asyncScheduler.now();
  /** The time of the last look at the clock: one is enough for a value that comes. */
  #now = 0;
  /** Set for the oldest value, and, if that left meanwhile, moved on when it fires. */
  #timer: Subscription | undefined;

  constructor(
    operator: string,
    options: BufferOptions<T>,
    private readonly maxAge: number,
    private readonly act: (change: () => void) => void,
  ) {
    super(operator, options);
  }

  override ready(): boolean {
    const born = this.#look() - this.maxAge;
    while (this.size > 0 && this.#since.peek() <= born) {
      const value = this.shift();
      this.onDrop?.(value, 'age');
    }
    return this.size > 0;
  }

  override push(value: T): void {
    this.#look();
    super.push(value);
  }

  override offer(value: T): void {
    this.ready();
    super.offer(value);
  }

  override shift(): T {
    this.#since.shift();
    this.#stopIfEmpty();
    return super.shift();
  }

  override pop(): T {
    this.#since.pop();
    this.#stopIfEmpty();
    return super.pop();
  }

  override clear(): void {
    super.clear();
    this.#since.clear();
    this.#stopIfEmpty();
  }

  protected override keep(value: T, size: number): void {
    super.keep(value, size);
    this.#since.push(this.#now);
    this.#timer ??= this.#watch();
  }

  #look(): number {
    this.#now = asyncScheduler.now() - this.#beginning;
    return this.#now;
  }

  #stopIfEmpty(): void {
    if (this.#since.size === 0) {
      this.#timer?.unsubscribe();
      this.#timer = undefined;
    }
  }

  #watch(): Subscription {
    const left = this.#since.peek() + this.maxAge - this.#look();
    return asyncScheduler.schedule(() => {
      this.#timer = undefined;
      this.act(() => {
        if (this.ready()) {
          this.#timer ??= this.#watch();
        }
      });
    }, left);
  }
}
