import type { Bench, Row } from './Bench.js';
import { BURST, BURSTS, percentile, STRATEGIES, type Strategy, underBursts } from './simulation/bursts.js';

/** A value carries so many numbers, 8 bytes each. */
const NUMBERS = 8192;

async function row(strategy: Strategy): Promise<Row> {
  underBursts(strategy);
  const floor = liveHeap();
  let highest = floor;
  const payload = () => new Array<number>(NUMBERS).fill(0.5);
  const outcome = underBursts(strategy, payload, () => {
    highest = Math.max(highest, liveHeap());
  });
  const { sent, dropped, failedAt, latencies, mostWaiting, handled, worked } = outcome;
  return {
    cells: [
      strategy.title,
      `${sent}`,
      `${handled}`,
      `${dropped}`,
      failedAt === undefined ? '' : `${failedAt}`,
      `${percentile(latencies, 0.5)}`,
      `${percentile(latencies, 0.99)}`,
      ((1000 * handled) / worked).toFixed(0),
      `${mostWaiting}`,
      ((highest - floor) / 2 ** 20).toFixed(1),
    ],
  };
}

function liveHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

export const strategies: Bench = {
  title: `Every strategy under the same ${BURSTS} bursts of ${BURST} values of ${(NUMBERS * 8) / 1024} KiB, in virtual time; the heap after each burst, over its floor`,
  columns: [
    'strategy',
    'sent',
    'handled',
    'dropped',
    'failed at, ms',
    'p50, ms',
    'p99, ms',
    'values/s of work',
    'most waiting',
    'heap MiB',
  ],
  flags: ['--expose-gc'],
  rows: STRATEGIES.map((strategy) => () => row(strategy)),
};
