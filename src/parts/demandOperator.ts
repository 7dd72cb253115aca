import type { OperatorFunction } from 'rxjs';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { DemandSubscriber, type DemandSubscriberOptions } from '../kernel/DemandSubscriber.js';
import type { Internals } from '../kernel/Internals.js';
import { reporting } from '../kernel/reportUnhandled.js';
import type { DemandObserver, DemandSink } from '../protocol/Demand.js';

/** One operator between two demands: what arrives from above, and what is asked from below. */
export interface OperatorStage<T> extends Pick<DemandObserver<T>, 'start' | 'error' | 'complete'> {
  /** A request tells it that so many values were handled. */
  readonly exact?: boolean;
  next(value: T): void;
  request(n: number): void;
  /** The subscription to upstream has returned; what upstream had at once has come. */
  subscribed?(): void;
  /** Downstream left, or the stream has ended. Upstream is released by itself. */
  unsubscribe?(): void;
}

/**
 * Makes an operator of the two halves back to back: a `DemandSubscriber` upstream, a `DemandObservable` downstream.
 * An `error` or `complete` that the stage does not handle goes straight down.
 */
export function demandOperator<T, R>(
  connect: (downstream: DemandSink<R>, upstream: DemandSubscriber<T>) => OperatorStage<T>,
  options: DemandSubscriberOptions<T> & { readonly operator: string },
  internals?: Internals<T>,
): OperatorFunction<T, R> {
  // Checks the options where the operator is written, not when it is subscribed to.
  new DemandSubscriber<T>({}, options, internals);
  return (source) => {
    const result = new DemandObservable<R>((downstream) => {
      const upstream = new DemandSubscriber<T>({}, options, internals);
      const stage = connect(downstream, upstream);
      upstream.observe({
        error: (error) => downstream.error(error),
        complete: () => downstream.complete(),
        ...stage,
      });
      return {
        upstream,
        exact: stage.exact,
        request: (n) => stage.request(n),
        start: () => {
          source.subscribe(upstream);
          stage.subscribed?.();
        },
        unsubscribe: () => {
          try {
            upstream.unsubscribe();
          } finally {
            reporting(() => stage.unsubscribe?.());
          }
        },
      };
    });
    result.above = { operator: options.operator, source };
    return result;
  };
}
