import { Observable, type Subscriber } from 'rxjs';
import { checkCount } from '../protocol/check.js';

declare global {
  // Also for a TypeScript `lib` that does not know it yet.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** Gives a permit back; once, however often it is called. Where the runtime has `Symbol.dispose`, `using` does it. */
export interface Release {
  (): void;
  [Symbol.dispose](): void;
}

/**
 * A number of permits that several may share, handed out in the order in which they were asked for.
 *
 * **Errors.** `acquire` rejects with the reason of its signal, and then holds no permit; the others keep their turns. A number
 * of permits that is no positive integer (or `Infinity`) throws a `RangeError`.
 *
 * @example
 * ```ts
 * import { Semaphore } from 'rxjs-backpressure';
 *
 * const semaphore = new Semaphore(2);
 * void semaphore.acquire().then((release) => {
 *   console.log(semaphore.available); // 1
 *   release();
 * });
 * ```
 *
 * @see Dijkstra's semaphore, Python's `asyncio.Semaphore`
 */
export class Semaphore {
  #available: number;
  #serving = false;
  /** In the order in which they came. */
  readonly #waiting = new Set<Subscriber<Release>>();

  /** A permit for each subscriber, in turn. @internal */
  readonly free$ = new Observable<Release>((subscriber) => {
    this.#waiting.add(subscriber);
    this.#serve();
    return () => this.#waiting.delete(subscriber);
  });

  /** @param permits how many there are: a positive integer, or `Infinity` */
  constructor(permits: number) {
    checkCount('new Semaphore(permits): permits', permits, 1, true);
    this.#available = permits;
  }

  /** How many permits nobody holds. */
  get available(): number {
    return this.#available;
  }

  /** Takes a permit if one is free, and nobody waits for it. */
  tryAcquire(): Release | undefined {
    return this.#available > 0 && this.#waiting.size === 0 ? this.#take() : undefined;
  }

  /** Waits for a permit; what it resolves with gives the permit back. */
  acquire(signal?: AbortSignal): Promise<Release> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => {
        waiting.unsubscribe();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort);
      const waiting = this.free$.subscribe((release) => {
        signal?.removeEventListener('abort', abort);
        resolve(release);
      });
    });
  }

  #take(): Release {
    this.#available--;
    let held = true;
    const release = () => {
      if (held) {
        held = false;
        this.#available++;
        this.#serve();
      }
    };
    release[Symbol.dispose] = release;
    return release;
  }

  /** One loop, so that a permit which goes from hand to hand does not grow the stack. */
  #serve(): void {
    if (this.#serving) {
      return;
    }
    this.#serving = true;
    try {
      for (const subscriber of this.#waiting) {
        if (this.#available === 0) {
          break;
        }
        this.#waiting.delete(subscriber);
        subscriber.next(this.#take());
        subscriber.complete();
      }
    } finally {
      this.#serving = false;
    }
  }
}
