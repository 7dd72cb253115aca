import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DemandObservable, DemandSubscriber, pullFrom } from '../../src/index.js';
import { ndjson } from '../../src/web/index.js';
import { recorder } from '../recorder.js';

const MAX_LENGTH = 40;

/** What one line says: its value, the names of what can be wrong with it, or nothing where it is empty. */
function meaning(
  line: string,
  number: number,
): { value: unknown } | { wrong: readonly string[] } | undefined {
  const wrong = [
    ...(line.includes('\ufffd') ? ['TypeError'] : []),
    ...(line.length > MAX_LENGTH ? ['RangeError'] : []),
  ];
  if (wrong.length > 0) return { wrong };
  if (/^[ \t\r]*$/.test(line)) return undefined;
  try {
    return { value: JSON.parse(line) };
  } catch {
    return { wrong: [`SyntaxError ${number}`] };
  }
}

/** The simplest way: all bytes at once, one line after the other. */
function readSlowly(bytes: Uint8Array): { values: unknown[]; endings: readonly string[] } {
  const values: unknown[] = [];
  // In latin1 a byte is a character, so that each line is decoded by itself.
  for (const [i, bytesOfLine] of Buffer.from(bytes).toString('latin1').split('\n').entries()) {
    const line = Buffer.from(bytesOfLine, 'latin1').toString();
    const read = meaning(i === 0 ? line.replace(/^\ufeff/, '') : line, i + 1);
    if (read !== undefined && 'wrong' in read) return { values, endings: read.wrong };
    if (read !== undefined) values.push(read.value);
  }
  return { values, endings: ['|'] };
}

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
const piece = fc.oneof(
  { weight: 5, arbitrary: fc.jsonValue({ maxDepth: 1 }).map((value) => bytesOf(JSON.stringify(value))) },
  { weight: 4, arbitrary: fc.constant(bytesOf('\n')) },
  { weight: 2, arbitrary: fc.constantFrom('\r\n', ' ', '\t', '\n\n', '"ä€\u{1f600}"\n').map(bytesOf) },
  { weight: 1, arbitrary: fc.constantFrom('\ufeff', 'x', ',', '"', '[1', '0,0').map(bytesOf) },
  { weight: 1, arbitrary: fc.constantFrom([0xff], [0xc3], [0xf0, 0x9f], [0x80]) },
);

