import { from, mergeMap, type Observable } from 'rxjs';
import { prefetch, pullFrom } from 'rxjs-backpressure';
import type { Bench, Row } from './Bench.js';

const TARGET_MB = 20;
/** How often the heap is looked at, at its smallest: right after a collection. */
const SAMPLES = 20;

function* numbers(count: number): Generator<number> {
  for (let i = 0; i < count; i++) {
    yield i;
  }
}

/** How far the heap grows over its floor while everything of `source$` goes by, in megabytes. */
async function growth(count: number, source$: Observable<number>): Promise<number> {
  const floor = liveHeap();
  let highest = floor;
  let came = 0;
  const every = Math.floor(count / SAMPLES);
  await new Promise<void>((resolve, reject) => {
    source$.subscribe({
      next: () => {
        if (came++ % every === 0) {
          highest = Math.max(highest, liveHeap());
        }
      },
      error: reject,
      complete: resolve,
    });
  });
  if (came !== count) {
    throw new Error(`${came} of ${count} values came`);
  }
  return (highest - floor) / 2 ** 20;
}

function liveHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function row(
  title: string,
  count: number,
  open: (count: number) => Observable<number>,
  target?: number,
): Promise<Row> {
  await growth(1000, open(1000)); // What is made once is part of the floor.
  const start = performance.now();
  const grown = await growth(count, open(count));
  const seconds = (performance.now() - start) / 1000;
  const cells = [
    title,
    count.toLocaleString('en'),
    grown.toFixed(1),
    target === undefined ? '' : `${target}`,
    seconds.toFixed(1),
  ];
  return target === undefined ? { cells } : { cells, ok: grown < target };
}

export const memory: Bench = {
  title: 'Heap over its floor, after a collection, at its highest',
  columns: ['case', 'items', 'MB', 'target', 'seconds'],
  flags: ['--expose-gc'],
  rows: [
    () =>
      row(
        'pullFrom(generator), mergeMap(async, 4), prefetch(16)',
        10_000_000,
        (count) =>
          pullFrom(numbers(count)).pipe(
            mergeMap(async (n) => n, 4),
            prefetch(16),
          ),
        TARGET_MB,
      ),
    () =>
      row('from(generator), mergeMap(async, 4)', 200_000, (count) =>
        from(numbers(count)).pipe(mergeMap(async (n) => n, 4)),
      ),
  ],
};
