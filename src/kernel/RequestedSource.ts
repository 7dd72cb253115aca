import type { Subscriber } from 'rxjs';
import type { Chain } from '../chain/Chain.js';
import type { Source } from '../chain/Source.js';
import { type Stage, stageOf } from '../chain/Stage.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';

/** One subscription to a `DemandObservable` under a `DemandSubscriber`: the sink of its producer, and its credit. */
export class RequestedSource<T> implements Source, DemandSink<T> {
  round = 0;
  /** Asked for and not yet emitted: an integer from 0, or `Infinity`. */
  #credit = 0;
  /** Missing while it is being made: a producer that emits from inside `connect` breaks a rule, and gets away with it. */
  readonly producer: Producer | undefined;
  /** The chain that ends in an operator of ours, which goes on here. */
  readonly #above: Chain | undefined;
  #started = false;
  /** Whether the producer answered from inside its last `request`. Then it is asked for one item at a time. */
  #synchronous = true;
  /** After its ending a producer is not listened to (Reactive Streams 1.7). */
  #ended = false;

  constructor(
    readonly stage: Stage,
    private readonly subscriber: Subscriber<T>,
    connect: (sink: DemandSink<T>) => Producer,
  ) {
    // At once, not when it is drawn from: what the producer wraps is to be released also by who leaves before that.
    this.producer = connect(this);
    this.#above = stageOf(this.producer.upstream)?.chain;
    if (!this.closed) {
      stage.chain.join(this);
      // An item on the stack, or a notifier, subscribes: what the producer wraps may send before it is asked, at the end of the turn.
      if (stage.chain.standing || stage.chain.inside) {
        this.#above?.joinBelow(stage);
        this.#begin();
        this.#above?.subscribed();
      } else if (this.#above !== undefined) {
        stage.chain.unopened.push(this);
      }
    }
  }

  get closed(): boolean {
    return this.#ended || this.subscriber.closed;
  }

  draw(): boolean {
    const { chain } = this.stage;
    const above = this.#above;
    if (this.#started && above?.opening) {
      above.opening = false;
      this.#begin(() => {
        this.#ask();
        above.pump();
      });
      return true;
    }
    try {
      const asked = this.#ask();
      if (this.#started) {
        return asked;
      }
    } catch (error) {
      this.error(error);
    }
    if (above !== undefined) {
      above.opening = chain.opening || chain.sources.length > 1;
    }
    this.#begin();
    return true;
  }

  next(value: T): void {
    // What was not asked for is nobody's (Reactive Streams 1.1).
    const origin = this.#credit > 0 ? this.stage : undefined;
    this.#credit = Math.max(this.#credit - 1, 0);
    const { chain, downstream } = this.stage;
    if (downstream === undefined) {
      this.subscriber.next(value);
      // An operator of ours only notes what it is asked for from inside a delivery: it hears of it before the next one.
      if (this.producer?.upstream !== undefined && !chain.account.draining) {
        this.#ask();
        return;
      }
    } else {
      chain.visit(origin, this.subscriber, this.subscriber.next, value);
    }
    chain.pump();
  }

  error(error: unknown): void {
    if (this.#end()) {
      this.subscriber.error(error);
    }
  }

  complete(): void {
    if (this.#end()) {
      this.stage.chain.end(this.stage, this.subscriber);
    }
  }

  unsubscribe(): void {
    this.#end();
    this.producer?.unsubscribe();
  }

  #begin(act = () => this.producer?.start?.()): void {
    this.#started = true;
    const credit = this.#credit;
    try {
      act();
      // What was asked for before is answered now, by an operator of ours above a source that answers at once.
      this.#synchronous ||= this.#credit < credit;
    } catch (error) {
      this.error(error);
    }
  }

  #end(): boolean {
    const first = !this.#ended;
    this.#ended = true;
    this.stage.chain.leave(this);
    return first;
  }

  #ask(): boolean {
    const { producer } = this;
    const { account, window } = this.stage.chain;
    // With no native operator between, requests go up as they are, and nothing can be left in flight.
    const direct = this.stage.downstream === undefined;
    const exact = direct || producer?.exact;
    const credit = this.#credit;
    // A source that answers later is topped up when half its credit is used: no request for every single item. Mostly that
    // shows without counting what is in flight.
    if (!exact && window - credit < credit) {
      return false;
    }
    const wanted =
      (direct ? account.wanted : Math.min(account.wanted, window - this.stage.inFlight)) - credit;
    if (!(wanted > 0) || (!exact && wanted < credit) || this.closed) {
      return false;
    }
    const asked = exact || producer?.later || !this.#synchronous ? wanted : 1;
    this.#credit += asked;
    producer?.request(asked);
    this.#synchronous = this.#credit < credit + asked;
    return true;
  }
}
