import type { Observable } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount } from '../protocol/check.js';
import type { DemandSink } from '../protocol/Demand.js';
import { COMPLETE, deliverEnding, type Ending } from '../protocol/Ending.js';
import { ChannelClosedError } from './ChannelClosedError.js';
import { RefusingBuffer } from './RefusingBuffer.js';
import { type Waiter, waitIn } from './waitIn.js';

declare global {
  // Also for a TypeScript `lib` that does not know it yet.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

/** Options of a {@link Channel}. */
export interface ChannelOptions<T> extends Pick<BufferOptions<T>, 'onDrop' | 'overflow'> {
  /** How many values may wait: an integer from 0 (each value is handed from hand to hand), or `Infinity`. */
  readonly capacity: number;
}

interface Reader<T> {
  requested: number;
  /** It took a value, and has not asked for another one since. */
  busy: boolean;
  readonly sink: DemandSink<T>;
}

/**
 * A bounded queue between code that is not reactive and a stream.
 *
 * `put` waits while it is full, `tryPut` answers `false`; with an `overflow` policy neither waits, and the policy decides.
 * `asObservable()` honours demand; several subscribers share the values, each value goes to one of them, in turn. `close`
 * and `fail` end the stream after the values that wait.
 *
 * **Errors.** `put` after `close` or `fail` rejects, and `tryPut` throws, with a `ChannelClosedError`. Whoever still waits in
 * `put` then is rejected with it, or with the error of `fail`; so is whoever waits when the last subscriber leaves (what
 * already waits inside stays, for the next subscriber). A `signal` rejects with its reason, and the value is not put.
 *
 * @example
 * ```ts
 * import { Channel, forEachWithDemand } from 'rxjs-backpressure';
 *
 * const channel = new Channel<number>({ capacity: 2 });
 * const read = forEachWithDemand(channel.asObservable(), async (value) => console.log(value));
 * async function write() {
 *   for (let i = 0; i < 5; i++) {
 *     await channel.put(i);
 *   }
 *   channel.close();
 *   await read;
 * }
 * void write();
 * ```
 *
 * @see Python's `asyncio.Queue` (`join`), Kotlin's `Channel`
 */
export class Channel<T> {
  readonly #buffer: RefusingBuffer<T>;
  readonly #policy: boolean;
  /** Whoever was served last is the last. */
  readonly #readers = new Set<Reader<T>>();
  /** Have a value to put, while all is full. */
  readonly #putting = new Set<Waiter>();
  readonly #joining = new Set<Waiter>();
  #ending: Ending | undefined;
  #running = false;

  constructor(options: ChannelOptions<T>) {
    checkCount('Channel: capacity', options.capacity, 0, true);
    this.#buffer = new RefusingBuffer<T>('Channel', options);
    this.#policy = options.overflow !== undefined;
  }

  /** How many values wait inside. */
  get size(): number {
    return this.#buffer.size;
  }

  /** Puts `value` in, as soon as there is room. */
  async put(value: T, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!this.tryPut(value)) {
      try {
        await waitIn(this.#putting, () => this.#buffer.push(value), signal);
      } finally {
        // Whoever joins may have waited for this one alone, and it was aborted.
        this.#run();
      }
    }
  }

  /** Puts `value` in if there is room; answers whether there was. */
  tryPut(value: T): boolean {
    if (this.#ending !== undefined) {
      throw new ChannelClosedError('the channel is closed');
    }
    let wanted = 0;
    for (const { requested } of this.#readers) {
      wanted += requested;
    }
    if (this.#policy) {
      this.#buffer.slack = wanted;
      this.#buffer.offer(value);
    } else if (this.#putting.size > 0 || this.#buffer.size >= this.#buffer.capacity + wanted) {
      return false;
    } else {
      this.#buffer.push(value);
    }
    this.#run();
    return true;
  }

  /** Ends the stream after the values that wait. */
  close(): void {
    this.#end(COMPLETE, new ChannelClosedError('the channel was closed'));
  }

  /** Ends the stream with `error` after the values that wait. */
  fail(error: unknown): void {
    this.#end({ kind: 'error', error }, error);
  }

  /** The values, for any number of subscribers, each value for one of them. */
  asObservable(): Observable<T> {
    return new DemandObservable<T>((sink) => {
      const reader: Reader<T> = { requested: 0, busy: false, sink };
      this.#readers.add(reader);
      return {
        request: (n) => {
          reader.requested = addDemand(reader.requested, n);
          reader.busy = false;
          this.#run();
        },
        start: () => this.#run(),
        unsubscribe: () => this.#left(reader),
      };
    });
  }

  /**
   * Resolves when nothing waits, and every subscriber that took a value has asked for another one or has left: so one that
   * works on a value at a time is done with it.
   */
  async join(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!this.#idle) {
      await waitIn(this.#joining, () => {}, signal);
    }
  }

  /** Closes, and waits for those who read. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    if (this.#readers.size > 0) {
      await this.join();
    }
  }

  get #idle(): boolean {
    for (const { busy } of this.#readers) {
      if (busy) {
        return false;
      }
    }
    return !this.#running && !this.#waits;
  }

  /** Whether there is a value that nobody has taken. */
  get #waits(): boolean {
    return this.#buffer.size > 0 || this.#putting.size > 0;
  }

  #end(ending: Ending, rejection: unknown): void {
    if (this.#ending === undefined) {
      this.#ending = ending;
      reject(this.#putting, rejection);
      this.#run();
    }
  }

  #left(reader: Reader<T>): void {
    this.#readers.delete(reader);
    if (this.#readers.size === 0) {
      const nobody = new ChannelClosedError('nobody reads the channel any more');
      reject(this.#putting, nobody);
      if (this.#buffer.size > 0) {
        reject(this.#joining, nobody);
      }
    }
    this.#run();
  }

  /** Hands values to those who asked, and lets in who waits; calls from inside are seen by the running loop. */
  #run(): void {
    if (this.#running) {
      return;
    }
    this.#running = true;
    try {
      for (let reader = this.#turn(); reader !== undefined; reader = this.#turn()) {
        // One beyond the capacity, as one leaves.
        for (const putting of this.#putting) {
          if (this.#buffer.size > this.#buffer.capacity) {
            break;
          }
          putting.granted();
        }
        reader.requested--;
        reader.busy = reader.requested === 0;
        reader.sink.next(this.#buffer.shift());
      }
      this.#finish();
    } finally {
      this.#running = false;
    }
    if (this.#joining.size > 0 && this.#idle) {
      for (const joining of this.#joining) {
        joining.granted();
      }
    }
  }

  #finish(): void {
    if (this.#ending !== undefined && this.#buffer.size === 0) {
      // Those who subscribe again from inside their ending come last, and are ended too.
      for (const { sink } of this.#readers) {
        deliverEnding(this.#ending, sink);
      }
    }
  }

  /** Who gets the next value, if there is one: the reader with demand whose last value is longest ago. */
  #turn(): Reader<T> | undefined {
    if (this.#waits) {
      for (const reader of this.#readers) {
        if (reader.requested > 0) {
          this.#readers.delete(reader);
          this.#readers.add(reader);
          return reader;
        }
      }
    }
    return undefined;
  }
}

function reject(waiting: Iterable<Waiter>, error: unknown): void {
  for (const one of waiting) {
    one.rejected(error);
  }
}
