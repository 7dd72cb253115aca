import { Subscriber, Subscription, type TeardownLogic } from 'rxjs';
import type { Chain } from './Chain.js';
import { feeds } from './destination.js';

const STAGE = Symbol('stage');

/** A Subscriber bears its stage, so that finding it costs nothing and leaves nothing behind. */
type Watched = Subscriber<unknown> & { [STAGE]?: Stage };

/** The stage of a Subscriber whose chain ends in a `DemandSubscriber`; none for any other. */
export function stageOf(subscriber: unknown): Stage | undefined {
  const watched: Watched | undefined = subscriber instanceof Subscriber ? subscriber : undefined;
  return watched?.[STAGE];
}

/**
 * A value that comes in at the top of the chain, and not from a source of ours: what such values leave behind is work like any
 * other, so all values are seen from here on.
 */
function foreign(this: Watched, value: unknown): void {
  const stage = this[STAGE];
  // Who has put something before us calls us from there.
  const next: (value: unknown) => void = Object.getPrototypeOf(this).next;
  const wrapped = this.next !== foreign;
  stage?.begin();
  (wrapped ? next : this.next).call(this, value);
}

/**
 * One Subscriber on the way to the consumer, between the operator whose values come in here and the one they enter. The
 * stage of the `DemandSubscriber` itself is the root, with nothing downstream.
 */
export class Stage {
  /** The entries into the operator whose values come in here: its own Subscriber, and those of its inner Observables. */
  readonly upstream = new Set<Stage>();
  /** What items left behind in that operator, and has not ended: inner Subscribers and scheduled actions. */
  readonly work = new Set<Subscription>();
  /** When the last value came in, counted in values; 0 before the first. */
  entered = 0;
  /** Where each item counts that entered the operator below here and is still inside, oldest first: here or in what it opened. */
  readonly #held: Stage[] = [];
  /** The entry that went last: where its source has ended, its items may still be at work. */
  #past: Stage | undefined;
  /** How many items count here. */
  #items = 0;
  /** Work has completed in this turn: what is added next goes on with it (`concatMap`). */
  #freed = false;
  /** Whether it ended by itself. With work that an operator gives up (`throttle`, `switchMap`) it gives up its items. */
  private completed = false;
  /** How many Observables of ours are being subscribed to with `subscriber` right now. */
  subscribing = 0;
  /** A value that came in here is on the stack. */
  active = false;
  /**
   * `true` for the entry of a demand source into an operator that may hold its items for other sources (`zip`). What is subscribed to
   * with `subscriber` first tells: who comes later (`subscribeOn`, `catchError`) takes the place of an operator in line.
   */
  #joins: boolean | undefined;
  /**
   * How many entries there were when the operator whose values come in here added what clears its buffers, as `zip` does before its
   * branches, and how many Observables of ours were being subscribed to.
   */
  #before = Infinity;
  #depth = 0;
  /** `false` while an item on the stack makes us be subscribed with: what that adds are branches, and no work. */
  #ready = false;

  /** When it was made, counted in values. */
  readonly #born: number;

