/** The server of the example in a process of its own, which tells its figures when it is asked. */
import type { Counters } from './query.js';
import { serveRows } from './server.js';

export interface Report extends Counters {
  /** Bytes of the heap, after a collection. */
  readonly heap: number;
}

const server = await serveRows();
process.send?.(server.url);
process.on('message', () => {
  globalThis.gc?.();
  const report: Report = { ...server.counters, heap: process.memoryUsage().heapUsed };
  process.send?.(report);
});
process.on('disconnect', () => process.exit());
