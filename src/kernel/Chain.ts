import { asapScheduler, asyncScheduler, type Subscriber, type Subscription } from 'rxjs';
import type { Source } from './Source.js';
import { Stage } from './Stage.js';

/** After so many items in a row of which nothing came out, the event loop gets a turn. */
const SILENT_ITEMS = 8192;

/** What the chain needs to know of the consumer's account. */
interface Account {
  readonly requested: number;
  readonly draining: boolean;
  readonly buffer: { slack: number };
}

/**
 * The native operators between demand sources and one `DemandSubscriber`: knows which item came out, which was left
 * behind in flight and in which operator, and asks the sources for what may be drawn.
 */
export class Chain {
  readonly root: Stage;
  readonly sources: Source[] = [];
  /** How many values have come out at the consumer. */
  arrived = 0;
  /** `true` once the chain is subscribed from end to end; before that nothing is drawn. */
  private standing = false;
  /** Visits on the stack: a visit is one item making its way from a source, or from an operator that held it. */
  private visits = 0;
  private pumping = false;
  private closed = false;
  /** Whose item is visiting; undefined for an item of a source that knows no demand. */
  private visitor: Source | undefined;
  /** The last stage that the visiting item has reached, as far as `tracing` shows. */
  private deepest: Stage;
  /** Whether every stage reports the items that reach it. Switched on by the first work left behind, or the first join. */
  private tracing = false;
  /** Work added in the running visits, and the stage it was added to. */
  private readonly fresh: { readonly work: Subscription; readonly at: Stage }[] = [];
  /** Which operator each live piece of work belongs to. */
  private readonly work = new Map<Subscription, Stage>();
  private readonly watched = new Set<Stage>();
  /** Stages that lost work since the last turn. */
  private readonly settling = new Set<Stage>();
  private silent = 0;
  private turn: Subscription | undefined;
  private pause: Subscription | undefined;
  private round = 0;

  constructor(
    consumer: Subscriber<never>,
    readonly drain: Account,
    readonly window: number,
  ) {
    this.root = new Stage(this, consumer);
    this.deepest = this.root;
  }

  /** A subscription made with the consumer has returned: if it brought a source, the chain above that source stands. */
  stand(): void {
    if (this.sources.length > 0) {
      this.standing = true;
      this.pump();
    }
  }

  joined(source: Source): void {
    this.sources.push(source);
    if (!this.standing) {
      // A source that joins long after the subscription (`timer(5).pipe(mergeMap(() => source$))`) is drawn from as soon
      // as what is on the stack has finished.
      this.pumpLater();
    }
    // What demand sources have in flight may come out when nothing is requested any more: it was asked for.
    this.drain.buffer.slack = Math.max(this.drain.buffer.slack, this.sources.length * this.window);
  }

  /** Asks the sources, in turn, for what may be drawn, until none may give more. */
  pump(): void {
    if (this.pumping || this.visits > 0 || !this.standing || this.drain.draining || this.pause !== undefined) {
      return;
    }
    this.pumping = true;
    try {
      for (let idle = 0; idle < this.sources.length && !this.closed; ) {
        this.round = (this.round + 1) % this.sources.length;
        const source = this.sources[this.round];
        idle = source?.draw() === true ? 0 : idle + 1;
        if (this.silent >= SILENT_ITEMS) {
          this.yieldToEventLoop();
          return;
        }
      }
    } finally {
      this.pumping = false;
    }
  }

  /** Pumps once the operator that is on the stack has finished: pumping inside it would meet it half way. */
  pumpLater(): void {
    if (this.turn === undefined && !this.closed && this.sources.length > 0) {
      this.turn = asapScheduler.schedule(() => {
        this.turn = undefined;
        this.standing = true;
        for (const stage of this.settling) {
          stage.freed = undefined;
          // No work is left and nothing took its place: what is still held was swallowed.
          if (stage.work === 0 && !stage.joins) {
            stage.releaseAll();
          }
        }
        this.settling.clear();
        this.pump();
      });
    }
  }

  /** Sends one item of `source` through the native operators, and finds out what became of it. */
  deliver<T>(source: Source, subscriber: Subscriber<T>, value: T): void {
    this.visit(source.stage, source, subscriber, value);
    this.pump();
  }

  /** Hands one item to the consumer itself: there is no operator between. */
  deliverDirect<T>(subscriber: Subscriber<T>, value: T): void {
    this.visits++;
    try {
      subscriber.next(value);
    } finally {
      this.visits--;
    }
    this.pump();
  }

  /** A value came out at the consumer. */
  arrive(): void {
    this.arrived++;
    this.silent = 0;
    if (this.tracing) {
      this.releaseJoins(this.root);
    }
  }

  /** The consumer has had its value. Where an operator let that out by itself, what was requested is served later. */
  handed(): void {
    if (this.visits === 0 && !this.pumping && this.drain.requested > 0) {
      this.pumpLater();
    }
  }

  watch(subscriber: Subscriber<never>, downstream: Stage): void {
    const stage = new Stage(this, subscriber, downstream);
    this.watched.add(stage);
    if (this.tracing) {
      this.trace(stage);
    }
  }

