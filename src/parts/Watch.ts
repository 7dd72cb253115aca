import { BoundedBuffer } from '../buffer/BoundedBuffer.js';
import type { DropReason } from '../buffer/BufferOptions.js';
import { type Stage, stageOf } from '../chain/Stage.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';

/** Is told what happens at the consumer of a stretch. */
export interface Watcher {
  /** `n` more are about to be asked for. */
  requesting(n: number): void;
  /** They were asked for, and what waited was delivered. */
  requested(): void;
  dropped(value: unknown, reason: DropReason): void;
  /** The consumer ended the subscription with an error of its own, such as an `OverflowError`. */
  failed(error: unknown): void;
}

/** Whom each watched consumer tells. It has one list, however many come and go, as inner Observables do. */
const WATCHERS = new WeakMap<DemandSubscriber<unknown>, readonly Watcher[]>();

/** One stretch of native operators as one of them sees it, down to its consumer: the one place that reads the chain. */
export class Watch {
  static of(subscriber: unknown): Watch | undefined {
    const stage = stageOf(subscriber);
    const consumer = stage?.chain.root.subscriber;
    const buffer = stage?.chain.account.buffer;
    return stage !== undefined && consumer instanceof DemandSubscriber && buffer instanceof BoundedBuffer
      ? new Watch(stage, consumer, buffer)
      : undefined;
  }

  private constructor(
    private readonly stage: Stage,
    readonly consumer: DemandSubscriber<unknown>,
    readonly buffer: BoundedBuffer<unknown>,
  ) {}

  /** How many values are inside the native operators below. */
  get inFlight(): number {
    let held = 0;
    // Before the first work is left behind, or the first join, nothing can be held.
    for (
      let stage = this.stage.chain.tracing ? this.stage.downstream : undefined;
      stage;
      stage = stage.downstream
    ) {
      held += stage.held;
    }
    return held;
  }

  /** Whether more may come from above. */
  get demanded(): boolean {
    const { account, window } = this.stage.chain;
    return account.wanted > 0 && this.buffer.size === 0 && this.inFlight < window;
  }

  /** Whether something waits for demand: a value, here or on its way, or a source that is not asked. */
  get held(): boolean {
    return this.buffer.size > 0 || this.inFlight > 0 || this.stage.chain.sources.size > 0;
  }

  /** Tells `watcher`, until the function that it answers with is called. */
  tell(watcher: Watcher): () => void {
    const { consumer } = this;
    WATCHERS.set(consumer, [...(WATCHERS.get(consumer) ?? this.#begin()), watcher]);
    return () => {
      WATCHERS.set(
        consumer,
        watchersOf(consumer).filter((other) => other !== watcher),
      );
    };
  }

  #begin(): readonly Watcher[] {
    const { consumer, buffer } = this;
    const { request, fail } = consumer;
    const { onDrop } = buffer;
    consumer.request = (n) => {
      for (const watcher of watchersOf(consumer)) watcher.requesting(n);
      request.call(consumer, n);
      for (const watcher of watchersOf(consumer)) watcher.requested();
    };
    consumer.fail = (error) => {
      for (const watcher of watchersOf(consumer)) watcher.failed(error);
      fail.call(consumer, error);
    };
    buffer.onDrop = (value, reason) => {
      for (const watcher of watchersOf(consumer)) watcher.dropped(value, reason);
      onDrop?.call(buffer, value, reason);
    };
    return [];
  }
}

function watchersOf(consumer: DemandSubscriber<unknown>): readonly Watcher[] {
  return WATCHERS.get(consumer) ?? [];
}
