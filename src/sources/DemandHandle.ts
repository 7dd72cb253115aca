import { Observable, Subject } from 'rxjs';
import { addDemand, checkRequest } from '../protocol/arithmetic.js';
import type { Demand } from '../protocol/Demand.js';

/**
 * Demand in the hand: an Observable of requests for {@link controlledRequest}, made by calling `request(n)`.
 *
 * Requests made before the first subscription are remembered, as one sum.
 *
 * **Errors.** A request that is neither a positive integer nor `Infinity` ends the stream below with a `RangeError`; while nobody is
 * subscribed it throws it.
 *
 * @example
 * ```ts
 * import { controlledRequest, DemandHandle, pullFrom } from 'rxjs-backpressure';
 *
 * const handle = new DemandHandle();
 * pullFrom(['a', 'b', 'c']).pipe(controlledRequest(handle)).subscribe(console.log);
 * handle.request(2);
 * ```
 */
export class DemandHandle extends Observable<number> implements Demand {
  private readonly requests$ = new Subject<number>();
  /** Requested before anybody subscribed. */
  private early = 0;

  constructor() {
    super((subscriber) => {
      const { early } = this;
      this.early = 0;
      if (early > 0) {
        subscriber.next(early);
      }
      return this.requests$.subscribe(subscriber);
    });
  }

  get closed(): boolean {
    return this.requests$.closed;
  }

  request(n: number): void {
    if (this.requests$.observed) {
      this.requests$.next(n);
    } else {
      checkRequest(n);
      this.early = addDemand(this.early, n);
    }
  }

  unsubscribe(): void {
    this.requests$.unsubscribe();
  }
}