  constructor(
    readonly chain: Chain,
    readonly subscriber: Watched,
    readonly downstream?: Stage,
  ) {
    subscriber[STAGE] = this;
    if (downstream !== undefined) {
      downstream.upstream.add(this);
      // What was piped onto a source of ours meanwhile is no branch: who subscribed had something to release.
      if (downstream.subscribing !== downstream.#depth) {
        downstream.#before = Infinity;
      }
      if (downstream.#buffers) {
        chain.startTracing();
      }
      downstream.feed();
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
      } else {
        subscriber.next = foreign;
      }
    }
    this.#born = chain.now;
  }

  /**
   * The first value that comes in here is of no source of ours. If an item on the stack made us be subscribed with, it comes while
   * the stretch below is being subscribed, and what it leaves behind there is no branch.
   */
  begin(): void {
    const { chain, downstream } = this;
    this.feed();
    if (chain.visits === 0 || (downstream !== undefined && !downstream.#ready)) {
      chain.startTracing();
    }
  }

  /** Values come in from an operator or a source that is known. */
  feed(): void {
    if (this.subscriber.next === foreign) {
      this.subscriber.next = Object.getPrototypeOf(this.subscriber).next;
    }
  }

  /** How many items are inside the operator below here. */
  get held(): number {
    return this.#held.length;
  }

  /**
   * How many items are inside the operators that a value which comes in here has before it. A source that ends leaves its items
   * behind: they count for who brought it, and who follows it, as those stand behind the same operators.
   */
  get inFlight(): number {
    let items = 0;
    // Before the first work is left behind, or the first join, nothing can be held.
    let stage: Stage | undefined = this.chain.tracing ? this : undefined;
    for (; stage !== undefined; stage = stage.downstream) {
      items += stage.#items;
    }
    return items;
  }

  /** Whether an item that entered the operator `below` and did not leave it is kept there rather than swallowed. */
  keeps(below: Stage): boolean {
    return below.work.size > 0 || this.#joins === true || below.#buffers;
  }

  /** Whether the operator whose values come in here keeps what one source is ahead of another (`zip`). */
  get #buffers(): boolean {
    return this.upstream.size > this.#before + 1;
  }

  /**
   * Sees what RxJS adds to `subscriber`: the Subscriber of the operator above, work that an item left behind in that
   * operator, or, at the end of `subscribe`, what releases the source. Answers whether it was an operator's Subscriber.
   */
  added(teardown: TeardownLogic): boolean {
    this.#ready ||= !this.chain.inside || this.#entering();
    if (!(teardown instanceof Subscription) || teardown === this.subscriber) {
      this.#learnFrom(teardown);
      return false;
    }
    const operator = teardown instanceof Subscriber && feeds(teardown, this.subscriber);
    if (!teardown.closed && stageOf(teardown)?.downstream !== this) {
      // The first to be added is the operator itself, also once more (`repeat`); what goes on with ended work is work.
      if (this.#ready && (this.#freed || (this.upstream.size > 0 && this.chain.visits > 0))) {
        this.work.add(teardown);
        this.chain.leftBehind(teardown, this, operator || this.#freed);
        this.#freed = false;
      }
      if (operator) {
        new Stage(this.chain, teardown, this);
      }
    }
    return operator;
  }

  /** Whether a value that came into the operator above is on the stack. */
  #entering(): boolean {
    for (const entry of this.upstream) {
      if (entry.active) {
        return true;
      }
    }
    return false;
  }

  /** What was added is neither an operator's Subscriber nor work, but tells of the operator. */
  #learnFrom(teardown: TeardownLogic): void {
    // A second Observable was subscribed to with this subscriber (`defer`): it is not the entry of a join.
    if (this.#joins && this.subscribing === 0) {
      this.#joins = false;
      this.chain.settleLater(this.downstream);
    }
    if (typeof teardown === 'function' && !this.#buffers) {
      this.#before = this.upstream.size;
      this.#depth = this.subscribing;
    }
    this.#ready ||= this.upstream.size > 0;
  }

  removed(teardown: TeardownLogic): void {
    const stage = stageOf(teardown);
    if (stage !== undefined && this.upstream.delete(stage)) {
      this.#gone(stage);
    }
    if (teardown instanceof Subscription && this.work.delete(teardown)) {
      // What came and went with the item on the stack had no place yet. Given up, it takes all with it.
      if (stage === undefined || !this.chain.isNew(stage.#born)) {
        this.#holder?.release(stage?.completed === false ? Infinity : 1);
      }
      this.#freed = true;
      this.chain.settleLater(this);
    }
  }

  #gone(entry: Stage): void {
    const { held } = entry;
    entry.release(Infinity);
    if (entry.completed && !this.work.has(entry.subscriber)) {
      this.#past = entry;
      // They are still at work, but count for nobody who could be drawn from.
      for (let i = 0; i < held; i++) {
        entry.#count(entry);
      }
    }
    this.releaseDeadlock();
  }

  /** An Observable of ours was subscribed to: as the `entry` into an operator that others may feed, if our stretch ends here. */
  subscribed(entry: boolean): void {
    this.subscribing--;
    this.#joins ??= this.subscribing === 0 ? entry : undefined;
    if (this.#joins) {
      this.chain.startTracing();
    }
  }

  /** Whether `stage` stands inside work that items which came in here left behind (`groupBy`: the group that one opened). */
  opened(stage: Stage): boolean {
    return !this.active && this.downstream?.work.has(stage.#lastAbove(this.downstream).subscriber) === true;
  }

  /** The last on the way from here that stands above `below` or, where the way does not lead there (into a group), above what follows. */
  #lastAbove(below: Stage): Stage {
    let last: Stage = this;
    while (last.downstream !== undefined && last.downstream !== below) {
      last = last.downstream;
    }
    return last.downstream !== undefined || below.downstream === undefined
      ? last
      : this.#lastAbove(below.downstream);
  }

  /** Where an item that came from here counts while it is in the operator that leads to `below`. */
  accountAbove(below: Stage): Stage {
    return this.chain === below.chain ? this.#lastAbove(below) : this;
  }

  hold(origin: Stage): void {
    // An inner Subscriber that has ended meanwhile has nothing more to say of its items.
    if (this.downstream?.upstream.has(this)) {
      this.#count(origin.accountAbove(this.downstream));
      this.downstream.releaseDeadlock();
    }
  }

  /** The turn is over. Where no work is left and nothing took its place, what is still held was swallowed. */
  settle(): void {
    this.#freed = false;
    for (const entry of this.upstream) {
      if (!entry.keeps(this)) {
        entry.release(Infinity);
      }
    }
  }

  /** From now on, this stage and those above see each value that comes in. */
  trace(): void {
    const { chain, subscriber, downstream } = this;
    if (downstream !== undefined) {
      this.feed();
      const next: (value: unknown) => void = subscriber.next;
      subscriber.next = (value: unknown) => chain.pass(this, downstream, next, value);
    }
    for (const entry of this.upstream) {
      entry.trace();
    }
  }

  /** An output of the operator above used up one item of every branch of a join. */
  releaseJoins(): void {
    for (const branch of this.upstream) {
      if (branch.#held.length > 0 && (branch.#joins || (this.#buffers && this.work.size === 0))) {
        branch.release(1);
      }
    }
  }

  /** Where an item counts that comes in here by itself: it left the operator above, or work left behind further down. */
  owner(): Stage | undefined {
    let holder = this.#holder;
    let { subscriber, downstream }: Pick<Stage, 'subscriber' | 'downstream'> = this;
    while (holder === undefined && downstream !== undefined) {
      holder = downstream.work.has(subscriber) ? downstream.#holder : undefined;
      ({ subscriber, downstream } = downstream);
    }
    return holder === undefined ? undefined : holder.#held[0];
  }

  /** Where the operator above holds items, if it does. */
  get #holder(): Stage | undefined {
    for (const entry of this.upstream) {
      if (entry.#held.length > 0) {
        return entry;
      }
    }
    return this.#past?.held ? this.#past : undefined;
  }

  /**
   * Nothing in the operator above will let an item out: every inner Observable at work is held at the window, and its items
   * wait for its own ending (`expand` with a limit), or without work every branch has an item inside (`forkJoin`).
   */
  releaseDeadlock(): void {
    const working = this.work.size > 0;
    for (const work of this.work) {
      if ((stageOf(work)?.held ?? 0) < this.chain.window) {
        return;
      }
    }
    for (const branch of this.upstream) {
      if (!working && (!branch.#joins || branch.held === 0)) {
        return;
      }
    }
    for (const branch of this.upstream) {
      if (!working || this.work.has(branch.subscriber)) {
        branch.release(Infinity);
      }
    }
    this.chain.settleLater();
  }

  /** An item from another chain waits here, in an operator of ours that was subscribed to inside that chain. */
  keep(account: Stage): void {
    if (account.chain !== this.chain) {
      this.#count(account);
    }
  }

  #count(account: Stage): void {
    this.#held.push(account);
    account.#items++;
    account.chain.held++;
  }

  /** The oldest items inside have left, have ended or were swallowed. */
  release(items: number): void {
    this.chain.watcher?.changing();
    for (const account of this.#held.splice(0, items)) {
      account.#items--;
      account.chain.held--;
      if (account.chain !== this.chain) {
        account.chain.settleLater();
      }
    }
  }
}
