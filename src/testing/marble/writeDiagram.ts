import { describeValue, same } from './Legend.js';
import { type Mark, writeRow } from './row.js';

/** One signal at a point of a pipeline, and when, in ms. */
export type Recorded = { readonly time: number } & (
  | { readonly kind: 'request'; readonly n: number }
  | { readonly kind: 'next'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'complete' }
  | { readonly kind: 'unsubscribe' }
);

/**
 * Writes what happened at a point as a diagram that is true: what came down stands as a pull source that offers it then, and
 * the operator is one that changes nothing.
 */
export function writeDiagram(
  title: string,
  signals: readonly Recorded[],
  { frame, gap }: { readonly frame: number; readonly gap: number },
): string {
  const symbols = new Symbols(signals);
  const up: Mark[] = [];
  const down: Mark[] = [];
  const notes = [
    `// a column is ${frame} ms, but where there is no room, or nothing happens for more than ${gap}`,
  ];
  const columns = columnsOf(signals, frame, gap);
  signals.forEach((signal, index) => {
    const column = columns[index] ?? 0;
    if (signal.kind === 'request') up.push({ frame: column, symbol: symbols.of(signal.n) });
    else if (signal.kind === 'unsubscribe') up.push({ frame: column, symbol: '!' });
    else
      down.push({ frame: column, symbol: signal.kind === 'next' ? symbols.of(signal.value) : endOf(signal) });
    if (signal.kind === 'error') notes.push(`// # was ${describeValue(signal.error).replace(/\s+/g, ' ')}`);
  });
  const width = Math.max(1, writeRow(up, 0).text.length, writeRow(down, 0).text.length);
  const row = (label: string, marks: readonly Mark[]) => `${label.padEnd(10)}${writeRow(marks, width).text}`;
  return [
    `== ${title.replace(/\s+/g, ' ')}`,
    ...notes,
    row('pull', down),
    row('request', up),
    '> tapDemand()',
    row('upstream', up),
    row('output', down),
    ...symbols.legend,
    '',
  ].join('\n');
}

const endOf = ({ kind }: Recorded): string => (kind === 'complete' ? '|' : '#');

/** The column of each signal: signals of one frame share one, and the next begins where all rows have room. */
function columnsOf(signals: readonly Recorded[], frame: number, gap: number): number[] {
  const columns: number[] = [];
  let last: { readonly at: number; column: number; ups: number; downs: number } | undefined;
  for (const { kind, time } of signals) {
    const at = Math.floor(time / frame);
    const up = kind === 'request' || kind === 'unsubscribe';
    // In a frame requests come before values: who leaves after a value leaves in a column of its own.
    const apart = kind === 'unsubscribe' && (last?.downs ?? 0) > 0;
    if (last === undefined) {
      last = { at, column: 0, ups: 0, downs: 0 };
    } else if (at !== last.at || apart) {
      const room = Math.max(widthOf(last.ups), widthOf(last.downs));
      const passed = Math.min(Math.max(at - last.at, 1), gap + 1);
      last = { at, column: last.column + Math.max(room, passed), ups: 0, downs: 0 };
    }
    if (up) last.ups++;
    else last.downs++;
    columns.push(last.column);
  }
  return columns;
}

/** How many columns so many marks of one frame take. */
const widthOf = (marks: number): number => (marks > 1 ? marks + 2 : 1);

/** A character for each value that occurs, and what it stands for. */
class Symbols {
  readonly #meanings: { readonly symbol: string; readonly value: unknown }[] = [];
  /** Strings that stand for themselves. */
  readonly #selves: ReadonlySet<unknown>;
  readonly #next = letters();

  constructor(signals: readonly Recorded[]) {
    this.#selves = new Set(
      signals.flatMap((signal) => (signal.kind === 'next' && isLetter(signal.value) ? [signal.value] : [])),
    );
    // Values first: which of a value and a request of one frame came first is not kept.
    for (const signal of signals) {
      if (signal.kind === 'next') this.of(signal.value);
    }
  }

  of(value: unknown): string {
    if (value === Infinity) return '*';
    if (typeof value === 'number' && /^\d$/.test(String(value)) && !Object.is(value, -0))
      return String(value);
    if (isLetter(value)) return value;
    const known = this.#meanings.find((meaning) => same(meaning.value, value));
    if (known !== undefined) return known.symbol;
    let symbol = this.#next.next().value;
    while (this.#selves.has(symbol)) symbol = this.#next.next().value;
    this.#meanings.push({ symbol, value });
    return symbol;
  }

  get legend(): string[] {
    return this.#meanings.map(({ symbol, value }) => `${symbol} = ${expressionOf(value, symbol)}`);
  }
}

const isLetter = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z]$/.test(value);

/** Every letter there is, those of every keyboard first. */
function* letters(): Generator<string, string> {
  yield* 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  for (let code = 0xaa; code < 0xd800; code++) {
    const letter = String.fromCharCode(code);
    if (/\p{L}/u.test(letter)) yield letter;
  }
  throw new RangeError('a diagram has no more letters');
}

/** JavaScript that makes an equal value, or a string that tells of it. */
function expressionOf(value: unknown, symbol: string): string {
  // JSON leaves these as they are, and a diagram would take them for the end of the line.
  const json = describeValue(value)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
  try {
    // Of JavaScript, unlike of JSON, this key alone would be the prototype.
    if (same(JSON.parse(json), value)) return json.replace(/([{,])"__proto__":/g, '$1["__proto__"]:');
  } catch {
    // It is no JSON.
  }
  if (value === undefined || typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  return JSON.stringify(`${symbol}: ${json}`);
}
