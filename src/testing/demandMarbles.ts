import type { Observable } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { MarbleMismatchError } from './MarbleMismatchError.js';
import { checkAlphabet, checkExpectation } from './marble/check.js';
import { compare } from './marble/compare.js';
import { fail, type Input, type InputKind, MAIN, type Row } from './marble/diagram.js';
import { Legend } from './marble/Legend.js';
import { Performance } from './marble/Performance.js';
import { readExpectation } from './marble/parse.js';
import { readRow } from './marble/row.js';

/** Options of a source made with {@link DemandMarbles}. */
export interface MarbleSourceOptions<T> {
  /** What its characters stand for. Default: a digit for its number, any other for itself. One legend holds for the whole run. */
  readonly values?: Readonly<Record<string, T>>;
  /** What its `#` fails with. Default: an error of its own. */
  readonly error?: unknown;
  /** The name of its rows, `upstream.left` of `left`. Default `'source'`, whose rows are called `upstream` and `drawn`. */
  readonly name?: string;
}

/** The rows of {@link DemandMarbles.expectDemand}: `request` is what the subscriber requests, all others are compared. */
export interface DemandRows {
  /** What is requested: `n` for `request(n)`, `*` for `Infinity`, `!` to unsubscribe. Left out: a plain subscriber. */
  readonly request?: string;
  /** What the subscriber gets. */
  readonly output?: string;
  /** What the source was asked for, request by request, and `!` where it was unsubscribed from. */
  readonly upstream?: string;
  /** What the source emitted. */
  readonly drawn?: string;
  /** The values given to `onDrop`. */
  readonly dropped?: string;
  /** A number a frame: values that came from the source and have neither gone out nor been dropped. */
  readonly waiting?: string;
  /** The same without those that wait at the subscriber: what is inside the operators. */
  readonly inFlight?: string;
  readonly [ofSource: `upstream.${string}` | `drawn.${string}`]: string;
}

/** What the characters of the output stand for, besides those of the sources. */
export interface OutputOptions {
  readonly values?: Readonly<Record<string, unknown>>;
  /** What `#` in `output` stands for: the class of the error, or an error with the same message. Default: a source's. */
  readonly error?: unknown;
}

/** Marbles with demand, beside RxJS's own `cold`, `hot` and `expectObservable`. See {@link demandMarbles}. */
export interface DemandMarbles {
  /** A source that honours demand: offers its items in order, each from its frame on, to whoever has asked. */
  pull<T = string>(marbles: string, options?: MarbleSourceOptions<T>): Observable<T>;
  /** A source that knows no demand: emits at its frames to whoever is subscribed then, asked or not. */
  push<T = string>(marbles: string, options?: MarbleSourceOptions<T>): Observable<T>;
  /** Hand it to an operator for the row `dropped`. */
  readonly onDrop: (value: unknown) => void;
  /** Subscribes in frame 0, requests what `rows.request` says, and throws out of `run` where another row differs. */
  expectDemand(observable: Observable<unknown>, rows: DemandRows, options?: OutputOptions): void;
}

/**
 * Marbles with demand for RxJS's own `TestScheduler.run`: write what downstream requests, and expect, frame by frame, what
 * upstream was asked for, what was delivered and dropped, and how much was waiting. `cold`, `hot`, `time` and
 * `expectObservable` work beside it.
 *
 * ```marble
 * == map carries demand
 * pull      ab-c|-
 * request   1--2--
 * > map((letter) => letter)
 * upstream  1--2--
 * output    a--(bc|)
 * ```
 *
 * One character is one frame, a space is nothing, rows that end early go on with `-`. In a frame the subscription comes first, then requests,
 * named push sources, other items, timers. After the last column everything is unsubscribed.
 *
 * **Errors.** A row that differs makes `run` throw a {@link MarbleMismatchError}, which prints both diagrams aligned.
 * Marbles that cannot be read throw a `MarbleSyntaxError` where they are written.
 *
 * @param scheduler the scheduler whose `run` calls this
 *
 * @example
 * ```ts
 * import { deepStrictEqual } from 'node:assert';
 * import { TestScheduler } from 'rxjs/testing';
 * import { prefetch } from 'rxjs-backpressure';
 * import { demandMarbles } from 'rxjs-backpressure/testing';
 *
 * const scheduler = new TestScheduler(deepStrictEqual);
 * scheduler.run(() => {
 *   const { pull, expectDemand } = demandMarbles(scheduler);
 *   expectDemand(pull('-a-b-c----|').pipe(prefetch(2)), {
 *     request: ' --1---*----',
 *     upstream: '2-----2----',
 *     drawn: '   -a-b--c---|',
 *     output: '  --a---(bc)|',
 *   });
 * });
 * ```
 */
