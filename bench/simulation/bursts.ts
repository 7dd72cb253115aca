/** Every strategy under the same bursts, in virtual time: the figures are exact, and the same on every machine. */
import { asyncScheduler, concatMap, map, type Observable, Subject, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  batchWhileBusy,
  boundedBuffer,
  bufferWithTimeOrCount,
  conflate,
  conflateByKey,
  DemandSubscriber,
  dropLatest,
  dropOldest,
  keepLatest,
  pullFrom,
} from 'rxjs-backpressure';

export const BURSTS = 10;
/** Values of a burst, one a millisecond. */
export const BURST = 200;
/** From the begin of one burst to that of the next, in ms. */
export const PERIOD = 1000;
/** What a call of the consumer takes, and each value that it is given, in ms. */
export const PER_CALL = 3;
export const PER_VALUE = 1;

export interface Sent {
  readonly id: number;
  readonly at: number;
  readonly payload: unknown;
}

export interface Strategy {
  readonly title: string;
  /** Whether values come in the order in which they were sent. */
  readonly order: string;
  /** Lets through what the consumer gets, each time as an array of the values in it. */
  readonly through: (source$: Observable<Sent>, onDrop: () => void) => Observable<readonly Sent[]>;
  /** The values of an array have become one. */
  readonly merges?: true;
  /** Plain RxJS: there is no demand, the work is done inside. */
  readonly plain?: true;
  /** The source waits until it is asked. */
  readonly waits?: true;
}

const alone = map((sent: Sent): readonly Sent[] => [sent]);

export const STRATEGIES: readonly Strategy[] = [
  { title: 'plain RxJS: concatMap', order: 'kept', plain: true, through: (source$) => source$.pipe(alone) },
  {
    title: 'a source that can wait: pullFrom',
    order: 'kept',
    waits: true,
    through: (source$) => source$.pipe(alone),
  },
  {
    title: 'boundedBuffer({ capacity: 1024 })',
    order: 'kept',
    through: (source$) => source$.pipe(boundedBuffer({ capacity: 1024 }), alone),
  },
  {
    title: 'boundedBuffer({ capacity: 64 })',
    order: 'kept',
    through: (source$) => source$.pipe(boundedBuffer({ capacity: 64 }), alone),
  },
  {
    title: 'boundedBuffer({ capacity: 1024, maxAge: 100 })',
    order: 'kept',
    through: (source$, onDrop) => source$.pipe(boundedBuffer({ capacity: 1024, maxAge: 100, onDrop }), alone),
  },
  {
    title: 'dropLatest({ capacity: 64 })',
    order: 'kept',
    through: (source$, onDrop) => source$.pipe(dropLatest({ capacity: 64, onDrop }), alone),
  },
  {
    title: 'dropOldest({ capacity: 64 })',
    order: 'kept',
    through: (source$, onDrop) => source$.pipe(dropOldest({ capacity: 64, onDrop }), alone),
  },
  {
    title: 'dropLatest()',
    order: 'kept',
    through: (source$, onDrop) => source$.pipe(dropLatest({ onDrop }), alone),
  },
  {
    title: 'keepLatest()',
    order: 'kept',
    through: (source$, onDrop) => source$.pipe(keepLatest({ onDrop }), alone),
  },
  {
    title: 'conflate(merge)',
    order: 'kept',
    merges: true,
    through: (source$) =>
      source$.pipe(
        alone,
        conflate((merged, next) => [...merged, ...next]),
      ),
  },
  {
    title: 'conflateByKey(key), 16 keys',
    order: 'by key',
    through: (source$, onDrop) =>
      source$.pipe(
        conflateByKey(({ id }) => id % 16, { onDrop }),
        alone,
      ),
  },
  {
    title: 'batchWhileBusy({ max: 1024 })',
    order: 'kept',
    through: (source$) => source$.pipe(batchWhileBusy({ max: 1024 })),
  },
  {
    title: 'bufferWithTimeOrCount({ count: 50, time: 100 })',
    order: 'kept',
    through: (source$) => source$.pipe(bufferWithTimeOrCount({ count: 50, time: 100 })),
  },
];

export interface Outcome {
  readonly sent: number;
  /** Values that reached the consumer, by themselves or in something that was made of them. */
  readonly handled: number;
  readonly dropped: number;
  /** When it ended with an error, if it did. */
  readonly failedAt: number | undefined;
  /** Milliseconds from the moment at which each handled value was sent, in the order in which they came. */
  readonly latencies: readonly number[];
  /** Time, and how many waited after it. */
  readonly waiting: readonly (readonly [number, number])[];
  readonly mostWaiting: number;
  /** How long the consumer worked, in ms. */
  readonly worked: number;
}

/** Runs `strategy` to its end. `payload` makes what each value carries, `watch` is called after each burst. */
export function underBursts(
  { through, merges, plain, waits }: Strategy,
  payload: () => unknown = () => undefined,
  watch: () => void = () => {},
): Outcome {
  let sent = 0;
  let handled = 0;
  let dropped = 0;
  let worked = 0;
  let mostWaiting = 0;
  let failedAt: number | undefined;
  const latencies: number[] = [];
  const waiting: (readonly [number, number])[] = [];
  const look = () => {
    const inside = failedAt === undefined ? sent - handled - dropped : 0;
    const count = merges ? Math.min(inside, 1) : inside;
    mostWaiting = Math.max(mostWaiting, count);
    waiting.push([asyncScheduler.now(), count]);
  };
  const send = (): Sent => ({ id: sent++, at: asyncScheduler.now(), payload: payload() });
  /** The consumer is given `values`; answers how long it works on them. */
  const take = (values: readonly Sent[]): number => {
    for (const { at } of values) latencies.push(asyncScheduler.now() - at);
    handled += values.length;
    look();
    const time = PER_CALL + PER_VALUE * (merges ? 1 : values.length);
    worked += time;
    return time;
  };
  const scheduler = new TestScheduler(() => {});
  scheduler.run(() => {
    const bursts$ = new Subject<Sent>();
    const cursor = (function* () {
      while (sent < BURSTS * BURST) yield send();
    })();
    const values$ = through(waits ? pullFrom(cursor) : bursts$, () => {
      dropped++;
    });
    if (plain) {
      values$.pipe(concatMap((values) => timer(take(values)))).subscribe();
    } else {
      values$.subscribe(
        new DemandSubscriber<readonly Sent[]>({
          start: (demand) => demand.request(1),
          next: (values, demand) => {
            asyncScheduler.schedule(() => demand.request(1), take(values));
          },
          error: () => {
            failedAt = asyncScheduler.now();
          },
        }),
      );
    }
    for (let burst = 0; !waits && burst < BURSTS; burst++) {
      for (let i = 0; i < BURST; i++) {
        asyncScheduler.schedule(
          () => {
            if (failedAt === undefined) {
              bursts$.next(send());
              look();
            }
          },
          burst * PERIOD + i,
        );
      }
      asyncScheduler.schedule(watch, burst * PERIOD + BURST);
    }
    scheduler.flush();
  });
  return { sent, handled, dropped, failedAt, latencies, waiting, mostWaiting, worked };
}

/** The least number that so large a share of `numbers` does not exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? Number.NaN;
}
