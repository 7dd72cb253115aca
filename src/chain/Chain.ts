import { asapScheduler, asyncScheduler, type SchedulerLike, type Subscriber, type Subscription } from 'rxjs';
import type { Cursor } from '../protocol/Cursor.js';
import type { Source } from './Source.js';
import { Stage, stageOf } from './Stage.js';

/** After so many items in a row of which nothing came out, the event loop gets a turn. */
const SILENT_ITEMS = 8192;

/** The earliest plausible reading of a real clock, in ms; virtual time begins at 0. */
const REAL_TIME = 1e12;

/** What the chain needs to know of the consumer's account. */
interface Account {
  readonly requested: number;
  readonly draining: boolean;
  readonly buffer: { slack: number };
}

/**
 * The native operators between demand sources and one `DemandSubscriber`: follows each item as far as it comes, and asks
 * the sources for what may be drawn.
 */
export class Chain {
  readonly root: Stage;
  /** The last stage that the visiting item has reached, as far as `tracing` shows. */
  deepest: Stage;
  /** Whether every stage reports the items that reach it: from the first work left behind, or the first join, on. */
  tracing: boolean;
  /** In the order of their turns. */
  readonly sources = new Set<Source>();
  /** `true` once the chain is subscribed from end to end; before that nothing is drawn. */
  #standing = false;
  #pumping = false;
  /** Visits on the stack: a visit is one item on its way from a source, or from an operator that held it. */
  #visits = 0;
  /** Whose item is visiting; undefined for an item of a source that knows no demand. */
  #visitor: Source | undefined;
  /** The operators that are at work on visiting items, the innermost last, as far as `tracing` shows. */
  readonly calls: Stage[] = [];
  /** Work left behind in the running visits, and at which stage. */
  readonly #fresh: { readonly work: Subscription; readonly at: Stage }[] = [];
  /** How many values have come out at the consumer. */
  #arrived = 0;
  /** How many items in a row came to nothing. */
  #silent = 0;
  readonly #settling = new Set<Stage>();
  #turn: Subscription | undefined;
  /** The event loop has its turn. */
  #paused = false;

  constructor(
    consumer: Subscriber<unknown>,
    readonly account: Account,
    readonly window: number,
  ) {
    // The first item to leave work behind is placed by a guess, which may cost a place: with one place there is none to lose.
    this.tracing = window === 1;
    this.root = new Stage(this, consumer);
    this.deepest = this.root;
  }

  join(source: Source): void {
    this.sources.add(source);
    const { buffer } = this.account;
    // What demand sources have in flight may come out when nothing is requested any more: it was asked for.
    buffer.slack = Math.max(buffer.slack, this.sources.size * this.window);
    if (!this.#standing) {
      // A source that joins long after the subscription (`timer(5).pipe(mergeMap(() => source$))`) is drawn from as soon
      // as what is on the stack has finished.
      this.settleLater();
    }
  }

  /** A subscription made with the consumer has returned: if it brought a source, the chain above that source stands. */
  stand(): void {
    if (this.sources.size > 0) {
      this.#standing = true;
      this.pump();
    }
  }

  /** Asks the sources, in turn, for what may be drawn, until none may give more. */
  pump(): void {
    if (this.#pumping || this.#visits > 0 || !this.#standing || this.account.draining || this.#paused) {
      return;
    }
    this.#pumping = true;
    try {
      for (let drawn = true; drawn; ) {
        drawn = false;
        for (const source of this.sources) {
          if (this.#silent < SILENT_ITEMS && source.draw()) {
            drawn = true;
            this.#toTheEndOfTheLine(source);
          }
        }
      }
    } finally {
      this.#pumping = false;
    }
    if (this.#silent >= SILENT_ITEMS) {
      this.#silent = 0;
      this.#paused = true;
      this.#turn?.unsubscribe();
      this.#turn = undefined;
      this.#schedule(asyncScheduler, 1);
    }
  }

  /**
   * Pumps once the operator that is on the stack has finished: asked for more half way, it could lose it. By then it also
   * shows whether the work that ended has been taken up by other work.
   */
  settleLater(...stages: Stage[]): void {
    for (const stage of stages) {
      this.#settling.add(stage);
    }
    // In virtual time an interval: TestScheduler.run cannot bear that an immediate clears an interval of the same frame.
    this.#schedule(asapScheduler.now() < REAL_TIME ? asyncScheduler : asapScheduler);
  }

