import { BoundedBuffer } from '../buffer/BoundedBuffer.js';
import type { DropReason } from '../buffer/BufferOptions.js';
import { type Stage, stageOf } from '../chain/Stage.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';

/** Is told what happens below it. */
export interface Watcher {
  /** What is inside, or what is asked for, is about to change. */
  changing(): void;
  /** A value was dropped: one of those that waited longest, or one whose place the next value takes. */
  dropped(reason: DropReason, waited: boolean): void;
  /** The consumer ended the subscription with an error of its own, such as an `OverflowError`. */
  failed(error: unknown): void;
}

/** One stretch of native operators as one of them sees it, down to its consumer: the one place that reads the chain. */
export class Watch {
  static of(subscriber: unknown): Watch | undefined {
    const stage = stageOf(subscriber);
    if (stage === undefined) {
      return undefined;
    }
    const { root, account } = stage.chain;
    return root.subscriber instanceof DemandSubscriber && account.buffer instanceof BoundedBuffer
      ? new Watch(stage, root.subscriber, account.buffer)
      : undefined;
  }

  private constructor(
    private readonly stage: Stage,
    readonly consumer: DemandSubscriber<unknown>,
    readonly buffer: BoundedBuffer<unknown>,
  ) {}

  /** All who watch the consumer. */
  get watchers(): Watchers {
    const { chain } = this.stage;
    const { watcher } = chain;
    const watchers = watcher instanceof Watchers ? watcher : new Watchers(this.consumer, this.buffer);
    chain.watcher = watchers;
    return watchers;
  }

  /** How many values are inside the native operators below. */
  get inFlight(): number {
    return this.stage.downstream?.inFlight ?? 0;
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
    return this.inside > 0 || sources.length > 0 ? 'stalled' : 'idle';
  }
}

/** All who watch one consumer. There is one for each, however many of them come and go, as inner Observables do. */
export class Watchers extends Set<Watcher> {
  /** What the consumer has asked for since it is watched. */
  requested = 0;

  constructor(consumer: DemandSubscriber<unknown>, buffer: BoundedBuffer<unknown>) {
    super();
    const { fail } = consumer;
    consumer.fail = (error) => {
      for (const watcher of this) watcher.failed(error);
      fail.call(consumer, error);
    };
    const { onDrop } = buffer;
    let last = buffer.lastDropped;
    buffer.onDrop = (value, reason) => {
      for (const watcher of this) watcher.dropped(reason, buffer.lastDropped === last);
      last = buffer.lastDropped;
      onDrop?.call(buffer, value, reason);
    };
  }

  changing(): void {
    for (const watcher of this) watcher.changing();
  }
}
