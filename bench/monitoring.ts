import { tap } from 'rxjs';
import { MonitorRegistry, monitor, pullFrom } from 'rxjs-backpressure';
import type { Bench, Row } from './Bench.js';
import { compare } from './compare.js';
import { requestAll, requestOneByOne, subscribePlain } from './consumers.js';

const ITEMS = 1_000_000;
const array = Array.from({ length: ITEMS }, (_, i) => i);
const LIMIT = 15;

/** What `monitor` adds to each item of the same pipeline without it, and what RxJS's own `tap` adds, in nanoseconds. */
async function row(title: string, consume: typeof subscribePlain): Promise<Row> {
  const source$ = pullFrom(array);
  const registry = new MonitorRegistry();
  const ours = compare({
    plain: () => consume(source$),
    ours: () => consume(source$.pipe(monitor('bench', { registry }))),
  });
  const native = compare({
    plain: () => consume(source$),
    ours: () => consume(source$.pipe(tap(() => {}))),
  });
  const nanoseconds = ours.difference / ITEMS;
  return {
    cells: [title, nanoseconds.toFixed(1), (native.difference / ITEMS).toFixed(1), ours.ratio.toFixed(2)],
    ok: nanoseconds <= LIMIT,
  };
}

export const monitoring: Bench = {
  title: `What monitor adds to each item, in nanoseconds of processor time (target: at most ${LIMIT})`,
  columns: ['consumer', 'monitor', 'native tap', 'with monitor to without'],
  rows: [
    () => row('plain subscriber', subscribePlain),
    () => row('request(Infinity)', requestAll),
    () => row('request(1)', requestOneByOne),
  ],
};
