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
  /** Set for the value that was the oldest then; when it fires, moved on to the one that is now. Most values leave without it. */
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
    // Nothing waits, as for most values of a consumer that keeps up: the clock is not read.
    const born = this.size === 0 ? 0 : this.#look() - this.maxAge;
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
    if (!this.ready()) {
      this.#look();
    }
    super.offer(value);
  }

  override shift(): T {
    this.#since.shift();
    return super.shift();
  }

  override pop(): T {
    this.#since.pop();
    return super.pop();
  }

  override clear(): void {
    super.clear();
    this.#since.clear();
    this.#timer?.unsubscribe();
    this.#timer = undefined;
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