export function demandMarbles(scheduler: TestScheduler): DemandMarbles {
  const legend = new Legend();
  const performance = new Performance(scheduler, legend);

  const source =
    (kind: InputKind) =>
    <T>(marbles: string, { values = {}, error, name = MAIN }: MarbleSourceOptions<T> = {}): Observable<T> => {
      for (const [symbol, value] of Object.entries(values)) {
        legend.add(symbol, value);
      }
      const row = readLine(labelOf(kind, name), withoutSpaces(marbles), performance.inputs.length + 1);
      if (performance.inputs.some((input) => input.name === name)) {
        fail(row.line, 0, `a second source '${name}': give each a name of its own`);
      }
      checkAlphabet(row, legend);
      // Its characters stand for what `values` says, or for themselves.
      return performance.add({ ...row, name, kind }, error) as Observable<T>;
    };

  const expectDemand = (observable: Observable<unknown>, rows: DemandRows, options: OutputOptions = {}) => {
    for (const [symbol, value] of Object.entries(options.values ?? {})) {
      legend.add(symbol, value);
    }
    if ('error' in options) {
      legend.add('#', options.error);
    }
    const { inputs } = performance;
    const given = Object.entries(rows).map(([label, marbles]) => [label, withoutSpaces(marbles)] as const);
    const all = [...inputs.map(({ label, text }) => [label, text] as const), ...given];
    const width = Math.max(...all.map(([, marbles]) => marbles.length));
    const indent = Math.max(...all.map(([label]) => label.length)) + 2;
    const lines = all.map(([label, marbles], index) =>
      readLine(label, marbles.padEnd(width, '-'), index + 1, indent),
    );
    const written = lines.slice(inputs.length);
    const request = written.find(({ label }) => label === 'request');
    const expectations = written.filter((row) => row !== request).flatMap(readExpected);
    for (const row of written) {
      checkAlphabet(row, legend);
    }
    for (const row of expectations) {
      checkExpectation(row, inputs);
    }
    performance.watch({
      ...{ observable, request, expectations, width },
      over: (outcome) => {
        const lie = compare({ expectations, lines, width }, outcome);
        if (lie !== undefined) {
          throw new MarbleMismatchError(lie);
        }
      },
    });
  };

  return { pull: source('pull'), push: source('push'), onDrop: performance.onDrop, expectDemand };
}

function labelOf(kind: InputKind, name: string): Input['label'] {
  if (kind === 'pull') return name === MAIN ? kind : `${kind}.${name}`;
  return name;
}

/** As in `TestScheduler.run`, a space is nothing, so that rows can be aligned. */
const withoutSpaces = (marbles: string): string => marbles.replace(/ /g, '');

function readLine(label: string, marbles: string, number: number, start = label.length + 2): Row {
  const line = { file: 'marbles', number, text: label.padEnd(start) + marbles };
  const row = { label, text: marbles, marks: [], line, start };
  return { ...row, marks: readRow(marbles, (offset, problem) => fail(row, offset, problem)) };
}

function readExpected(row: Row) {
  const expected = readExpectation(row);
  if (expected.length === 0) {
    fail(row.line, 0, `no row is called '${row.label}'`);
  }
  return expected;
}
