import { BehaviorSubject, Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import {
  batchWhileBusy,
  boundedBuffer,
  conflate,
  conflateByKey,
  DemandSubscriber,
  dropLatest,
  dropOldest,
  keepLatest,
  lossyPause,
} from 'rxjs-backpressure';
import type { Bench, Row } from './Bench.js';

const ITEMS = 100_000;
/** The consumer asks for one value in so many. */
const ONE_IN = 1000;
const RUNS = 200;
/** Million values a second. */
const TARGET = 20;
/** An object takes 16 bytes at least, so less than this is allocated for what is handed over, not for what is dropped. */
const TARGET_BYTES = 1;

type Step = OperatorFunction<number, unknown>;

/** Everything that drops, replaces or merges what nobody has asked for. */
const LOSSY: ReadonlyMap<string, () => Step> = new Map<string, () => Step>([
  ['dropLatest', () => dropLatest()],
  ['dropLatest, capacity 64', () => dropLatest({ capacity: 64 })],
  ['dropOldest', () => dropOldest()],
  ['dropOldest, capacity 64', () => dropOldest({ capacity: 64 })],
  ['keepLatest', () => keepLatest()],
  ['conflate', () => conflate((a, b) => (a + b) & 0xff)],
  ['conflateByKey, 16 keys', () => conflateByKey((n) => n & 15)],
  ['conflateByKey, merged', () => conflateByKey((n) => n & 15, { merge: (a, b) => (a + b) & 0xff })],
  ['lossyPause, paused', () => lossyPause(new BehaviorSubject(true))],
  ['boundedBuffer, replaceLatest', () => boundedBuffer({ capacity: 64, overflow: 'replaceLatest' })],
  ['boundedBuffer, dropAll', () => boundedBuffer({ capacity: 64, overflow: 'dropAll' })],
  ['boundedBuffer, a function', () => boundedBuffer({ capacity: 64, overflow: () => 'dropOldest' })],
  ['boundedBuffer, sizeOf', () => boundedBuffer({ capacity: 64, overflow: 'dropOldest', sizeOf: () => 1 })],
  ['boundedBuffer, maxAge', () => boundedBuffer({ capacity: 64, overflow: 'dropOldest', maxAge: 60_000 })],
  ['batchWhileBusy, dropOldest', () => batchWhileBusy({ max: 64, overflow: 'dropOldest' })],
]);

/** Sends `count` numbers through `operator` to a consumer that asks for one in so many; answers how many came. */
function flood(operator: Step, count: number, oneIn = ONE_IN): number {
  let source: Subscriber<number> | undefined;
  // A Subject would allocate for each value.
  const source$ = new Observable<number>((subscriber) => {
    source = subscriber;
  });
  let came = 0;
  const consumer = new DemandSubscriber<unknown>({
    next: () => {
      came++;
    },
  });
  source$.pipe(operator).subscribe(consumer);
  for (let sent = 0; sent < count; sent++) {
    if (sent % oneIn === 0) {
      consumer.request(1);
    }
    source?.next(sent & 0xff);
  }
  consumer.unsubscribe();
  return came;
}

async function row(title: string, operator: () => Step, bounded: boolean): Promise<Row> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    flood(operator(), ITEMS);
    best = Math.min(best, performance.now() - start);
  }
  const millions = ITEMS / 1000 / best;
  const bytes = bytesPerDropped(operator);
  return {
    cells: [
      title,
      millions.toFixed(1),
      bounded ? `${TARGET}` : '',
      bytes.toFixed(2),
      bounded ? `${TARGET_BYTES}` : '',
    ],
    ...(bounded && { ok: millions >= TARGET && bytes < TARGET_BYTES }),
  };
}

/** The least of ten runs; the young generation is larger than what they allocate, so nothing is collected in between. */
function bytesPerDropped(operator: () => Step): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    const ready = operator();
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    flood(ready, ITEMS * 10, ITEMS);
    least = Math.min(least, process.memoryUsage().heapUsed - before);
  }
  return least / (ITEMS * 10);
}

/** Each value that `maxAge` may drop costs a look at the clock, which takes longer than the rest. */
const UNBOUNDED = ['boundedBuffer, maxAge'];

export const lossy: Bench = {
  title: `What lossy operators accept while the consumer asks for one value in ${ONE_IN}`,
  columns: ['operator', 'million/s', 'target', 'bytes a dropped value', 'target'],
  flags: ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'],
  rows: [...LOSSY].map(
    ([title, operator]) =>
      () =>
        row(title, operator, !UNBOUNDED.includes(title)),
  ),
};
