/** A marble diagram as data; `marbles/GRAMMAR.md` says what it means. */
import type { Mark } from './row.js';

/** One line of a `.marble` text. */
export interface Line {
  readonly file: string;
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
}

export interface Row {
  /** As it stands in the text: `output`, `upstream.left`. */
  readonly label: string;
  /** The marbles alone. */
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly line: Line;
  /** How many characters of the line come before the marbles. */
  readonly start: number;
}

/** `push` emits whatever is asked, `pull` only what was asked for, `iterable` is read by `pullFrom`. */
export type InputKind = 'push' | 'pull' | 'iterable';

export interface Input extends Row {
  /** What the operator line calls it. */
  readonly name: string;
  readonly kind: InputKind;
}

/** The name of the input that the operator is applied to. */
export const MAIN = 'source';

/** What an expected row shows: of which input, for `upstream` and `drawn`. */
export interface Expectation extends Row {
  readonly shows: 'upstream' | 'drawn' | 'output' | 'dropped' | 'inFlight' | 'waiting';
  readonly input: string;
}

export interface Diagram {
  readonly title: string;
  readonly line: Line;
  readonly inputs: readonly Input[];
  /** None: a plain subscriber, whose demand is unbounded. */
  readonly request: Row | undefined;
  /** The operator line: a JavaScript expression. */
  readonly operator: string;
  readonly expectations: readonly Expectation[];
  /** Characters, and the expressions that they stand for. */
  readonly legend: ReadonlyMap<string, string>;
  /** How many frames it shows. */
  readonly width: number;
  /** Its rows and other lines, in order, without comments: what a failure prints. */
  readonly lines: readonly (Row | Line)[];
}

export function isRow(line: Row | Line): line is Row {
  return 'marks' in line;
}

/** The names that occur in a JavaScript expression, and whatever looks like one. */
export function namesIn(expression: string): Set<string> {
  return new Set(expression.match(/[A-Za-z_$][\w$]*/g));
}

/** A text that is no marble diagram: the message names file, line and column, and shows the line. */
export class MarbleSyntaxError extends Error {
  override readonly name = 'MarbleSyntaxError';
  readonly line: number;

  constructor(
    { file, number, text }: Line,
    /** Counted from 1. */
    readonly column: number,
    problem: string,
  ) {
    super(`${file}:${number}:${column}: ${problem}\n  ${text}\n  ${' '.repeat(column - 1)}^`);
    this.line = number;
  }
}

/** Says what is wrong with the character at `offset` of a line, or of the marbles of a row. */
export function fail(at: Line | Row, offset: number, problem: string): never {
  throw isRow(at)
    ? new MarbleSyntaxError(at.line, at.start + offset + 1, problem)
    : new MarbleSyntaxError(at, offset + 1, problem);
}
