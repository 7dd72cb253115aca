import { type Observable, tap } from 'rxjs';
import type { DemandSubscriber } from '../kernel/DemandSubscriber.js';

/**
 * Subscribes to a notifier for as long as `subscriber` lives. An error of the notifier, or of `notified`, ends the
 * subscription at once; the notifier's completion leaves things as they are.
 */
export function watchNotifier<N>(
  notifier$: Observable<N>,
  subscriber: Pick<DemandSubscriber<never>, 'add' | 'fail'>,
  notified: (value: N) => void,
): void {
  subscriber.add(notifier$.pipe(tap(notified)).subscribe({ error: (error) => subscriber.fail(error) }));
}
