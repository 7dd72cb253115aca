import type { OperatorFunction } from 'rxjs';
import { Drain } from '../buffer/Drain.js';
import { demandOperator } from '../parts/demandOperator.js';
import { checkCount } from '../protocol/check.js';
import { COMPLETE, deliverEnding } from '../protocol/Ending.js';
import { LineBuffer } from './LineBuffer.js';

/** Options of {@link ndjson}. */
export interface NdjsonOptions {
  /** How long a line may be, in characters. Default 1,048,576. */
  readonly maxLength?: number;
}

/**
 * Reads newline-delimited JSON: a value for each line of a stream of UTF-8 bytes or text, however it is cut into chunks.
 *
 * **Demand.** *shapes*: asks upstream for a chunk when the lines of the last one are used up. So the body of a `fetch` response
 * is read no faster than its values are taken, and TCP holds the server.
 *
 * **Overflow.** The lines of one chunk wait. A source without demand is kept, up to 1024 chunks; one more ends with an
 * `OverflowError`.
 *
 * **Errors.** A line that is no JSON ends the stream with a `SyntaxError` that names it, a line longer than `maxLength` with a
 * `RangeError`, a line that is no UTF-8 with a `TypeError`; each, and an upstream error, after the values of what came before.
 * Empty lines are left out; the last line needs no newline, but has to be whole.
 *
 * @param options `maxLength`: how long a line may be, in characters
 *
 * @example
 * ```ts
 * import { pullFrom } from 'rxjs-backpressure';
 * import { ndjson } from 'rxjs-backpressure/web';
 *
 * const { body } = new Response('{"id":1}\n{"id":2}\n');
 * if (body !== null) {
 *   pullFrom<Uint8Array>(body).pipe(ndjson<{ id: number }>()).subscribe((row) => console.log(row.id));
 * }
 * ```
 *
 * @see the NDJSON specification
 */
export function ndjson<T = unknown>({
  maxLength = 2 ** 20,
}: NdjsonOptions = {}): OperatorFunction<Uint8Array | string, T> {
  checkCount('ndjson: maxLength', maxLength, 1, true);
  return demandOperator<Uint8Array | string, T>(
    (downstream, upstream) => {
      const lines = new LineBuffer('ndjson', maxLength);
      const read = (line: string) => {
        let value: T;
        try {
          value = parse(line);
        } catch (error) {
          // What comes after it, the end as well, is not told any more.
          fail(error, true);
          return;
        }
        downstream.next(value);
      };
      const parse = (line: string): T => {
        lines.check(line);
        try {
          return JSON.parse(line);
        } catch (cause) {
          throw new SyntaxError(`ndjson: line ${lines.number} is no JSON: ${line.slice(0, 80)}`, { cause });
        }
      };
      const drain = new Drain<string>(
        { next: read },
        upstream,
        (ending) => deliverEnding(ending, downstream),
        lines,
      );
      const request = (n: number) => {
        drain.request(n);
        ask();
      };
      const ask = () => {
        // Also from inside a delivery, while lines of the last chunk wait, nothing is asked for.
        if (drain.requested > lines.size && upstream.requested === 0) {
          upstream.request(1);
        }
      };
      const fail = (error: unknown, overtakes: boolean) => {
        drain.end({ kind: 'error', error }, overtakes);
        upstream.unsubscribe();
      };
      const attempt = (action: () => void) => {
        try {
          action();
        } catch (error) {
          fail(error, false);
        }
      };
      return {
        request,
        next: (chunk) => {
          attempt(() => lines.write(chunk));
          drain.run();
          ask();
        },
        error: (error) => drain.end({ kind: 'error', error }),
        complete: () => {
          attempt(() => lines.end());
          drain.end(COMPLETE);
        },
        unsubscribe: () => drain.close(),
      };
    },
    { operator: 'ndjson' },
  );
}
