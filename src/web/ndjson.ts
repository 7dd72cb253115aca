import type { OperatorFunction } from 'rxjs';
import { demandOperator } from '../parts/demandOperator.js';
import { drainInto } from '../parts/drainInto.js';
import { checkCount } from '../protocol/check.js';
import { COMPLETE } from '../protocol/Ending.js';

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
 * `RangeError`, a chunk that is no UTF-8 with a `TypeError`; each, and an upstream error, after the values of what came before.
 * Empty lines are left out; the last line needs no newline.
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
      const decoder = new TextDecoder('utf-8', { fatal: true });
      let number = 0;
      let rest = '';
      const drain = drainInto<string>('ndjson', upstream, {
        next: (line) => {
          number++;
          if (line.trim() !== '') {
            downstream.next(parse(line, number));
          } else {
            drain.request(1);
          }
        },
        error: (error) => downstream.error(error),
        complete: () => downstream.complete(),
      });
      const ask = () => {
        if (drain.requested > 0 && upstream.requested === 0) {
          upstream.request(1);
        }
      };
      const end = (error: unknown) => drain.end({ kind: 'error', error });
      const split = (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          check(line);
          drain.next(line);
        }
        check(rest);
      };
      const check = (line: string) => {
        if (line.length > maxLength) {
          throw new RangeError(`ndjson: a line is longer than maxLength = ${maxLength} characters`);
        }
      };
      const attempt = (action: () => void) => {
        try {
          action();
        } catch (error) {
          end(error);
          upstream.unsubscribe();
        }
      };
      return {
        request: (n) => {
          drain.request(n);
          ask();
        },
        next: (chunk) => {
          attempt(() => split(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })));
          ask();
        },
        error: end,
        complete: () => {
          attempt(() => {
            rest += decoder.decode();
            // Where nothing is left after the last line break, the completion needs no demand.
            if (rest.trim() !== '') {
              split('\n');
            }
            drain.end(COMPLETE);
          });
        },
        unsubscribe: () => drain.close(),
      };
    },
    { operator: 'ndjson' },
  );
}

function parse<T>(line: string, number: number): T {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new SyntaxError(`ndjson: line ${number} is no JSON: ${line.slice(0, 80)}`, { cause });
  }
}