describe('ndjson', () => {
  const read = (chunks: readonly (Uint8Array | string)[], maxLength = 2 ** 20) => {
    const got: unknown[] = [];
    pullFrom(chunks)
      .pipe(ndjson({ maxLength }))
      .subscribe({
        next: (value) => got.push(value),
        error: (error) => got.push(error),
        complete: () => got.push('|'),
      });
    return got;
  };

  it('reads the values of the lines, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        fc.boolean(),
        (values, sizes, newline) => {
          const text = values.map((value) => JSON.stringify(value)).join('\n') + (newline ? '\r\n' : '');
          const bytes = new TextEncoder().encode(text);
          const chunks: Uint8Array[] = [];
          for (let at = 0; at < bytes.length; at += chunks.at(-1)?.length ?? 0) {
            chunks.push(bytes.slice(at, at + (sizes.next().value ?? 1)));
          }
          expect(read(chunks)).toEqual([...values.map((value) => JSON.parse(JSON.stringify(value))), '|']);
        },
      ),
    );
  });

  it('reads whatever comes as one would line by line, however it is cut and asked for', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }).map((pieces) => Uint8Array.from(pieces.flat())),
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 40 }),
        fc.boolean(),
        (bytes, cuts, requests, inside) => {
          const chunks: Uint8Array[] = [];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const cut = cuts[i % cuts.length] ?? 1;
            chunks.push(bytes.subarray(at, at + cut));
            at += cut;
          }
          const got: unknown[] = [];
          let ending: string | undefined;
          const consumer = new DemandSubscriber<unknown>({
            next: (value, demand) => {
              got.push(value);
              if (inside) demand.request(1);
            },
            error: ({ name, message }) => {
              ending = [name, /line (\d+) is/.exec(message)?.[1]].filter(Boolean).join(' ');
            },
            complete: () => {
              ending = '|';
            },
          });
          pullFrom(chunks)
            .pipe(ndjson({ maxLength: MAX_LENGTH }))
            .subscribe(consumer);
          const { values, endings } = readSlowly(bytes);
          let asked = 0;
          for (const n of requests) {
            consumer.request(n);
            asked += n;
            if (!inside) expect(got).toEqual(values.slice(0, asked));
          }
          // The end of the chunks is found by the request after the last value.
          consumer.request(1000);
          expect(got).toEqual(values);
          expect(endings).toContain(ending);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('asks for a chunk when the lines of the last one are used up', () => {
    let chunks = 0;
    const lines$ = new DemandObservable<string>((sink) => ({
      request: (n) => {
        for (let i = 0; i < n; i++) sink.next(`${chunks++}\n0\n0\n`);
      },
      unsubscribe: () => {},
    }));
    const subscriber = new DemandSubscriber<unknown>();
    lines$.pipe(ndjson()).subscribe(subscriber);
    const drawn: number[] = [];
    for (let i = 0; i < 7; i++) {
      subscriber.request(1);
      drawn.push(chunks);
    }
    expect(drawn).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });

  it('asks for no chunk while lines wait, also where each line is requested from inside the one before', () => {
    let chunks = 0;
    const lines$ = new DemandObservable<string>((sink) => ({
      // Bounded, so that asking for all of them would fail, and not go on for ever.
      request: () => chunks < 100 && sink.next(`${chunks++}\n\n0\n`),
      unsubscribe: () => {},
    }));
    const got: number[] = [];
    lines$.pipe(ndjson<number>()).subscribe(
      new DemandSubscriber<number>({
        start: (demand) => demand.request(1),
        next: (value, demand) => {
          got.push(value);
          expect(chunks).toBeLessThanOrEqual(Math.ceil((got.length + 1) / 2));
          if (got.length < 10) demand.request(1);
        },
      }),
    );
    expect(got).toEqual([0, 0, 1, 0, 2, 0, 3, 0, 4, 0]);
  });

  it('needs no demand for the end where only empty lines are left', () => {
    const { log, consumer } = recorder<unknown>();
    pullFrom(['1\n\n \r\n', '\n2\n\n\n']).pipe(ndjson()).subscribe(consumer);
    consumer.request(2);
    expect(log).toEqual([1, 2, '|']);
  });

  it('takes text and bytes for each other, also within a line, but not within a character', () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(read([bytes('\ufeff"a'), 'b', bytes('c"\n2'), '3'])).toEqual(['abc', 23, '|']);
    const half = bytes('"\u00e4"').slice(0, 2);
    expect(read(['1\n', half, '"\n'])).toEqual([1, expect.objectContaining({ name: 'TypeError' })]);
  });

  it('ends with an error that names the line, after the values before it', () => {
    expect(read(['1\n', '\n2\nx\n3\n'])).toEqual([
      1,
      2,
      expect.objectContaining({ name: 'SyntaxError', message: 'ndjson: line 4 is no JSON: x' }),
    ]);
    expect(read(['1\n2', '34567'], 5)).toEqual([1, expect.any(RangeError)]);
    // A download that breaks off in the middle of a line is no whole one.
    expect(read(['1\n{"id":'])).toEqual([1, expect.any(SyntaxError)]);
    expect(read(['1\n', '{"id":'])).toEqual([1, expect.any(SyntaxError)]);
    const invalid = expect.objectContaining({ code: 'ERR_ENCODING_INVALID_ENCODED_DATA' });
    expect(read([Uint8Array.of(0x31, 0x0a, 0x32, 0x0a, 0xff, 0x0a, 0x33, 0x0a)])).toEqual([1, 2, invalid]);
    expect(read(['1\n', Uint8Array.of(0xff)])).toEqual([1, invalid]);
    expect(read(['1\n', Uint8Array.of(0xc3)])).toEqual([1, invalid]);
    expect(() => ndjson({ maxLength: 0 })).toThrow(RangeError);
  });
});
