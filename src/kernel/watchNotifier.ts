import type { Observable } from 'rxjs';
import type { DemandSubscriber } from './DemandSubscriber.js';

/**
 * Subscribes to a notifier for as long as `subscriber` lives. An error of the notifier, or of `notified`, ends the
 * subscription at once; the notifier's completion leaves things as they are.
 */
export function watchNotifier<N>(
  notifier$: Observable<N>,
  subscriber: Pick<DemandSubscriber<never>, 'add' | 'fail'>,
  notified: (value: N) => void,
): void {
  const fail = (error: unknown) => subscriber.fail(error);
  subscriber.add(
    notifier$.subscribe({
      next: (value) => {
        try {
          notified(value);
        } catch (error) {
          fail(error);
        }
      },
      error: fail,
    }),
  );
}
