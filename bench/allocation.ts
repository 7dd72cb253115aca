import { PerformanceObserver } from 'node:perf_hooks';
import { filter, from, map, type Observable } from 'rxjs';
import { pullFrom } from 'rxjs-backpressure';
import type { Bench, Row } from './Bench.js';
import { requestAll, requestOneByOne, subscribePlain } from './consumers.js';

const ITEMS = 1_000_000;
const RUNS = 10;
/** An object takes 16 bytes at least, so less than this is what a run allocates once, over all of its items. */
const TARGET_BYTES = 1;

/** Small integers: they live inside the slots, so the values themselves allocate nothing. */
const array = Array.from({ length: ITEMS }, (_, i) => i);

const throughThree = (source$: Observable<number>): Observable<number> =>
  source$.pipe(
    map((n) => n + 1),
    filter((n) => n % 2 === 0),
    map((n) => n >> 1),
  );

/**
 * Bytes allocated for each item: the least of ten runs of a million, as what is allocated for a value is allocated in
 * every run, and what the compiler allocates is not. The young generation is larger than what a run allocates, so nothing
 * is collected in between, and the heap grows by all of it.
 */
async function bytesPerItem(run: () => number): Promise<number> {
  for (let i = 0; i < 20; i++) {
    run();
  }
  // Lets the compiler finish what it has begun.
  await new Promise((resolve) => setTimeout(resolve, 200));
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  const grown: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
    observer.observe({ entryTypes: ['gc'] });
    const before = process.memoryUsage().heapUsed;
    run();
    grown.push(process.memoryUsage().heapUsed - before);
    await new Promise((resolve) => setTimeout(resolve, 0));
    observer.disconnect();
  }
  if (collections > 0) {
    throw new Error(`${collections} collections while the heap was being measured`);
  }
  return Math.min(...grown) / ITEMS;
}

async function row(title: string, run: () => number, bounded = true): Promise<Row> {
  const bytes = await bytesPerItem(run);
  const cells = [title, bytes.toFixed(4), bounded ? `${TARGET_BYTES}` : ''];
  return bounded ? { cells, ok: bytes < TARGET_BYTES } : { cells };
}

export const allocation: Bench = {
  title: `Bytes allocated for each item, the least of ${RUNS} runs of ${ITEMS.toLocaleString('en')} small integers`,
  columns: ['case', 'bytes/item', 'target'],
  flags: ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'],
  rows: [
    () =>
      row(
        'plain RxJS: from(array), map, filter, map',
        () => subscribePlain(throughThree(from(array))),
        false,
      ),
    () =>
      row('pullFrom(array), map, filter, map: request(1)', () =>
        requestOneByOne(throughThree(pullFrom(array))),
      ),
    () =>
      row('pullFrom(array), map, filter, map: request(Infinity)', () =>
        requestAll(throughThree(pullFrom(array))),
      ),
    () =>
      row('pullFrom(array), map, filter, map: plain subscriber', () =>
        subscribePlain(throughThree(pullFrom(array))),
      ),
    () => row('pullFrom(array): request(1)', () => requestOneByOne(pullFrom(array))),
    () => row('pullFrom(array): request(Infinity)', () => requestAll(pullFrom(array))),
    () => row('pullFrom(array): plain subscriber', () => subscribePlain(pullFrom(array))),
  ],
};
