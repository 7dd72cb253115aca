import { asapScheduler, asyncScheduler, type SchedulerLike, type Subscriber, type Subscription } from 'rxjs';
import type { Cursor } from '../protocol/Cursor.js';
import type { Source } from './Source.js';
import { Stage, stageOf } from './Stage.js';

/** After so many items in a row of which nothing came out, the event loop gets a turn. */
const SILENT_ITEMS = 8192;

/** A window so small that every place counts. */
const FEW_PLACES = 4;

/** The earliest plausible reading of a real clock, in ms; virtual time begins at 0. */
const REAL_TIME = 1e12;

/** What the chain needs to know of the consumer's account. */
interface Account {
  /** How much may be asked for. */
  readonly wanted: number;
  /** How much of that is for the consumer, and not to wait. */
  readonly requested: number;
  readonly draining: boolean;
  readonly buffer: { readonly size: number };
  /** For how many values there is room when nothing is requested. */
  slack: number;
}

/**
 * The native operators between demand sources and one `DemandSubscriber`: asks the sources for what may be drawn, and
 * sees what becomes of it.
 */
export class Chain {
  readonly root: Stage;
  /** Whether every stage sees the items that pass it: from the first work left behind, or the first join, on. */
  tracing: boolean;
  /** In the order of their turns: who was drawn from, or joined, longest ago comes first. */
  readonly sources: Source[] = [];
  /** Is told that demand, or what an operator holds, is about to change; sees all that the consumer asks for. */
  watcher: { requested: number; changing(): void } | undefined;
  /** `true` once the chain is subscribed from end to end; before that nothing is drawn. */
  standing = false;
  /** While `true` nothing is drawn either: what else feeds the chain below, as this one does, is still being subscribed to. */
  opening = false;
  /** Operators of ours, which subscribe to something when the chain stands, and have not yet: all do before any source is drawn from. */
  readonly unopened: Source[] = [];
  #pumping = false;
  /** Counts how often all sources were asked in turn. */
  #round = 0;
  /** Items on the stack, on their way from a source or from an operator that held them; only the chain counts them. */
  visits = 0;
  /** Where an operator of ours goes on of which this is the upper half, if that was subscribed to inside a chain that stood. */
  #below: Stage | undefined;
  /** How many values may come before that operator is asked for the first time, as the chain below wants them. */
  #early = 0;
  /** How many items are inside operators. */
  held = 0;
  /** How many values have come in at stages, while tracing. */
  #entries = 0;
  /** How many had when the item on the stack began its way. */
  #start = 0;
  /** How many values have come out at the consumer. */
  #arrived = 0;
  /** Where the way of that item began; undefined for an item of a source that knows no demand. */
  #origin: Stage | undefined;
  /** Whether that item came in, or went on by itself, while none was on the stack of the chain below. */
  #apart = false;
  /** The operator that holds that item, as far as it shows: the last one that says so. */
  #resting: Stage | undefined;
  /** Work that the items on the stack left behind, for as long as it shows whether it lasts, and where. */
  readonly #fresh: { readonly work: Subscription; readonly at: Stage }[] = [];
  /** How many items in a row came to nothing. */
  #silent = 0;
  readonly #settling = new Set<Stage>();
  #turn: Subscription | undefined;
  /** The event loop has its turn. */
  #paused = false;

  constructor(
    private readonly consumer: Subscriber<unknown> & { begin(): void },
    readonly account: Account,
    readonly window: number,
  ) {
    // Where the first item that leaves work behind rests is a guess, which may cost a place: of a few there is none to lose.
    this.tracing = window < FEW_PLACES;
    this.root = new Stage(this, consumer);
  }

  join(source: Source): void {
    source.round = this.#round;
    this.sources.push(source);
    source.stage.feed();
    // What demand sources have in flight may come out when nothing is requested any more: it was asked for.
    this.account.slack = Math.max(this.account.slack, this.held + this.sources.length * this.window);
    // A source that joins after the subscription (`timer(5).pipe(mergeMap(() => source$))`) is drawn from as soon as what is
    // on the stack has finished: it may be the first of a join.
    this.settleLater();
  }

  /** Whether an item is on the stack, here or in the chain below. */
  get inside(): boolean {
    return this.visits > 0 || this.#below?.chain.inside === true;
  }

  /** What this chain feeds has been subscribed to at `stage` of a chain that stands; it will be asked at the end of the turn. */
  joinBelow(stage: Stage): void {
    this.#below = stage;
    this.opening = true;
    stage.chain.consumer.begin();
    this.#early = stage.chain.account.wanted;
  }

  /** Has been subscribed to, and what comes from now on is of an item that is on the stack below. */
  subscribed(): void {
    this.standing = true;
  }

  leave(source: Source): void {
    const place = this.sources.indexOf(source);
    if (place >= 0) {
      this.sources.splice(place, 1);
    }
  }

