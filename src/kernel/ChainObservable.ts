import { Observable, type Observer, type Operator, type Subscription } from 'rxjs';
import { stageOf } from '../chain/Stage.js';

/** An Observable that, with every native operator piped onto it, tells the chain where its stretch begins and ends. */
export class ChainObservable<T> extends Observable<T> {
  /** RxJS makes every piped operator with `lift`; as `Subject` does, this keeps the result in the family. */
  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new ChainObservable<R>();
    lifted.source = this;
    lifted.operator = operator;
    return lifted;
  }

  override subscribe(
    observerOrNext?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    const stage = stageOf(observerOrNext);
    // Inside a stretch of ours the operators are known to be in line; at its end, others may feed the same operator.
    const entry = stage?.subscribing === 0 && stage.downstream?.subscribing === 0;
    if (stage !== undefined) {
      stage.subscribing++;
    }
    try {
      return typeof observerOrNext === 'function' || !observerOrNext
        ? super.subscribe(observerOrNext, error, complete)
        : super.subscribe(observerOrNext);
    } finally {
      stage?.subscribed(entry);
    }
  }
}
