/** The server of the example in a process of its own, which tells its figures when it is asked. */
import type { Counters } from './query.js';
import { serveRows } from './server.js';

export interface Report extends Counters {
  /** Bytes of the heap, after a collection. */
  readonly heap: number;
  /** Milliseconds that the process has had of a processor, less those of the collections made for reports. */
  readonly processor: number;
}

const server = await serveRows();
process.send?.(server.url);
let collecting = 0;
const used = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
process.on('message', () => {
  const before = used();
  globalThis.gc?.();
  const after = used();
  collecting += after - before;
  const report: Report = {
    ...server.counters,
    heap: process.memoryUsage().heapUsed,
    processor: after - collecting,
  };
  process.send?.(report);
});
process.on('disconnect', () => process.exit());
