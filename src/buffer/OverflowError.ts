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
 *     error: (error) => console.log(error instanceof OverflowError && error.values),
 *   }),
 * );
 * clicks$.next(1);
 * clicks$.next(2);
 * ```
 */
export class OverflowError extends Error {
  override readonly name = 'OverflowError';
  /** The policy that decided to fail. */
  readonly policy = 'error';

  /**
   * @param operator the operator whose buffer was full
   * @param capacity how much that buffer may hold
   * @param values what waited, oldest first, and the value for which there was no room: nothing is lost unseen
   */
  constructor(
    readonly operator: string,
    readonly capacity: number,
    readonly values: readonly unknown[],
  ) {
    super(
      `${operator}: more than ${capacity} values wait for demand. A source above cannot be slowed down (a Subject, an ` +
        'event), or share or a hand-written operator cuts the chain: put boundedBuffer, dropLatest, dropOldest ' +
        'or keepLatest there, or raise the capacity.',
    );
  }
}
