import { Subscriber, Subscription, type TeardownLogic } from 'rxjs';
import type { Chain } from './Chain.js';
import { feeds } from './destination.js';
import type { Source } from './Source.js';

const stages = new WeakMap<Subscriber<never>, Stage>();

/** The stage of a Subscriber whose chain ends in a `DemandSubscriber`; none for any other. */
export function stageOf(subscriber: unknown): Stage | undefined {
  return subscriber instanceof Subscriber ? stages.get(subscriber) : undefined;
}

/**
 * One native operator on the way to the consumer: values enter it at `subscriber` and leave it at
 * `downstream.subscriber`. The stage of the `DemandSubscriber` itself is the root, with no downstream.
 */
export class Stage {
  /** Whose items are inside this operator, oldest first. */
  readonly held: Source[] = [];
  /** Live pieces of work (inner subscriptions, scheduled actions) that items left behind in this operator. */
  work = 0;
  /** `true` for the entry of a demand source into an operator that may hold its items for other sources (`zip`). */
  joins = false;
  /** The stages that feed this one. */
  readonly upstream = new Set<Stage>();
  /** How many Observables of ours are being subscribed to with `subscriber` right now. */
  subscribing = 0;
  /** The stage above that lost a piece of work in this turn: what is added next continues it (`concatMap`). */
  freed: Stage | undefined;

  constructor(
    readonly chain: Chain,
    readonly subscriber: Subscriber<never>,
    readonly downstream?: Stage,
  ) {
    stages.set(subscriber, this);
    downstream?.upstream.add(this);
    if (downstream !== undefined) {
      const { add, remove } = subscriber;
      subscriber.add = (teardown) => {
        add.call(subscriber, teardown);
        this.added(teardown);
      };
      subscriber.remove = (teardown) => {
        remove.call(subscriber, teardown);
        this.removed(teardown);
      };
    }
  }

  /**
   * Sees what RxJS adds to `subscriber`: the Subscriber of the operator above, work that an item left behind, or, at the
   * end of `subscribe`, what releases the source. Answers whether it was an operator's Subscriber.
   */
  added(teardown: TeardownLogic): boolean {
    const operator = teardown instanceof Subscriber && feeds(teardown, this.subscriber);
    if (operator) {
      this.chain.watch(teardown, this);
    }
    if (teardown instanceof Subscription && teardown !== this.subscriber) {
      if (!teardown.closed) {
        this.chain.workAdded(teardown, this);
      }
    } else if (this.subscribing === 0) {
      // A second Observable was subscribed to with this subscriber (`defer`): it is not the entry of a join.
      this.joins = false;
    }
    return operator;
  }

  removed(teardown: TeardownLogic): void {
    const stage = stageOf(teardown);
    if (stage !== undefined && this.upstream.delete(stage)) {
      this.chain.unwatch(stage);
    }
    if (teardown instanceof Subscription) {
      this.chain.workRemoved(teardown, this);
    }
  }

  hold(source: Source): void {
    this.held.push(source);
    source.inFlight++;
  }

  /** The oldest item inside has left or ended. */
  release(): void {
    const source = this.held.shift();
    if (source !== undefined) {
      source.inFlight--;
    }
  }

  releaseAll(): void {
    while (this.held.length > 0) {
      this.release();
    }
  }
}
