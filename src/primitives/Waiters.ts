interface Waiter<T> {
  readonly value: T;
  resolve(): void;
  reject(error: unknown): void;
}

/** Promises that wait, each with a value, in the order in which they came. */
export class Waiters<T> {
  readonly #waiting = new Set<Waiter<T>>();

  get size(): number {
    return this.#waiting.size;
  }

  wait(value: T, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiter);
        signal?.removeEventListener('abort', abort);
      };
      const waiter: Waiter<T> = {
        value,
        resolve: () => {
          leave();
          resolve();
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      };
      const abort = () => waiter.reject(signal?.reason);
      signal?.addEventListener('abort', abort);
      this.#waiting.add(waiter);
    });
  }

  /** Resolves the one that has waited longest, and takes its value. Call it only while `size > 0`. */
  next(): T {
    const [waiter] = this.#waiting;
    if (waiter === undefined) {
      throw new RangeError('nobody waits');
    }
    waiter.resolve();
    return waiter.value;
  }

  resolve(): void {
    for (const waiter of this.#waiting) {
      waiter.resolve();
    }
  }

  reject(error: unknown): void {
    for (const waiter of this.#waiting) {
      waiter.reject(error);
    }
  }
}
