import type { DropOptions } from '../buffer/BufferOptions.js';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { reporting } from '../kernel/reportUnhandled.js';
import { addDemand } from '../protocol/arithmetic.js';
import type { Demand, DemandSink, Producer } from '../protocol/Demand.js';
import { COMPLETE, deliverEnding, type Ending } from '../protocol/Ending.js';

/**
 * `count` successive values of a stream, as an Observable for one subscriber, whose demand is asked for upstream. So no value waits
 * in it but the one that opened it.
 */
export class Window<T> extends DemandObservable<T> implements Producer {
  /** How many values it has yet to get. */
  lacking: number;
  #waiting: readonly [T] | undefined;
  #sink: DemandSink<T> | undefined;
  #requested = 0;
  /** What was asked for on its behalf, the value that opened it included. */
  #asked = 1;
  #ending: Ending | undefined;
  /** It has ended, or its subscriber has left, or can come no more. */
  #over = false;
  #then: (() => void) | undefined;

  constructor(
    first: T,
    private readonly count: number,
    readonly upstream: Demand,
    private readonly changed: () => void,
    private readonly onDrop: DropOptions<T>['onDrop'],
  ) {
    super((sink) => {
      if (this.#sink !== undefined) {
        throw new Error('windowWithCount: a window takes one subscriber');
      }
      if (this.#over) {
        throw new Error('windowWithCount: the stream of windows was left');
      }
      this.#sink = sink;
      return this;
    });
    this.#waiting = [first];
    this.lacking = count - 1;
    this.#received();
  }

  /** Whether the values that it lacks are still waited for. */
  get filling(): boolean {
    return this.lacking > 0 && !this.#over;
  }

  next(value: T): void {
    // First, as who leaves while it is delivered lacks it no more.
    this.lacking--;
    if (this.#over) {
      this.onDrop?.(value, 'unsubscribed');
    } else {
      this.#sink?.next(value);
    }
    this.#received();
  }

  /** Ends it, after the value that waits in it, and calls `then` after that. */
  end(ending: Ending, then?: () => void): void {
    this.lacking = 0;
    this.#ending ??= ending;
    this.#then = then;
    this.#finish();
  }

  /** The stream of windows was left: who comes later is not left waiting for values that nobody asks for. */
  abandon(): void {
    if (this.#sink === undefined && this.filling) {
      this.unsubscribe();
    }
  }

  request(n: number): void {
    this.#requested = addDemand(this.#requested, n);
    if (this.#waiting !== undefined) {
      const [first] = this.#waiting;
      this.#waiting = undefined;
      // What is requested meanwhile is asked for below, as it is to come after it.
      this.#asked = this.count;
      this.#sink?.next(first);
      this.#asked = 1;
      this.#finish();
    }
    const more = Math.min(this.#requested, this.count) - this.#asked;
    if (more > 0 && this.filling) {
      this.#asked += more;
      this.upstream.request(more);
    }
  }

  unsubscribe(): void {
    this.#over = true;
    reporting(() => this.#waiting?.forEach((first) => void this.onDrop?.(first, 'unsubscribed')));
    this.#waiting = undefined;
    this.#then?.();
    this.changed();
  }

  #received(): void {
    if (this.lacking === 0) {
      this.end(COMPLETE);
    }
  }

  #finish(): void {
    if (this.#over) {
      this.#then?.();
    } else if (this.#ending !== undefined && this.#waiting === undefined && this.#sink !== undefined) {
      deliverEnding(this.#ending, this.#sink);
    }
  }
}