  /**
   * Draws from `cursor` for as long as `source` may give more, or one item where others want their turn; answers whether
   * anything was drawn. What `visit` does for each item, this does around the loop.
   */
  pull<T>(source: Source, subscriber: Subscriber<T>, cursor: Cursor<T>): boolean {
    const { account, window } = this;
    let drawn = false;
    this.#visits++;
    this.#visitor = source;
    try {
      while (
        account.requested > 0 &&
        source.inFlight < window &&
        !source.closed &&
        this.#silent < SILENT_ITEMS
      ) {
        drawn = true;
        if (!cursor.advance()) {
          source.complete();
          break;
        }
        const arrived = this.#arrived;
        this.deepest = source.stage;
        subscriber.next(cursor.current);
        this.#came(arrived, 0);
        if (this.tracing) {
          this.calls.length = 0;
        }
        if (this.sources.size > 1) {
          break;
        }
      }
      if (cursor.ended && !source.closed) {
        source.complete();
      }
    } finally {
      if (this.tracing) {
        this.#fresh.length = 0;
        this.calls.length = 0;
      }
      this.#visits--;
      this.#visitor = undefined;
    }
    return drawn;
  }

  /** Sends one item of `source` on its way, and asks for what may be drawn next. */
  deliver<T>(source: Source, subscriber: Subscriber<T>, value: T): void {
    this.#visit(source.stage, source, subscriber, subscriber.next, value);
    this.pump();
  }

  /** An item has come to the subscriber of `stage`, of which `next` is the method: in a visit, or out of an operator. */
  reach<T>(stage: Stage, next: (value: T) => void, value: T): void {
    if (this.#visits > 0) {
      // What an operator sends through an inner Observable of its own making is not the item: that is still with it. Nor is
      // what comes to an operator above one that the item has reached already (the next window of `windowCount`).
      if ((stage.maker === undefined || !this.calls.includes(stage.maker)) && !stage.feeds(this.deepest)) {
        this.deepest = stage;
      }
      this.calls.push(stage);
      next.call(stage.subscriber, value);
      this.calls.pop();
    } else {
      this.#visit(stage, stage.owner(), stage.subscriber, next, value);
      this.settleLater();
    }
  }

  /** A value comes out at the consumer. */
  arrive(): void {
    this.#arrived++;
    this.#silent = 0;
    if (this.tracing) {
      this.root.releaseJoins();
    }
  }

  /** The consumer has had its value. Where an operator let that out by itself, what was requested is served later. */
  handed(): void {
    if (this.#visits === 0 && !this.#pumping && this.account.requested > 0) {
      this.settleLater();
    }
  }

  startTracing(): void {
    if (!this.tracing) {
      this.tracing = true;
      this.root.trace();
    }
  }

  /** Notes work that was added at `at`, if it is a visiting item that leaves it behind. */
  leftBehind(work: Subscription, at: Stage): void {
    if (this.#visits > 0) {
      // Not knowing yet how far the item has come, take it for the operator on its way that leads to the work.
      for (
        let stage = this.deepest;
        !this.tracing && stage.downstream !== undefined;
        stage = stage.downstream
      ) {
        if (stage.downstream === at) {
          this.deepest = stage;
        }
      }
      if (!this.tracing) {
        this.calls.push(this.deepest);
        this.startTracing();
      }
      this.#fresh.push({ work, at });
    }
  }

  close(): void {
    this.#turn?.unsubscribe();
    this.#settling.clear();
    this.sources.clear();
  }

  /** A source that gave something waits for its next turn, if it is still there. */
  #toTheEndOfTheLine(source: Source): void {
    if (this.sources.size > 1 && this.sources.delete(source)) {
      this.sources.add(source);
    }
  }

  #schedule(scheduler: SchedulerLike, delay?: number): void {
    if (this.sources.size > 0) {
      this.#turn ??= scheduler.schedule(() => {
        this.#turn = undefined;
        this.#paused = false;
        this.#standing = true;
        for (const stage of this.#settling) {
          stage.settle();
        }
        this.#settling.clear();
        this.pump();
      }, delay);
    }
  }

  #visit<T>(
    stage: Stage,
    visitor: Source | undefined,
    subscriber: Subscriber<T>,
    next: (value: T) => void,
    value: T,
  ): void {
    const { deepest } = this;
    const arrived = this.#arrived;
    const outer = this.#visitor;
    const before = this.#fresh.length;
    const calls = this.calls.push(stage);
    this.#visits++;
    this.#visitor = visitor;
    this.deepest = stage;
    try {
      next.call(subscriber, value);
      this.#came(arrived, before);
    } finally {
      while (this.calls.length >= calls) {
        this.calls.pop();
      }
      this.#visits--;
      this.#visitor = outer;
      this.deepest = deepest;
    }
  }

  /**
   * The visiting item came out, or it is in flight, held by a join, or swallowed. Where it came out, an inner Observable
   * that goes on keeps its operator busy (`concatMap`); a timer that is set anew (`bufferTime`) does not.
   */
  #came(arrived: number, before: number): void {
    const last = this.deepest;
    const silent = this.#arrived === arrived;
    while (this.#fresh.length > before) {
      const left = this.#fresh.pop();
      if (left !== undefined && (silent || stageOf(left.work) !== undefined)) {
        left.at.take(left.work, last);
      }
    }
    if (silent) {
      this.#silent++;
      if (this.#visitor !== undefined && last.holds) {
        last.hold(this.#visitor);
      }
    }
  }
}
