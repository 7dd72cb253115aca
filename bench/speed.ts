import { bufferCount, filter, from, map, type Observable } from 'rxjs';
import { bufferWithCount, pullFrom } from 'rxjs-backpressure';
import type { Bench, Row } from './Bench.js';
import { compare, type Pair } from './compare.js';
import {
  requestAll,
  requestInBatches,
  requestOneByOne,
  subscribeObserver,
  subscribePlain,
} from './consumers.js';

const ITEMS = 1_000_000;
/** No slower, within what two measurements of the same code differ by. */
const NO_SLOWER = 1.05;

const array = Array.from({ length: ITEMS }, (_, i) => i);

const generated: Iterable<number> = {
  *[Symbol.iterator]() {
    for (let i = 0; i < ITEMS; i++) {
      yield i;
    }
  },
};

const throughThree = (source$: Observable<number>): Observable<number> =>
  source$.pipe(
    map((n) => n + 1),
    filter((n) => n % 2 === 0),
    map((n) => n >> 1),
  );

const chainOverFrom = (): number => subscribePlain(throughThree(from(array)));
const fromArray = (): number => subscribePlain(from(array));
const fromGenerator = (): number => subscribePlain(from(generated));

/** What an application does: other consumers, sources and chains have run before, so no call site has seen only one. */
function everythingFirst(pair: Pair): Pair {
  for (let i = 0; i < 3; i++) {
    for (const input of [array, generated]) {
      for (const source$ of [from(input), pullFrom(input)]) {
        for (const consume of [subscribePlain, subscribeObserver, requestAll, requestOneByOne]) {
          consume(source$);
          consume(throughThree(source$));
        }
      }
    }
  }
  return pair;
}

async function row(title: string, target: number | undefined, pair: Pair): Promise<Row> {
  const { plain, ours, ratio } = compare(pair);
  const cells = [title, perItem(plain), perItem(ours), ratio.toFixed(2), target?.toFixed(2) ?? ''];
  return target === undefined ? { cells } : { cells, ok: ratio <= target };
}

function perItem(nanoseconds: number): string {
  return (nanoseconds / ITEMS).toFixed(1);
}

export const speed: Bench = {
  title: `Processor time for ${ITEMS.toLocaleString('en')} numbers, against plain RxJS for the same work`,
  columns: ['case', 'plain ns/item', 'ours ns/item', 'ratio', 'target'],
  rows: [
    () =>
      row('map, filter, map over an array: request(1)', 1.2, {
        plain: chainOverFrom,
        ours: () => requestOneByOne(throughThree(pullFrom(array))),
      }),
    () =>
      row('map, filter, map over an array: request(Infinity)', 1.1, {
        plain: chainOverFrom,
        ours: () => requestAll(throughThree(pullFrom(array))),
      }),
    () =>
      row('map, filter, map over an array: plain subscriber', NO_SLOWER, {
        plain: chainOverFrom,
        ours: () => subscribePlain(throughThree(pullFrom(array))),
      }),
    () =>
      row(
        '  request(1), in a process that has run everything',
        undefined,
        everythingFirst({
          plain: chainOverFrom,
          ours: () => requestOneByOne(throughThree(pullFrom(array))),
        }),
      ),
    () =>
      row(
        '  request(Infinity), in a process that has run everything',
        undefined,
        everythingFirst({
          plain: chainOverFrom,
          ours: () => requestAll(throughThree(pullFrom(array))),
        }),
      ),
    () =>
      row('pullFrom(array): plain subscriber', NO_SLOWER, {
        plain: fromArray,
        ours: () => subscribePlain(pullFrom(array)),
      }),
    () =>
      row('pullFrom(generator): plain subscriber', NO_SLOWER, {
        plain: fromGenerator,
        ours: () => subscribePlain(pullFrom(generated)),
      }),
    () =>
      row('pullFrom(array): request(1)', undefined, {
        plain: fromArray,
        ours: () => requestOneByOne(pullFrom(array)),
      }),
    () =>
      row('pullFrom(array): request(Infinity)', undefined, {
        plain: fromArray,
        ours: () => requestAll(pullFrom(array)),
      }),
    () =>
      row('pullFrom(generator): request(1)', undefined, {
        plain: fromGenerator,
        ours: () => requestOneByOne(pullFrom(generated)),
      }),
    () =>
      row('bufferWithCount(100) against bufferCount(100): plain subscriber', NO_SLOWER, {
        plain: () => subscribePlain(from(array).pipe(bufferCount(100))),
        ours: () => subscribePlain(from(array).pipe(bufferWithCount(100))),
      }),
    () =>
      row('bufferWithCount(100) against bufferCount(100): request(128), then 96', NO_SLOWER, {
        plain: () => requestInBatches(pullFrom(array).pipe(bufferCount(100))),
        ours: () => requestInBatches(pullFrom(array).pipe(bufferWithCount(100))),
      }),
  ],
};
