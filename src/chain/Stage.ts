import { Subscriber, Subscription, type TeardownLogic } from 'rxjs';
import type { Chain } from './Chain.js';
import { feeds } from './destination.js';
import type { Source } from './Source.js';

const STAGE = Symbol('stage');

/** A Subscriber bears its stage, so that finding it costs nothing and leaves nothing behind. */
type Watched = Subscriber<unknown> & { [STAGE]?: Stage };

/** The stage of a Subscriber whose chain ends in a `DemandSubscriber`; none for any other. */
export function stageOf(subscriber: unknown): Stage | undefined {
  if (subscriber instanceof Subscriber) {
    const watched: Watched = subscriber;
    return watched[STAGE];
  }
  return undefined;
}

/**
 * One native operator on the way to the consumer: values enter it at `subscriber` and leave it at
 * `downstream.subscriber`. The stage of the `DemandSubscriber` itself is the root, with no downstream.
 */
export class Stage {
  /** The operators that lead here. */
  readonly upstream = new Set<Stage>();
  /** The last visit that came here. */
  visit = 0;
  /** The operator that leads here and is at work on an item. */
  active: Stage | undefined;
  /** Whose items are inside this operator, oldest first. */
  readonly #held: Source[] = [];
  /** Work that items left behind in the operators that lead here: which operator each piece belongs to. */
  readonly #work = new Map<Subscription, Stage>();
  /** How many live pieces of work belong to this operator. */
  #working = 0;
  /** The operator above whose work has completed in this turn: what is added next goes on with it (`concatMap`). */
  #freed: Stage | undefined;
  /** Whether it ended by itself. Work that an operator gives up (`throttle`) is not gone on with. */
  private completed = false;
  /** How many Observables of ours are being subscribed to with `subscriber` right now. */
  subscribing = 0;
  /** `true` for the entry of a demand source into an operator that may hold its items for other sources (`zip`). */
  #joins = false;

  constructor(
    readonly chain: Chain,
    readonly subscriber: Watched,
    readonly downstream?: Stage,
  ) {
    subscriber[STAGE] = this;
    if (downstream !== undefined) {
      downstream.upstream.add(this);
      const { add, remove, complete } = subscriber;
      subscriber.add = (teardown) => {
        add.call(subscriber, teardown);
        this.added(teardown);
      };
      subscriber.remove = (teardown) => {
        remove.call(subscriber, teardown);
        this.removed(teardown);
      };
      subscriber.complete = () => {
        this.completed = true;
        complete.call(subscriber);
      };
      if (chain.tracing) {
        this.trace();
      }
    }
  }

  /** Whether an item of which nothing leaves is kept here rather than swallowed. */
  get holds(): boolean {
    return this.#working > 0 || this.#joins;
  }

  /**
   * Sees what RxJS adds to `subscriber`: the Subscriber of the operator above, work that an item left behind, or, at the
   * end of `subscribe`, what releases the source. Answers whether it was an operator's Subscriber.
   */
  added(teardown: TeardownLogic): boolean {
    if (!(teardown instanceof Subscription) || teardown === this.subscriber) {
      // A second Observable was subscribed to with this subscriber (`defer`): it is not the entry of a join.
      this.#joins &&= this.subscribing > 0;
    } else if (this.#freed !== undefined) {
      this.take(teardown);
    } else {
      this.chain.leftBehind(teardown, this);
    }
    const operator = teardown instanceof Subscriber && feeds(teardown, this.subscriber);
    if (operator && !teardown.closed && stageOf(teardown) === undefined) {
      new Stage(this.chain, teardown, this);
    }
    return operator;
  }

  removed(teardown: TeardownLogic): void {
    const stage = stageOf(teardown);
    if (stage !== undefined && this.upstream.delete(stage)) {
      stage.#release(Infinity);
      this.#releaseDeadlock();
    }
    if (teardown instanceof Subscription) {
      const owner = this.#work.get(teardown);
      if (owner !== undefined) {
        this.#work.delete(teardown);
        owner.#working--;
        owner.#release(1);
        this.#freed = stage?.completed === true ? owner : undefined;
        this.chain.settleLater(owner, this);
      }
    }
  }

  /** An Observable of ours was subscribed to: as the `entry` into an operator that others may feed, if our stretch ends here. */
  subscribed(entry: boolean): void {
    this.subscribing--;
    if (entry) {
      this.#joins = true;
      this.chain.startTracing();
    }
    this.chain.pump();
  }

  /** Takes `work` that was added here for work of an operator that leads here, and answers which. */
  take(work: Subscription): Stage | undefined {
    const operator = this.active ?? this.#freed ?? this.upstream.values().next().value;
    this.#freed = undefined;
    // The Subscriber of that operator may itself have been made for the item, and work may have ended at once.
    if (operator === undefined || operator.subscriber === work || work.closed) {
      return undefined;
    }
    this.#work.set(work, operator);
    operator.#working++;
    return operator;
  }

  hold(source: Source): void {
    this.#held.push(source);
    source.inFlight++;
    if (this.downstream !== undefined) {
      this.downstream.#releaseDeadlock();
    }
  }

  /** The turn is over. Where no work is left and nothing took its place, what is still held was swallowed. */
  settle(): void {
    this.#freed = undefined;
    if (!this.holds) {
      this.#release(Infinity);
    }
  }

  /** From now on, this stage and those above see each item that passes. */
  trace(): void {
    const { chain, subscriber, downstream } = this;
    if (downstream !== undefined) {
      const next: (value: unknown) => void = subscriber.next;
      subscriber.next = (value: unknown) => chain.pass(this, downstream, next, value);
    }
    for (const stage of this.upstream) {
      stage.trace();
    }
  }

  /** An output of the join that leads here used up one item of every branch but the one that brought the latest. */
  releaseJoins(): void {
    for (const branch of this.upstream) {
      if (branch.#joins && branch !== this.active) {
        branch.#release(1);
      }
    }
  }

  /** Whose item appears here by itself: it left an operator above, or is the output of work left behind further down. */
  owner(): Source | undefined {
    for (const branch of this.upstream) {
      if (branch.#held.length > 0) {
        return branch.#held[0];
      }
    }
    for (let stage: Stage = this; stage.downstream !== undefined; stage = stage.downstream) {
      const operator = stage.downstream.#work.get(stage.subscriber);
      if (operator !== undefined) {
        return operator.#held[0];
      }
    }
    return undefined;
  }

  /** Where every branch is held at the window, and no work goes on, they wait for each other's ending (`forkJoin`). */
  #releaseDeadlock(): void {
    for (const branch of this.upstream) {
      if (!branch.#joins || branch.#working > 0 || branch.#held.length < this.chain.window) {
        return;
      }
    }
    for (const branch of this.upstream) {
      branch.#release(Infinity);
    }
    this.chain.settleLater();
  }

  /** The oldest items inside have left, have ended or were swallowed. */
  #release(items: number): void {
    for (const source of this.#held.splice(0, items)) {
      source.inFlight--;
    }
  }
}
