import { mergeAll, mergeMap, NEVER, type OperatorFunction, of, windowCount } from 'rxjs';
import {
  adaptiveDemand,
  batchWhileBusy,
  boundedBuffer,
  bufferWithCount,
  bufferWithTimeOrCount,
  conflate,
  conflateByKey,
  controlledRequest,
  DemandHandle,
  dropLatest,
  dropOldest,
  keepLatest,
  limitConcurrency,
  losslessPause,
  lossyPause,
  monitor,
  prefetch,
  pullFrom,
  rateLimit,
  Semaphore,
  shareWithDemand,
  tapDemand,
  windowWithCount,
} from 'rxjs-backpressure';
import type { Bench, Row } from './Bench.js';
import { compare } from './compare.js';
import { requestInBatches } from './consumers.js';

const ITEMS = 1_000_000;
/** Where an item takes a microsecond. */
const LESS_ITEMS = 20_000;
/** Nanoseconds that an operator may add to each item. */
const TARGET = 60;
const array = Array.from({ length: ITEMS }, (_, i) => i);

type Step = OperatorFunction<number, unknown>;

/** What `operator` adds to each item of the pipeline that does the same work without it. */
async function row(
  title: string,
  operator: () => Step,
  without: () => Step = () => (source) => source,
  items = ITEMS,
): Promise<Row> {
  const source$ = pullFrom(array.slice(0, items));
  const { difference, plain, ours } = compare({
    plain: () => passed(requestInBatches(source$.pipe(without()))),
    ours: () => passed(requestInBatches(source$.pipe(operator()))),
  });
  const added = difference / items;
  return {
    cells: [title, (plain / items).toFixed(1), (ours / items).toFixed(1), added.toFixed(1), `${TARGET}`],
    ok: added <= TARGET,
  };
}

/** How many values come out is the operator's business; that some do is checked. */
function passed(came: number): number {
  return Math.min(came, 1);
}

function unlimited(): DemandHandle {
  const handle = new DemandHandle();
  handle.request(Infinity);
  return handle;
}

export const operators: Bench = {
  title: `What an operator adds to each item, in nanoseconds of processor time (${ITEMS.toLocaleString('en')} numbers, pullFrom(array), request(128), then 96 after each 96)`,
  columns: ['operator', 'without', 'with', 'added', 'target'],
  rows: [
    () => row('adaptiveDemand', () => adaptiveDemand({ min: 128, max: 128 })),
    () => row('batchWhileBusy', () => batchWhileBusy({ max: 128 })),
    () => row('boundedBuffer', () => boundedBuffer({ capacity: 1024 })),
    () => row('boundedBuffer, maxAge', () => boundedBuffer({ capacity: 1024, maxAge: 1000 })),
    () => row('boundedBuffer, sizeOf', () => boundedBuffer({ capacity: 1024, sizeOf: () => 1 })),
    () => row('bufferWithCount(100)', () => bufferWithCount(100)),
    () => row('bufferWithTimeOrCount', () => bufferWithTimeOrCount({ count: 100, time: 1000 })),
    () => row('conflate', () => conflate((a, b) => a + b)),
    () => row('conflateByKey', () => conflateByKey((n) => n & 15)),
    () => row('controlledRequest', () => controlledRequest(unlimited())),
    () => row('dropLatest', () => dropLatest()),
    () => row('dropOldest', () => dropOldest()),
    () => row('keepLatest', () => keepLatest()),
    () =>
      row(
        'limitConcurrency; without: mergeMap',
        () => limitConcurrency(new Semaphore(16), (n) => of(n)),
        () => mergeMap((n) => of(n), 16),
        LESS_ITEMS,
      ),
    () => row('losslessPause', () => losslessPause(NEVER)),
    () => row('lossyPause', () => lossyPause(NEVER)),
    () => row('monitor', () => monitor('bench')),
    () => row('prefetch', () => prefetch(128, 96)),
    () => row('rateLimit', () => rateLimit({ permits: 1_000_000, per: 1, burst: 1_000_000 })),
    () => row('shareWithDemand', () => shareWithDemand()),
    () => row('tapDemand', () => tapDemand({ next: () => {} })),
    () =>
      row(
        'windowWithCount(100), mergeAll; without: windowCount(100), mergeAll',
        () => (source) => source.pipe(windowWithCount(100), mergeAll()),
        () => (source) => source.pipe(windowCount(100), mergeAll()),
      ),
  ],
};
