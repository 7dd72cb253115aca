import type { MonoTypeOperatorFunction } from 'rxjs';
import { checkShare, chosenFrom, type ShareChoice } from '../parts/chosenShare.js';
import type { SharePolicy } from '../parts/ShareMember.js';

/**
 * Subscribes to what `shareWithDemand` shares under a policy of its own.
 *
 * ```marble
 * == a subscriber that does not hold the others
 * pull      a-b----c-d|--
 * > (source$) => { const shared$ = source$.pipe(shareWithDemand()); return merge(shared$, shared$.pipe(shareAs('fastest', { onDrop }), controlledRequest(slow), map((value) => value.toUpperCase()))); }
 * slow      -1-----------
 * output    a-(bB)-c-d|--
 * dropped   a------c-d---
 * ```
 *
 * **Demand.** *forwards*: with `'slowest'` this subscriber holds the others back; with `'fastest'` it does not.
 *
 * **Overflow.** With `'fastest'`, up to `capacity` values (default: that of the share) wait for it, further ones are dropped for
 * it; `onDrop` sees each of them.
 *
 * **Errors.** Anything else than what `shareWithDemand` returned above it throws a `TypeError`, an option out of range a
 * `RangeError`.
 *
 * @param policy whether this subscriber governs, or loses what it is too slow for
 * @param options `capacity`, `onDrop` and `errors` for this subscriber
 *
 * @example
 * ```ts
 * import { pullFrom, shareAs, shareWithDemand } from 'rxjs-backpressure';
 *
 * const rows$ = pullFrom(['a', 'b']).pipe(shareWithDemand());
 * rows$.pipe(shareAs('fastest', { onDrop: (row) => console.log('missed', row) })).subscribe(console.log);
 * ```
 */
export function shareAs<T>(
  policy: SharePolicy,
  options: Omit<ShareChoice<T>, 'policy'> = {},
): MonoTypeOperatorFunction<T> {
  const choice = { ...options, policy };
  checkShare('shareAs', choice);
  return (source) => {
    const chosen$ = chosenFrom(source, choice);
    if (chosen$ === undefined) {
      throw new TypeError('shareAs: must stand directly below shareWithDemand');
    }
    return chosen$;
  };
}
