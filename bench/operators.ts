import { bufferCount, from, NEVER, type Observable, type OperatorFunction } from 'rxjs';
import {
  boundedBuffer,
  bufferWithCount,
  controlledRequest,
  DemandHandle,
  dropLatest,
  losslessPause,
  prefetch,
  pullFrom,
} from 'rxjs-backpressure';
import type { Bench, Row } from './Bench.js';
import { compare } from './compare.js';
import { requestAll, requestOneByOne, subscribePlain } from './consumers.js';

const ITEMS = 1_000_000;
const array = Array.from({ length: ITEMS }, (_, i) => i);

type Consume = (source$: Observable<unknown>) => number;

/** Nanoseconds that `operator` adds to each item of the same pipeline without it. */
async function cost(
  consume: Consume,
  source$: Observable<number>,
  operator: () => OperatorFunction<number, unknown>,
): Promise<string> {
  const { difference } = await compare({
    plain: () => passed(consume(source$)),
    ours: () => passed(consume(source$.pipe(operator()))),
  });
  return (difference / ITEMS).toFixed(1);
}

/** How many values come out is the operator's business; that some do is checked. */
function passed(came: number): number {
  return Math.min(came, 1);
}

async function ours(title: string, operator: () => OperatorFunction<number, unknown>): Promise<Row> {
  const source$ = pullFrom(array);
  return {
    cells: [
      title,
      await cost(subscribePlain, source$, operator),
      await cost(requestAll, source$, operator),
      await cost(requestOneByOne, source$, operator),
    ],
  };
}

async function native(title: string, operator: () => OperatorFunction<number, unknown>): Promise<Row> {
  return { cells: [title, await cost(subscribePlain, from(array), operator), '', ''] };
}

function unlimited(): DemandHandle {
  const handle = new DemandHandle();
  handle.request(Infinity);
  return handle;
}

export const operators: Bench = {
  title: `What an operator adds to each item, in nanoseconds (${ITEMS.toLocaleString('en')} numbers, pullFrom(array))`,
  columns: ['operator', 'plain subscriber', 'request(Infinity)', 'request(1)'],
  rows: [
    () => ours('boundedBuffer', () => boundedBuffer({ capacity: 1024 })),
    () => ours('dropLatest', () => dropLatest()),
    () => ours('prefetch(128, 96)', () => prefetch(128, 96)),
    () => ours('losslessPause', () => losslessPause(NEVER)),
    () => ours('controlledRequest', () => controlledRequest(unlimited())),
    () => ours('bufferWithCount(100)', () => bufferWithCount(100)),
    () => native('native bufferCount(100) over from(array)', () => bufferCount(100)),
  ],
};
