import { checkCount } from '../protocol/check.js';
import { waitIn } from './waitIn.js';

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

/** Who waits for a permit, as an object, so that waiting allocates nothing. */
export interface PermitWaiter {
  /** Called once, in turn, with a permit that is its own from now on. Must not throw. */
  granted(): void;
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
  readonly #waiting = new Set<PermitWaiter>();

  /** @param permits how many there are: a positive integer, or `Infinity` */
  constructor(permits: number) {
    checkCount('Semaphore: permits', permits, 1, true);
    this.#available = permits;
  }

  /** How many permits nobody holds. */
  get available(): number {
    return this.#available;
  }

  /** Takes a permit if one is free, and nobody waits for it. */
  tryAcquire(): Release | undefined {
    if (this.#available === 0 || this.#waiting.size > 0) {
      return undefined;
    }
    this.#available--;
    return this.#release();
  }

  /** Waits for a permit; what it resolves with gives the permit back. */
  acquire(signal?: AbortSignal): Promise<Release> {
    const release = signal?.aborted ? undefined : this.tryAcquire();
    return release === undefined
      ? waitIn(this.#waiting, () => this.#release(), signal)
      : Promise.resolve(release);
  }

  /** Puts `waiter` at the end of the line. @internal */
  wait(waiter: PermitWaiter): void {
    this.#waiting.add(waiter);
    this.#serve();
  }

  /** Takes `waiter` out of the line. @internal */
  leave(waiter: PermitWaiter): void {
    this.#waiting.delete(waiter);
  }

  /** Takes back a permit that was granted. @internal */
  free(): void {
    this.#available++;
    this.#serve();
  }

  #release(): Release {
    let held = true;
    const release = () => {
      if (held) {
        held = false;
        this.free();
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
      for (const waiter of this.#waiting) {
        if (this.#available === 0) {
          break;
        }
        this.#waiting.delete(waiter);
        this.#available--;
        waiter.granted();
      }
    } finally {
      this.#serving = false;
    }
  }
}