  /** A subscription made with the consumer has returned: if it brought a source, the chain above that source stands. */
  stand(): void {
    if (this.sources.length > 0) {
      this.standing = true;
      this.pump();
    }
  }

  /** Asks the sources, in turn, for what may be drawn, until none may give more. */
  pump(): void {
    this.#early = 0;
    this.#releaseBelow();
    if (this.#pumping || this.visits > 0 || !this.standing || this.account.draining || this.#paused) {
      return;
    }
    this.#pumping = true;
    try {
      while (this.unopened.length > 0) {
        this.unopened.shift()?.draw();
      }
      if (!this.opening) {
        this.#drawInTurn();
      }
    } finally {
      this.#pumping = false;
    }
    if (this.#silent >= SILENT_ITEMS && this.sources.length > 0) {
      this.#silent = 0;
      this.#paused = true;
      this.#turn?.unsubscribe();
      this.#schedule(asyncScheduler, 1);
    }
  }

  #drawInTurn(): void {
    let latest: number | undefined;
    do {
      this.#round++;
      for (const source of this.sources) {
        if (this.#silent < SILENT_ITEMS && source.draw()) {
          latest = source.round = this.#round;
        }
      }
    } while (latest === this.#round);
    if (latest !== undefined && this.sources.length > 1) {
      this.sources.sort((one, other) => one.round - other.round);
    }
  }

  /**
   * Pumps once the operator that is on the stack has finished: asked for more half way, it could lose it. By then it also
   * shows whether the work that ended has been taken up by other work.
   */
  settleLater(stage?: Stage): void {
    if (stage !== undefined) {
      this.#settling.add(stage);
    }
    if (this.#turn === undefined && this.sources.length > 0) {
      // In virtual time an interval: TestScheduler.run cannot bear that an immediate clears an interval of the same frame.
      this.#schedule(asapScheduler.now() < REAL_TIME ? asyncScheduler : asapScheduler);
    }
  }

  /**
   * Draws from `cursor` for as long as `source` may give more, or one item where others want their turn; answers whether
   * anything was drawn. What `visit` does for each item, this does around the loop.
   */
  pull<T>(source: Source, subscriber: Subscriber<T>, cursor: Cursor<T>): boolean {
    const { account, window } = this;
    let more = account.wanted > 0 && source.stage.inFlight < window;
    // The end of what has nothing more to give needs no demand.
    if (!more && (!cursor.ended || source.closed)) {
      return false;
    }
    this.visits++;
    this.#origin = source.stage;
    this.#apart = this.#below?.chain.inside === false;
    try {
      while (more) {
        if (!cursor.advance()) {
          source.complete();
          break;
        }
        const arrived = this.#arrived;
        this.#start = this.#entries;
        subscriber.next(cursor.current);
        more = account.wanted > 0 && !subscriber.closed && this.sources.length === 1;
        if (this.#arrived === arrived || this.#fresh.length > 0) {
          this.#visited(arrived);
          more &&= source.stage.inFlight < window && this.#silent < SILENT_ITEMS;
        }
      }
      if (cursor.ended && !source.closed) {
        source.complete();
      }
    } finally {
      this.visits--;
      this.#origin = undefined;
      // What the ending has left behind is of no item. To set the length of an empty array takes as long as all else here.
      this.#fresh.length &&= 0;
    }
    return true;
  }

  /** Sends one item on its way from `origin` to `subscriber`, by its `next`. */
  visit<T>(origin: Stage | undefined, subscriber: Subscriber<T>, next: (value: T) => void, value: T): void {
    const arrived = this.#arrived;
    const start = this.#start;
    const outer = this.#origin;
    const resting = this.#resting;
    const apart = this.#apart;
    this.#apart = this.#below?.chain.inside === false;
    this.#start = this.#entries;
    this.visits++;
    this.#origin = origin;
    this.#resting = undefined;
    try {
      next.call(subscriber, value);
      this.#visited(arrived);
    } finally {
      this.#start = start;
      this.visits--;
      this.#origin = outer;
      this.#apart = apart;
      this.#resting = resting;
    }
  }

  /** The source of `origin` completes: what that makes of its items was asked for, and what it leaves behind is of none. */
  end(origin: Stage, subscriber: Subscriber<unknown>): void {
    const complete = () => {
      const before = this.#fresh.length;
      subscriber.complete();
      this.#fresh.length = before;
      this.#resting = undefined;
    };
    this.visit(origin, subscriber, complete, undefined);
    this.settleLater();
  }

