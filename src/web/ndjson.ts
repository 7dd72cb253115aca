import type { OperatorFunction } from 'rxjs';
import { demandOperator } from '../parts/demandOperator.js';
import { drainInto } from '../parts/drainInto.js';
import { checkCount } from '../protocol/check.js';
import { COMPLETE } from '../protocol/Ending.js';

const SPACE = 0x20;

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
      /** The last line, as far as it has come. */
      let rest = '';
      const drain = drainInto<string>('ndjson', upstream, {
        next: (line) => {
          number++;
          if (line.charCodeAt(0) > SPACE || line.trim() !== '') {
            read(line);
          } else {
            request(1);
          }
        },
        error: (error) => downstream.error(error),
        complete: () => downstream.complete(),
      });
      const request = (n: number) => {
        drain.request(n);
        ask();
      };
      const ask = () => {
        // Also from inside a delivery, while lines of the last chunk wait, nothing is asked for.
        if (drain.requested > drain.buffer.size && upstream.requested === 0) {
          upstream.request(1);
        }
      };
      const split = (text: string) => {
        let start = 0;
        for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
          extend(text.slice(start, end));
          drain.buffer.push(rest);
          rest = '';
          start = end + 1;
        }
        extend(text.slice(start));
      };
      const extend = (part: string) => {
        rest += part;
        if (rest.length > maxLength) {
          throw new RangeError(`ndjson: a line is longer than maxLength = ${maxLength} characters`);
        }
      };
      const read = (line: string) => {
        let value: T;
        try {
          value = JSON.parse(line);
        } catch (cause) {
          drain.buffer.clear();
          fail(new SyntaxError(`ndjson: line ${number} is no JSON: ${line.slice(0, 80)}`, { cause }));
          return;
        }
        downstream.next(value);
      };
      const end = (error: unknown) => drain.end({ kind: 'error', error });
      const fail = (error: unknown) => {
        end(error);
        upstream.unsubscribe();
      };
      const attempt = (action: () => void) => {
        try {
          action();
        } catch (error) {
          fail(error);
        }
      };
      return {
        request,
        next: (chunk) => {
          attempt(() => split(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })));
          drain.run();
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
