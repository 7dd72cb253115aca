/** A consumer with a number of workers, in virtual time, below `adaptiveDemand` or below a fixed limit. */
import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { adaptiveDemand, DemandSubscriber, pullFrom } from 'rxjs-backpressure';

/** What the consumer can do from a moment on: `workers` values at a time, each in `work` ms. Further ones wait for a worker. */
export interface Capacity {
  readonly from: number;
  readonly workers: number;
  readonly work: number;
  /** A value takes up to so many ms more or less, evenly spread. Default 0. */
  readonly spread?: number;
}

export interface Trace {
  /** Each limit and the moment from which it held; the first one is from 0. */
  readonly limits: readonly { readonly time: number; readonly limit: number }[];
  /** The moments at which values were handled. */
  readonly handled: readonly number[];
  /** How long each of them had been with the consumer, waiting included, in the same order. */
  readonly latencies: readonly number[];
}

/** Plays `capacities`, in the order of their times, to the moment `end`; `limit` is a fixed one, or found by `adaptiveDemand`. */
export function simulate(capacities: readonly Capacity[], end: number, limit: number | 'adaptive'): Trace {
  const limits: { time: number; limit: number }[] = [{ time: 0, limit: limit === 'adaptive' ? MIN : limit }];
  const handled: number[] = [];
  const latencies: number[] = [];
  const scheduler = new TestScheduler(() => {});
  scheduler.run(() => {
    let { workers, work, spread = 0 }: Capacity = capacities[0] ?? { from: 0, workers: 1, work: 1 };
    const random = linearCongruential(1);
    let busy = 0;
    /** The arrival of each value that waits for a worker, oldest first. */
    const waiting: number[] = [];
    const begin = () => {
      while (busy < workers && waiting.length > 0) {
        const arrival = waiting.shift() ?? 0;
        busy++;
        asyncScheduler.schedule(
          () => {
            if (consumer.closed) {
              return;
            }
            busy--;
            handled.push(asyncScheduler.now());
            latencies.push(asyncScheduler.now() - arrival);
            consumer.request(1);
            begin();
          },
          work + spread * (2 * random() - 1),
        );
      }
    };
    const consumer = new DemandSubscriber<number>({
      start: (demand) => demand.request(limit === 'adaptive' ? MAX : limit),
      next: () => {
        waiting.push(asyncScheduler.now());
        begin();
      },
    });
    for (const capacity of capacities) {
      asyncScheduler.schedule(() => {
        ({ workers, work, spread = 0 } = capacity);
        begin();
      }, capacity.from);
    }
    asyncScheduler.schedule(() => consumer.unsubscribe(), end);
    const source$ = pullFrom(endless());
    (limit === 'adaptive'
      ? source$.pipe(
          adaptiveDemand({
            min: MIN,
            max: MAX,
            clock: asyncScheduler,
            onLimit: (moved) => limits.push({ time: asyncScheduler.now(), limit: moved }),
          }),
        )
      : source$
    ).subscribe(consumer);
    scheduler.flush();
  });
  return { limits, handled, latencies };
}

export const MIN = 1;
export const MAX = 500;

function* endless(): Generator<number> {
  for (let i = 0; ; i++) {
    yield i;
  }
}

/** The same numbers from 0 to 1 in every run. */
function linearCongruential(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The limits that held between two moments, without the probes: windows for which the limit was halved. */
export function settled({ limits }: Trace, from: number, to: number): number[] {
  const held = limits.filter(({ time }) => time > from && time < to).map(({ limit }) => limit);
  const before = limits.filter(({ time }) => time <= from).at(-1);
  const all = before === undefined ? held : [before.limit, ...held];
  const usual = Math.max(...all);
  return all.filter((limit) => limit > usual * 0.6);
}
