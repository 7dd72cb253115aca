import { finalize, from, mergeMap, type Observable, type ObservableInput, takeLast } from 'rxjs';
import type { Semaphore } from './Semaphore.js';

/** Waits for a permit, holds it until the work has ended, and emits the last value of it. */
export function withPermit<R>(semaphore: Semaphore, work: () => ObservableInput<R>): Observable<R> {
  return semaphore.free$.pipe(
    mergeMap((release) => {
      try {
        const result = work();
        // The result leaves before the permit: it is not overtaken by one of the work that gets it next.
        return from(result).pipe(
          takeLast(1),
          // A promise goes on after it was given up, and holds its permit.
          finalize(() =>
            'then' in Object(result) ? (result as PromiseLike<R>).then(release, release) : release(),
          ),
        );
      } catch (error) {
        release();
        throw error;
      }
    }),
  );
}
