import type { MonoTypeOperatorFunction } from 'rxjs';
import type { KeptOptions } from '../buffer/BufferOptions.js';
import { PolicyBuffer } from '../buffer/PolicyBuffer.js';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { checkShare, sharedBy } from '../parts/chosenShare.js';
import { Share } from '../parts/Share.js';
import { ShareMember, type SharePolicy } from '../parts/ShareMember.js';

/** Options of {@link shareWithDemand}. */
export interface ShareWithDemandOptions<T> extends KeptOptions<T> {
  /** Whose demand governs. Default `'slowest'`. {@link shareAs} chooses otherwise for one subscriber. */
  readonly policy?: SharePolicy;
  /** How many values may wait for a subscriber that has not asked for them: an integer from 0. Default 0. */
  readonly capacity?: number;
  /**
   * Whether an upstream error waits for the values that wait for a subscriber (`'last'`, the default with `'slowest'`) or
   * overtakes them (`'first'`, the default with `'fastest'`).
   */
  readonly errors?: 'last' | 'first';
  /** Whether somebody who subscribes after an error subscribes to the source anew. Default `true`. */
  readonly resetOnError?: boolean;
  /** Whether somebody who subscribes after the completion subscribes to the source anew. Default `true`. */
  readonly resetOnComplete?: boolean;
  /** Whether the source is unsubscribed from when nobody is subscribed any more. Default `true`. */
  readonly resetOnRefCountZero?: boolean;
}

/**
 * Shares one subscription to the source: all subscribers see the same values from when they come on.
 *
 * ```marble
 * == the slowest governs
 * pull      abcdef--------
 * request   6-------------
 * > (source$) => { const shared$ = source$.pipe(shareWithDemand()); return merge(shared$, shared$.pipe(controlledRequest(slow), map((value) => value.toUpperCase()))); }
 * slow      --1---2-------
 * upstream  --1---2-------
 * output    --(aA)(bBcC)--
 * ```
 *
 * **Demand.** *shapes*: with `'slowest'` upstream is asked for what the slowest subscriber has requested, and up to `capacity`
 * more if others want it; one that asks for nothing holds everybody. With `'fastest'` it is asked for what the fastest has
 * requested. In steps of 16, as more could not be taken back for who comes later. A late subscriber begins with the next value.
 *
 * **Overflow.** With `'fastest'`, up to `capacity` values wait for a slower subscriber, further ones are dropped for it;
 * `onDrop` sees each of them. A source without demand is kept, up to 1024 values; one more ends with an `OverflowError` for all.
 * `onDrop` also sees what waits for a subscriber that leaves, and once what still waits for all when the last one has left.
 *
 * **Errors.** An upstream error reaches each subscriber, after the values that wait for it or ahead of them, as `errors` says.
 * What `onDrop` throws ends that subscriber alone. An option out of range throws.
 *
 * @example
 * ```ts
 * import { forEachWithDemand, pullFrom, shareWithDemand } from 'rxjs-backpressure';
 *
 * const rows$ = pullFrom(['a', 'b']).pipe(shareWithDemand({ capacity: 8 }));
 * void forEachWithDemand(rows$, async (row) => console.log('quick', row));
 * void forEachWithDemand(rows$, async (row) => console.log('slow', row));
 * ```
 *
 * @see RxJS `share`, Reactor and RxJava `publish().refCount()`
 */
export function shareWithDemand<T>(options: ShareWithDemandOptions<T> = {}): MonoTypeOperatorFunction<T> {
  const { policy = 'slowest', capacity = 0 } = options;
  const { resetOnError = true, resetOnComplete = true, resetOnRefCountZero = true } = options;
  checkShare('shareWithDemand', options);
  return (source) => {
    let share: Share<T> | undefined;
    const open = () =>
      new Share<T>(capacity, options.onDrop, ({ kind }) => {
        if (kind === 'error' ? resetOnError : resetOnComplete) {
          share = undefined;
        }
      });
    return sharedBy<T>((choice) => {
      const chosen = { policy, ...choice };
      const governs = chosen.policy === 'slowest';
      const { errors = governs ? 'last' : 'first', ...kept } = { capacity, ...options, ...choice };
      // Who governs is sent no more than the gap, and a step, beyond what it asked for.
      const room = governs ? Infinity : kept.capacity;
      const buffer = () =>
        new PolicyBuffer<T>('shareWithDemand', { ...kept, capacity: room, overflow: 'dropLatest' });
      const shared$ = new DemandObservable<T>((downstream) => {
        const member = new ShareMember<T>(downstream, chosen.policy, errors, buffer);
        share ??= open();
        const joined = share;
        joined.join(member);
        return {
          upstream: joined.upstream,
          start: () => joined.connect(source),
          request: (n) => {
            member.request(n);
            joined.ask();
          },
          unsubscribe: () => {
            member.unsubscribe();
            joined.leave(member);
            if (resetOnRefCountZero && joined.size === 0 && joined.ending === undefined) {
              share = undefined;
              joined.upstream.unsubscribe();
            }
          },
        };
      });
      shared$.above = { operator: 'shareWithDemand', source };
      return shared$;
    });
  };
}
