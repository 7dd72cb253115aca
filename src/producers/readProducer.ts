import { addDemand } from '../protocol/arithmetic.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';

/** Reads at most `n` values; answers `null` at the end. The signal aborts when nobody wants the answer any more. */
export type Read<T> = (n: number, signal: AbortSignal) => Promise<readonly T[] | null>;

/** Asks a read function for what is requested, one read at a time, `batch` values at most. */
export function readProducer<T>(read: Read<T>, batch: number, sink: DemandSink<T>): Producer {
  const abort = new AbortController();
  let credit = 0;
  let reading = false;

  const next = async (): Promise<void> => {
    reading = true;
    while (credit > 0 && !abort.signal.aborted) {
      const asked = Math.min(credit, batch);
      const values = await read(asked, abort.signal);
      if (values === null) {
        sink.complete();
        return;
      }
      if (!Array.isArray(values)) {
        throw new TypeError(`pullFrom: read(n) must answer with an array or null, got ${String(values)}`);
      }
      if (values.length === 0) {
        // Nothing yet: before it asks again, the event loop has its turn.
        await new Promise((resolve) => setTimeout(resolve));
      }
      deliver(values, asked);
    }
    reading = false;
  };
  const deliver = (values: readonly T[], asked: number): void => {
    if (abort.signal.aborted) {
      return;
    }
    credit -= Math.min(values.length, asked);
    for (const value of values.slice(0, asked)) {
      sink.next(value);
    }
    if (values.length > asked) {
      throw new RangeError(`pullFrom: read(${asked}) answered with ${values.length} values`);
    }
  };
  return {
    later: true,
    request(n) {
      credit = addDemand(credit, n);
      if (!reading) {
        next().catch((error: unknown) => sink.error(error));
      }
    },
    unsubscribe() {
      abort.abort();
    },
  };
}
