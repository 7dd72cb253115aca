import type { Subscriber } from 'rxjs';
import type { DemandSink, Producer } from '../protocol/Demand.js';
import type { Stage } from './Stage.js';

/** What the chain knows of one demand source: its account, whatever the type of its values. */
export interface Source {
  readonly stage: Stage;
  /** Items inside native operators: neither come out nor given up. */
  inFlight: number;
  /** Asks the producer for what may be drawn now; answers whether it was asked for anything. */
  draw(): boolean;
}

/** One subscription to a `DemandObservable` under a `DemandSubscriber`: the sink of its producer, and its credit. */
export class JoinedSource<T> implements Source, DemandSink<T> {
  inFlight = 0;
  /** Asked for and not yet emitted: an integer from 0, or `Infinity`. */
  private credit = 0;
  private producer: Producer | undefined;
  /** Whether the producer answered from inside its last `request`. Then it is asked for one item at a time. */
  private synchronous = true;
  /** After its ending a producer is not listened to (Reactive Streams 1.7). */
  private ended = false;
  /** Counts what was emitted, to see whether a request was answered at once. */
  private emitted = 0;
  /** No native operator between: requests go up as they are, and nothing can be left in flight. */
  private readonly direct: boolean;

  constructor(
    readonly stage: Stage,
    private readonly subscriber: Subscriber<T>,
    private readonly connect: (sink: DemandSink<T>) => Producer,
  ) {
    this.direct = stage.downstream === undefined;
    stage.chain.joined(this);
  }

  get closed(): boolean {
    return this.ended || this.subscriber.closed;
  }

  draw(): boolean {
    try {
      if (this.producer !== undefined) {
        return this.ask(this.producer);
      }
      this.producer = this.connect(this);
      this.ask(this.producer);
      this.producer.start?.();
    } catch (error) {
      this.error(error);
    }
    return true;
  }

  next(value: T): void {
    this.emitted++;
    if (this.credit > 0) {
      this.credit--;
    }
    if (this.ended) {
      return;
    }
    if (this.direct) {
      this.stage.chain.deliverDirect(this.subscriber, value);
    } else {
      this.stage.chain.deliver(this, this.subscriber, value);
    }
  }

  error(error: unknown): void {
    if (!this.ended) {
      this.ended = true;
      this.subscriber.error(error);
    }
  }

  complete(): void {
    if (!this.ended) {
      this.ended = true;
      this.subscriber.complete();
    }
  }

  unsubscribe(): void {
    const { sources } = this.stage.chain;
    const index = sources.indexOf(this);
    if (index >= 0) {
      sources.splice(index, 1);
    }
    this.producer?.unsubscribe();
  }

  private ask(producer: Producer): boolean {
    const { drain, window } = this.stage.chain;
    const { requested } = drain;
    const wanted = (this.direct ? requested : Math.min(requested, window - this.inFlight)) - this.credit;
    // A source that answers later is topped up when half its credit is used: no request for every single item.
    if (!(wanted > 0) || (!this.direct && wanted < this.credit) || this.closed) {
      return false;
    }
    if (this.direct || !this.synchronous) {
      this.credit += wanted;
      producer.request(wanted);
      return true;
    }
    const { emitted } = this;
    this.credit++;
    producer.request(1);
    if (this.emitted === emitted && !this.closed) {
      this.synchronous = false;
      this.ask(producer);
    }
    return true;
  }
}
