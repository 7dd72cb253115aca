import type { Subscriber } from 'rxjs';
import type { Source } from '../chain/Source.js';
import type { Stage } from '../chain/Stage.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';

/** One subscription to a `DemandObservable` under a `DemandSubscriber`: the sink of its producer, and its credit. */
export class RequestedSource<T> implements Source, DemandSink<T> {
  /** Asked for and not yet emitted: an integer from 0, or `Infinity`. */
  #credit = 0;
  producer: Producer | undefined;
  /** Whether the producer answered from inside its last `request`. Then it is asked for one item at a time. */
  #synchronous = true;
  /** After its ending a producer is not listened to (Reactive Streams 1.7). */
  #ended = false;

  constructor(
    readonly stage: Stage,
    private readonly subscriber: Subscriber<T>,
    private readonly connect: (sink: DemandSink<T>) => Producer,
  ) {
    stage.chain.join(this);
  }

  get closed(): boolean {
    return this.#ended || this.subscriber.closed;
  }

  draw(): boolean {
    try {
      if (this.producer !== undefined) {
        return this.#ask(this.producer);
      }
      this.producer = this.connect(this);
      if (this.subscriber.closed) {
        this.producer.unsubscribe();
        return true;
      }
      this.#ask(this.producer);
      this.producer.start?.();
    } catch (error) {
      this.error(error);
    }
    return true;
  }

  next(value: T): void {
    this.#credit = Math.max(this.#credit - 1, 0);
    const { chain, downstream } = this.stage;
    if (downstream === undefined) {
      this.subscriber.next(value);
      // An operator of ours only notes what it is asked for from inside a delivery: it hears of it before the next one.
      if (this.producer?.upstream !== undefined && !chain.account.draining) {
        this.#ask(this.producer);
        return;
      }
    } else {
      chain.visit(this.stage, this.subscriber, this.subscriber.next, value);
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
      this.subscriber.complete();
    }
  }

  unsubscribe(): void {
    this.#end();
    this.producer?.unsubscribe();
  }

  #end(): boolean {
    const first = !this.#ended;
    this.#ended = true;
    this.stage.chain.sources.delete(this);
    return first;
  }

  #ask(producer: Producer): boolean {
    const { account, window } = this.stage.chain;
    // With no native operator between, requests go up as they are, and nothing can be left in flight.
    const direct = this.stage.downstream === undefined;
    const wanted =
      (direct ? account.wanted : Math.min(account.wanted, window - this.stage.inFlight)) - this.#credit;
    // A source that answers later is topped up when half its credit is used: no request for every single item.
    if (!(wanted > 0) || (!direct && wanted < this.#credit) || this.closed) {
      return false;
    }
    const credit = this.#credit;
    const asked = direct || producer.later || !this.#synchronous ? wanted : 1;
    this.#credit += asked;
    producer.request(asked);
    this.#synchronous = this.#credit < credit + asked;
    return true;
  }
}