  /**
   * A value comes in at `stage`, and enters the operator between it and `below`. If nothing leaves that operator meanwhile,
   * and it has work or waits for other sources, it holds the item.
   */
  pass<T>(stage: Stage, below: Stage, next: (value: T) => void, value: T): void {
    // What comes out of here has the chain below draw the next item while it is on the stack.
    if (this.visits === 0 || (this.#apart && this.#below?.chain.inside)) {
      const origin = stage.owner() ?? this.#carried();
      this.visit(origin, stage.subscriber, stage.subscriber.next, value);
      this.settleLater();
      return;
    }
    this.reach(stage);
    const arrived = this.#arrived;
    const before = this.#fresh.length;
    const work = below.work.size;
    // Then this is not the item any more: it is the next window of `windowCount`.
    const passed = below.entered > this.#start;
    const entry = this.#enter(stage);
    const { active } = stage;
    stage.active = true;
    next.call(stage.subscriber, value);
    stage.active = active;
    const left = below.entered > entry;
    while (this.#fresh.length > before) {
      const timer = this.#fresh.pop();
      // An item that has left keeps nobody busy: a timer is set anew (`bufferTime`).
      if (left && timer !== undefined) {
        below.work.delete(timer.work);
      }
    }
    if (!passed && this.#arrived === arrived && (left ? below.work.size > work : stage.keeps(below))) {
      this.#resting = stage;
    }
  }

  /** A value comes out at the consumer. Answers whether another has before, of the same item of a demand source. */
  arrive(): boolean {
    this.#silent = 0;
    this.#arrived++;
    let asked = this.#origin !== undefined && (!this.tracing || this.root.entered > this.#start);
    if (this.#below !== undefined) {
      const { requested, buffer } = this.account;
      const origin = this.#origin ?? this.#carried();
      if (origin !== undefined && requested <= buffer.size) {
        this.root.keep(origin);
      }
      asked ||= this.#early > 0;
      this.#early--;
    }
    if (this.tracing) {
      this.#resting = undefined;
      this.#enter(this.root);
    }
    return asked;
  }

  /** The item on the stack goes on at `stage`, perhaps inside what it opened. */
  reach(stage: Stage): void {
    if (this.#resting?.opened(stage)) {
      this.#resting = undefined;
    }
  }

  /**
   * Where the item counts that comes in here from a chain below. What is on the stack of one further up may have come out there
   * already, and had this one drawn.
   */
  #carried(): Stage | undefined {
    let account: Stage | undefined;
    for (
      let below = this.standing ? this.#below : undefined;
      below !== undefined;
      below = below.chain.#below
    ) {
      const { chain } = below;
      if (chain.#origin !== undefined) {
        chain.reach(below);
        account = chain.#origin.accountAbove(below);
      }
    }
    return account;
  }

  /** What has left the operator of ours, or was dropped there, is not held in it any more. */
  #releaseBelow(waiting = this.account.buffer.size): void {
    if (this.root.held > waiting) {
      this.root.release(this.root.held - waiting);
    }
  }

  /** How many values have come in so far. */
  get now(): number {
    return this.#entries;
  }

  /** Whether what began then came with the item on the stack. */
  isNew(born: number): boolean {
    return this.visits > 0 && born > this.#start;
  }

  /** What stands above the consumer, along the first branch, as a sentence of an error. */
  describe(): string {
    let operators = -1;
    for (let stage: Stage | undefined = this.root; stage !== undefined; [stage] = stage.upstream) {
      operators++;
    }
    return ` Native operators above it: ${operators}; sources that honour demand: ${this.sources.length}.`;
  }

  startTracing(): void {
    if (!this.tracing) {
      this.tracing = true;
      this.root.trace();
    }
  }

  /** An item on the stack has left work behind in the operator that leads to `at`; `lasting` if whatever comes out. */
  leftBehind(work: Subscription, at: Stage, lasting: boolean): void {
    if (!lasting || !this.tracing) {
      this.#fresh.push({ work, at });
    }
  }

  close(): void {
    this.#turn?.unsubscribe();
    this.sources.length = 0;
    this.#releaseBelow(0);
  }

  #schedule(scheduler: SchedulerLike, delay?: number): void {
    this.#turn = scheduler.schedule(() => {
      this.#turn = undefined;
      this.#paused = false;
      this.standing = true;
      for (const stage of this.#settling) {
        stage.settle();
      }
      this.#settling.clear();
      this.pump();
    }, delay);
  }

  #enter(stage: Stage): number {
    stage.entered = ++this.#entries;
    if (this.held > 0 || this.#below !== undefined) {
      stage.releaseJoins();
    }
    return stage.entered;
  }

  /** An item has gone its way. Where it did not come out, it is held, or swallowed. */
  #visited(arrived: number): void {
    const out = this.#arrived > arrived;
    if (this.#fresh.length > 0) {
      this.#beginTracing(out);
    }
    if (!out) {
      this.#silent++;
      if (this.#origin !== undefined) {
        this.#resting?.hold(this.#origin);
      }
    }
    this.#resting = undefined;
  }

  /** The first item to leave work behind was not traced: it is held by the last operator that has some of it. */
  #beginTracing(out: boolean): void {
    for (const { work, at } of this.#fresh.splice(0)) {
      if (out && stageOf(work) === undefined) {
        at.work.delete(work);
      } else if (at.work.has(work)) {
        this.#resting = at.upstream.values().next().value;
        this.startTracing();
      }
    }
  }
}
