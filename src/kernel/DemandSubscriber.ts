import { Subscriber, Subscription, type TeardownLogic } from 'rxjs';
import { BoundedBuffer } from '../buffer/BoundedBuffer.js';
import type { KeptOptions } from '../buffer/BufferOptions.js';
import { Drain } from '../buffer/Drain.js';
import { OverflowError } from '../buffer/OverflowError.js';
import { Chain } from '../chain/Chain.js';
import { checkRequest } from '../protocol/arithmetic.js';
import { checkChoice, checkCount } from '../protocol/check.js';
import type { Demand, DemandObserver } from '../protocol/Demand.js';
import { COMPLETE, type Ending } from '../protocol/Ending.js';
import type { Internals } from './Internals.js';
import { reporting, reportUnhandled } from './reportUnhandled.js';

/** Options of a {@link DemandSubscriber}: its window, and what becomes of values that nobody asked for. */
export interface DemandSubscriberOptions<T> extends KeptOptions<T> {
  /** How many items may be inside the native operators between a source and this subscriber for it to be drawn from. Default 16. */
  readonly inFlight?: number;
  /** Whether an upstream error waits for the values that wait (`'last'`, the default) or overtakes them (`'first'`). */
  readonly errors?: 'last' | 'first';
  /** The name that an {@link OverflowError} of this subscriber bears. Default `'DemandSubscriber'`. */
  readonly operator?: string;
}

/**
 * The consumer half: a `Subscriber` with demand. Subscribed to any Observable, it delivers no value that was not
 * requested, and carries its demand up through the native operators to every source that honours it.
 *
 * Values that nobody asked for (of a source that knows no demand) wait in a bounded buffer; one too many is an
 * {@link OverflowError} that carries all that waited; the operators above can do otherwise. A callback that throws, and a
 * request that is no positive integer (Reactive Streams 3.9), end the subscription with that error and release the
 * source. `complete` and `error` need no demand, but follow the values that wait. `request` may be called from every
 * callback, any number of times, without growing the stack (Reactive Streams 3.3).
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { DemandSubscriber, pullFrom } from 'rxjs-backpressure';
 *
 * pullFrom([1, 2, 3])
 *   .pipe(map((n) => n * 10))
 *   .subscribe(
 *     new DemandSubscriber<number>({
 *       start: (demand) => demand.request(1),
 *       next: (value, demand) => {
 *         console.log(value);
 *         demand.request(1);
 *       },
 *     }),
 *   );
 * ```
 */
export class DemandSubscriber<T> extends Subscriber<T> implements Demand {
  readonly #drain: Drain<T>;
  readonly #chain: Chain;
  readonly #errorsOvertake: boolean;
  #started = false;
  #releasing = false;

