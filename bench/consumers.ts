import type { Observable } from 'rxjs';
import { DemandSubscriber } from 'rxjs-backpressure';

/** Ways to consume everything at once. Each answers how many values came. */

export function subscribePlain<T>(source$: Observable<T>): number {
  let came = 0;
  source$.subscribe(() => {
    came++;
  });
  return came;
}

/** As {@link subscribePlain}, with an observer. */
export function subscribeObserver<T>(source$: Observable<T>): number {
  let came = 0;
  source$.subscribe({
    next: () => {
      came++;
    },
    complete: () => {},
  });
  return came;
}

export function requestOneByOne<T>(source$: Observable<T>): number {
  let came = 0;
  source$.subscribe(
    new DemandSubscriber<T>({
      start: (demand) => demand.request(1),
      next: (_value, demand) => {
        came++;
        demand.request(1);
      },
    }),
  );
  return came;
}

export function requestAll<T>(source$: Observable<T>): number {
  let came = 0;
  source$.subscribe(
    new DemandSubscriber<T>({
      start: (demand) => demand.request(Infinity),
      next: () => {
        came++;
      },
    }),
  );
  return came;
}

/** Asks for 128 values, and for 96 more whenever 96 were delivered. */
export function requestInBatches<T>(source$: Observable<T>): number {
  let came = 0;
  let left = 96;
  source$.subscribe(
    new DemandSubscriber<T>({
      start: (demand) => demand.request(128),
      next: (_value, demand) => {
        came++;
        if (--left === 0) {
          left = 96;
          demand.request(96);
        }
      },
    }),
  );
  return came;
}