  unwatch(stage: Stage): void {
    this.watched.delete(stage);
    stage.releaseAll();
    if (stage.downstream !== undefined) {
      this.releaseDeadlock(stage.downstream);
    }
  }

  /** The subscriber of `stage` is where a demand source enters an operator that may hold items for other sources. */
  join(stage: Stage): void {
    stage.joins = true;
    this.startTracing();
  }

  workAdded(work: Subscription, at: Stage): void {
    if (this.visits > 0) {
      if (!this.tracing) {
        this.deepest = this.operatorInto(at);
        this.startTracing();
      }
      this.fresh.push({ work, at });
    } else if (at.freed !== undefined) {
      this.own(work, at.freed);
      at.freed = undefined;
    }
  }

  workRemoved(work: Subscription, at: Stage): void {
    const owner = this.work.get(work);
    if (owner !== undefined) {
      this.work.delete(work);
      owner.work--;
      owner.release();
      at.freed = owner;
      this.settling.add(owner).add(at);
      this.pumpLater();
    } else if (this.visits > 0) {
      const index = this.fresh.findIndex((added) => added.work === work);
      if (index >= 0) {
        this.fresh.splice(index, 1);
      }
    }
  }

  close(): void {
    this.closed = true;
    this.turn?.unsubscribe();
    this.pause?.unsubscribe();
    this.work.clear();
    this.watched.clear();
    this.settling.clear();
    this.sources.length = 0;
  }

  private visit<T>(stage: Stage, visitor: Source | undefined, subscriber: Pick<Subscriber<T>, 'next'>, value: T): void {
    const { arrived, visitor: outer, deepest } = this;
    const before = this.fresh.length;
    this.visits++;
    this.visitor = visitor;
    this.deepest = stage;
    try {
      subscriber.next(value);
    } finally {
      this.visits--;
      if (this.arrived !== arrived) {
        // It came out: whatever it left behind does not keep it in flight.
        this.fresh.length = before;
      } else {
        this.settle(before);
      }
      this.visitor = outer;
      this.deepest = deepest;
    }
  }

  /** Nothing came out of a visit: the item is in flight, held by a join, or swallowed in the operator it reached last. */
  private settle(before: number): void {
    const last = this.deepest;
    for (const { work, at } of this.fresh.splice(before)) {
      // Work added elsewhere is inside this work, or belongs to an operator that let the item pass.
      if (at === last.downstream) {
        this.own(work, last);
      }
    }
    if (this.visitor !== undefined && (last.work > 0 || last.joins)) {
      last.hold(this.visitor);
      if (last.downstream !== undefined) {
        this.releaseDeadlock(last.downstream);
      }
    } else {
      this.silent++;
    }
  }

  private own(work: Subscription, stage: Stage): void {
    this.work.set(work, stage);
    stage.work++;
  }

  /** The operator that leads into `at`, on the way of the visiting item. */
  private operatorInto(at: Stage): Stage {
    let candidate: Stage | undefined = this.deepest;
    while (candidate !== undefined && candidate.downstream !== at) {
      candidate = candidate.downstream;
    }
    return candidate ?? this.deepest;
  }

  private startTracing(): void {
    if (!this.tracing) {
      this.tracing = true;
      for (const stage of this.watched) {
        this.trace(stage);
      }
    }
  }

  private trace(stage: Stage): void {
    const { subscriber } = stage;
    const next: (value: never) => void = subscriber.next;
    const entered = { next: (value: never) => next.call(subscriber, value) };
    subscriber.next = (value: never) => {
      this.releaseJoins(stage);
      if (this.visits > 0) {
        this.deepest = stage;
        entered.next(value);
      } else {
        // An item that some operator held comes on by itself: it still belongs to the source it came from.
        this.visit(stage, this.ownerOf(stage), entered, value);
        this.pumpLater();
      }
    };
  }

  /** An output of the join into `stage` used up one item of every branch but the one that brought the latest. */
  private releaseJoins(stage: Stage): void {
    for (const branch of stage.upstream) {
      if (branch.joins && branch !== this.deepest) {
        branch.release();
      }
    }
  }

  /** Where every branch into `stage` is held at the window, no other item can ever come: they wait for an ending. */
  private releaseDeadlock(stage: Stage): void {
    for (const branch of stage.upstream) {
      if (!branch.joins || branch.held.length < this.window) {
        return;
      }
    }
    for (const branch of stage.upstream) {
      branch.releaseAll();
    }
    this.pumpLater();
  }

  /** Whose item appears at `stage` by itself: it left an operator above, or is the output of work left behind there. */
  private ownerOf(stage: Stage): Source | undefined {
    for (const branch of stage.upstream) {
      if (branch.held[0] !== undefined) {
        return branch.held[0];
      }
    }
    let operator: Stage | undefined;
    for (let at: Stage | undefined = stage; at !== undefined && operator === undefined; at = at.downstream) {
      operator = this.work.get(at.subscriber);
    }
    return operator?.held[0];
  }

  private yieldToEventLoop(): void {
    this.silent = 0;
    this.pause = asyncScheduler.schedule(() => {
      this.pause = undefined;
      this.pump();
    }, 1);
  }
}