  constructor(observer?: DemandObserver<T>, options?: DemandSubscriberOptions<T>);
  /** @internal */
  constructor(observer?: DemandObserver<T>, options?: DemandSubscriberOptions<T>, internals?: Internals<T>);
  constructor(
    observer: DemandObserver<T> = {},
    options: DemandSubscriberOptions<T> = {},
    { ahead = 0, buffer }: Internals<T> = {},
  ) {
    const { inFlight = 16, operator = 'DemandSubscriber', errors = 'last' } = options;
    checkCount(`${operator}: inFlight`, inFlight, 1, true);
    checkChoice(`${operator}: errors`, errors, ['last', 'first']);
    const kept = buffer?.((change) => this.#act(change)) ?? new BoundedBuffer<T>(operator, options);
    super();
    this.#errorsOvertake = errors === 'first';
    this.#drain = new Drain(observer, this, (ending) => this.#finish(ending), kept);
    this.#drain.ahead = ahead;
    this.#chain = new Chain(this, this.#drain, inFlight);
  }

  /** Requested and not yet delivered. */
  get requested(): number {
    return this.#drain.requested;
  }

  /** Values that arrived and wait for a request. */
  get buffered(): number {
    return this.#drain.buffer.size;
  }

  request(n: number): void {
    if (this.#drain.closed) {
      return;
    }
    try {
      checkRequest(n);
      const { watcher } = this.#chain;
      if (watcher !== undefined) {
        watcher.requested += n;
        // From inside a delivery: that is the consumer's time, whatever it asks for.
        if (!this.#drain.draining) watcher.changing();
      }
      this.#drain.request(n);
    } catch (thrown) {
      this.fail(thrown);
    }
    // Asked here, not in `pump`: most requests come from inside a delivery, one for each value.
    if (!this.#drain.draining) {
      this.#chain.pump();
    }
  }

  #act(change: () => void): void {
    try {
      change();
      this.#drain.run();
    } catch (thrown) {
      this.fail(thrown);
    }
    this.#chain.pump();
  }

  /** Takes back what was requested and not delivered. What a source was asked for already may still come; it waits. */
  withdraw(): void {
    this.#drain.requested = 0;
  }

  /** While `true`, what nobody asked for is dropped. @internal */
  set shut(shut: boolean) {
    this.#drain.shut = shut;
  }

  /** Replaces the observer, before the subscription. @internal */
  observe(observer: DemandObserver<T>): void {
    this.#drain.downstream = observer;
  }

  override next(value: T): void {
    if (this.isStopped) {
      return;
    }
    if (!this.#started) {
      this.begin();
    }
    const spread = this.#chain.arrive();
    try {
      this.#drain.next(value, spread);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  override add(teardown: TeardownLogic): void {
    super.add(teardown);
    // The last thing that `subscribe` adds is no operator's Subscriber, and no scheduled action either.
    if (!this.#chain.root.added(teardown)) {
      this.begin();
      if (!(teardown instanceof Subscription)) {
        this.#chain.stand();
      }
    }
  }

  override remove(teardown: Exclude<TeardownLogic, void>): void {
    super.remove(teardown);
    this.#chain.root.removed(teardown);
  }

  override unsubscribe(): void {
    // What is released upstream may give up on its consumer (`refCount`), which has yet to hear of the ending.
    if (!this.closed && !this.#releasing) {
      this.#drain.downstream = {};
      this.#chain.close();
      this.#drain.closed = true;
      try {
        super.unsubscribe();
      } finally {
        // Nothing comes any more that a callback would have to be told of.
        reporting(() => this.#drain.close());
      }
    }
  }

  protected override _error(error: unknown): void {
    this.begin();
    this.#releaseUpstream();
    this.#drain.end({ kind: 'error', error }, this.#errorsOvertake);
  }

  protected override _complete(): void {
    this.begin();
    // An operator that has had enough (`take`) does not keep its source while values wait.
    if (this.buffered > 0) {
      this.#releaseUpstream();
    }
    this.#drain.end(COMPLETE);
  }

  /** Calls `start`, before anything else is delivered. @internal */
  begin(): void {
    if (!this.#started) {
      this.#started = true;
      try {
        this.#drain.downstream.start?.(this);
      } catch (thrown) {
        this.fail(thrown);
      }
    }
  }

  /** Ends the subscription at once with an error of the consumer's side, and releases the source; what waits is reported as dropped. */
  fail(thrown: unknown): void {
    if (this.#drain.closed) {
      reportUnhandled(thrown);
      return;
    }
    if (thrown instanceof OverflowError) {
      thrown.message += this.#chain.describe();
    }
    // What is released may go on with another source (`onErrorResumeNext`).
    this.isStopped = true;
    this.#releaseUpstream();
    this.#drain.end({ kind: 'error', error: thrown }, true);
  }

  #releaseUpstream(): void {
    this.#releasing = true;
    this.#chain.close();
    for (const { subscriber } of [...this.#chain.root.upstream]) {
      reporting(() => subscriber.unsubscribe());
    }
    this.#releasing = false;
  }

  #finish(ending: Ending): void {
    const { downstream } = this.#drain;
    reporting(() => {
      if (ending.kind === 'complete') {
        downstream.complete?.();
      } else if (downstream.error !== undefined) {
        downstream.error(ending.error);
      } else {
        reportUnhandled(ending.error);
      }
    });
    // As in RxJS, what a teardown throws is for whoever calls `unsubscribe`: here that is nobody's code.
    reporting(() => this.unsubscribe());
  }
}
