/**
 * A bounded buffer was full, and its policy is to fail.
 *
 * @example
 * ```ts
 * import { Subject } from 'rxjs';
 * import { boundedBuffer, DemandSubscriber, OverflowError } from 'rxjs-backpressure';
 *
 * const clicks$ = new Subject<number>();
 * clicks$.pipe(boundedBuffer({ capacity: 1 })).subscribe(
 *   new DemandSubscriber<number>({
 *     start: (demand) => demand.request(1),
 *     error: (error) => console.log(error instanceof OverflowError && error.capacity),
 *   }),
 * );
 * ```
 */
export class OverflowError extends Error {
  override readonly name = 'OverflowError';

  /**
   * @param operator the operator whose buffer was full
   * @param capacity how much that buffer may hold
   * @param policy the policy that decided to fail
   * @param values what could not be delivered any more, oldest first: nothing is lost without being handed over
   */
  constructor(
    readonly operator: string,
    readonly capacity: number,
    readonly policy: string,
    readonly values: readonly unknown[],
  ) {
    super(
      `${operator}: ${capacity} values wait for demand and there is no room for another. What stands above cannot be ` +
        'slowed down (a Subject, an event, a chain cut by share or by a hand-written operator, an inner Observable ' +
        'without demand). Put boundedBuffer, dropLatest, dropOldest, keepLatest or conflate there to choose what to ' +
        'drop, use pullFrom for what can wait, or raise the capacity.',
    );
  }
}
