import { BoundedBuffer } from '../buffer/BoundedBuffer.js';
import type { DropReason } from '../buffer/BufferOptions.js';
import { type Stage, stageOf } from '../chain/Stage.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';

/** Is told what happens at the consumer of a stretch. */
export interface Watcher {
  /** `n` more are about to be asked for. Answers whether to tell when they were, and what waited is delivered. */
  requesting(n: number): boolean;
  requested(): void;
  dropped(value: unknown, reason: DropReason): void;
  /** The consumer ended the subscription with an error of its own, such as an `OverflowError`. */
  failed(error: unknown): void;
}

/** Whom each watched consumer tells. It has one list, however many come and go, as inner Observables do. */
const TOLD = new WeakMap<DemandSubscriber<unknown>, { all: readonly Watcher[] }>();

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

  /** Whether any value may be below that has not reached the consumer. */
  get busy(): boolean {
    return this.buffer.size > 0 || this.stage.chain.tracing;
  }

  /** How many values are below and have not reached the consumer. */
  get inside(): number {
    return this.buffer.size + this.inFlight;
  }

  /** Whom this waits for: the source, as there is demand; the consumer, as something waits for demand; or nobody. */
  get state(): 'starved' | 'stalled' | 'idle' {
    const { account, window, sources } = this.stage.chain;
    if (account.wanted > 0 && this.buffer.size === 0 && this.inFlight < window) {
      return 'starved';
    }
    return this.inside > 0 || sources.size > 0 ? 'stalled' : 'idle';
  }

  /** Tells `watcher`, until the function that it answers with is called. */
  tell(watcher: Watcher): () => void {
    const told = TOLD.get(this.consumer) ?? this.#begin();
    told.all = [...told.all, watcher];
    return () => {
      told.all = told.all.filter((other) => other !== watcher);
    };
  }

  #begin(): { all: readonly Watcher[] } {
    const { consumer, buffer } = this;
    const { fail } = consumer;
    const { onDrop } = buffer;
    const told: { all: readonly Watcher[] } = { all: [] };
    const requested = () => {
      for (const watcher of told.all) watcher.requested();
    };
    consumer.requesting = (n) => {
      let inside = false;
      for (const watcher of told.all) inside = watcher.requesting(n) || inside;
      return inside ? requested : undefined;
    };
    consumer.fail = (error) => {
      for (const watcher of told.all) watcher.failed(error);
      fail.call(consumer, error);
    };
    buffer.onDrop = (value, reason) => {
      for (const watcher of told.all) watcher.dropped(value, reason);
      onDrop?.call(buffer, value, reason);
    };
    TOLD.set(consumer, told);
    return told;
  }
}
