import { DemandObservable } from '../kernel/DemandObservable.js';
import { addDemand } from '../protocol/arithmetic.js';
import type { Demand } from '../protocol/Demand.js';
import type { Publisher, PublisherSubscriber } from '../protocol/Publisher.js';

/** One subscription to a {@link ControllableSource}: what it was asked for, and where to put what comes. */
export interface ControlledConnection<T> {
  /** Each request it got, in order. */
  readonly requests: readonly number[];
  /** Requested in all. */
  readonly requested: number;
  /** How many values it was made to emit. */
  readonly emitted: number;
  /** How often it was given up: by unsubscribing, or as its stream had ended. */
  readonly released: number;
  /** Whether nobody listens any more: an Observable's sink tells, a publisher knows only that it was cancelled. */
  readonly closed: boolean;
  /** Emits, whether that is allowed or not. */
  next(value: T): void;
  error(error: unknown): void;
  complete(): void;
}

/** Options of a {@link ControllableSource}. */
export interface ControllableSourceOptions<T> {
  /** Called with each request, from inside it, after it was written down. */
  readonly request?: (n: number, connection: ControlledConnection<T>) => void;
  /** Called when a connection is given up. */
  readonly release?: (connection: ControlledConnection<T>) => void;
}

/**
 * A source under full manual control, which writes down what it is asked for, and can break every rule on purpose: emit without
 * a request, emit after its end, end twice.
 *
 * As an Observable it honours demand, like every `DemandObservable`, and stands behind what the library guards; as a publisher
 * ({@link ControllableSource.publisher}) nothing stands between. `next`, `error` and `complete` go to every connection, also
 * to one that has ended or was given up.
 *
 * @param options what to do from inside a request or a release
 *
 * @example
 * ```ts
 * import { ControllableSource, DemandProbe } from 'rxjs-backpressure/testing';
 *
 * const source$ = new ControllableSource<number>();
 * const probe = new DemandProbe<number>();
 * source$.subscribe(probe);
 * probe.request(2);
 * source$.next(1);
 * source$.complete();
 * source$.next(2); // against the rules
 * console.log(source$.requests, source$.released, probe.received); // [2] 1 [1, '|']
 * ```
 */
export class ControllableSource<T> extends DemandObservable<T> {
  /** One a subscription, in order. */
  readonly connections: ControlledConnection<T>[];
  /** The same source as a Reactive Streams publisher, which keeps no rule by itself but to hand over a subscription first. */
  readonly publisher: Publisher<T>;

  constructor(options: ControllableSourceOptions<T> = {}) {
    const connections: ControlledConnection<T>[] = [];
    const connect = (to: Target<T>) => {
      const connection = new Connection(to, options);
      connections.push(connection);
      return connection;
    };
    super((sink) =>
      connect({
        onNext: (value) => sink.next(value),
        onError: (error) => sink.error(error),
        onComplete: () => sink.complete(),
        closed: () => sink.closed,
      }),
    );
    this.connections = connections;
    this.publisher = {
      subscribe(subscriber) {
        const connection = connect(subscriber);
        subscriber.onSubscribe({
          request: (n) => connection.request(n),
          cancel: () => connection.unsubscribe(),
        });
      },
    };
  }

  /** Each request of every connection, in the order of the connections. */
  get requests(): number[] {
    return this.connections.flatMap(({ requests }) => requests);
  }

  /** How often a connection was given up. */
  get released(): number {
    return this.connections.reduce((sum, { released }) => sum + released, 0);
  }

  /** The newest connection. Throws where nobody has subscribed. */
  get connection(): ControlledConnection<T> {
    const connection = this.connections.at(-1);
    if (connection === undefined) {
      throw new Error('ControllableSource: nobody has subscribed yet');
    }
    return connection;
  }

  next(value: T): void {
    for (const connection of [...this.connections]) connection.next(value);
  }

  error(error: unknown): void {
    for (const connection of [...this.connections]) connection.error(error);
  }

  complete(): void {
    for (const connection of [...this.connections]) connection.complete();
  }
}

type Target<T> = Pick<PublisherSubscriber<T>, 'onNext' | 'onError' | 'onComplete'> & { closed?(): boolean };

class Connection<T> implements ControlledConnection<T>, Demand {
  readonly requests: number[] = [];
  requested = 0;
  emitted = 0;
  released = 0;

  constructor(
    private readonly to: Target<T>,
    private readonly options: ControllableSourceOptions<T>,
  ) {}

  get closed(): boolean {
    return this.to.closed?.() ?? this.released > 0;
  }

  request(n: number): void {
    this.requests.push(n);
    this.requested = addDemand(this.requested, n);
    this.options.request?.(n, this);
  }

  unsubscribe(): void {
    this.released++;
    this.options.release?.(this);
  }

  next(value: T): void {
    this.emitted++;
    this.to.onNext(value);
  }

  error(error: unknown): void {
    this.to.onError(error);
  }

  complete(): void {
    this.to.onComplete();
  }
}
