/** What a consumer holds to ask for values, and to stop. */
export interface Demand {
  /** Asks for `n` more values: a positive integer or `Infinity`. Requests add up (Reactive Streams 3.8). */
  request(n: number): void;
  /** Gives up: nothing is delivered afterwards, and the source is released (Reactive Streams 3.12). */
  unsubscribe(): void;
  /** `true` once the subscription has ended, by whatever cause. */
  readonly closed: boolean;
}

/** A consumer that says how much it can take. Every callback is optional. */
export interface DemandObserver<T> {
  /** Called once, at subscription, before any value. */
  start?(demand: Demand): void;
  /** Called with each value, never more often than requested. */
  next?(value: T, demand: Demand): void;
  /** Called at most once, with the error that ended the stream. */
  error?(error: unknown): void;
  /** Called at most once, when the stream has ended well; needs no demand. */
  complete?(): void;
}

/** Where a {@link Producer} puts what it was asked for. */
export interface DemandSink<T> {
  next(value: T): void;
  error(error: unknown): void;
  complete(): void;
  readonly closed: boolean;
}

/** The side that makes values, and makes them only when asked. */
export interface Producer {
  /** `true` if it never answers from inside `request`: under native operators it is then asked for a whole window. */
  readonly later?: boolean;
  /** `true` if a request tells it that so many values were handled: native operators ask for all they may take, and for one more as each is. @internal */
  readonly exact?: boolean | undefined;
  /** Asks for `n` more values: a positive integer or `Infinity`. Answer through the sink, now or later. */
  request(n: number): void;
  /**
   * Called once, after the first request, if there is one, has been handed over. A producer that wraps a source which
   * may emit while it is being subscribed to subscribes here, so that those first values meet the demand.
   */
  start?(): void;
  /**
   * Releases whatever the producer holds. Called once, on every ending. What it throws is for whoever unsubscribes, as in RxJS; where the
   * stream has ended, it is reported as unhandled.
   */
  unsubscribe(): void;
  /** What an operator of this library subscribes to its source with: for who explains a pipeline. @internal */
  readonly upstream?: Demand;
}
