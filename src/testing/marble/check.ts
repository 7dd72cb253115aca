/** What the rows of a diagram must keep to, each by itself and together. */
import {
  type Diagram,
  type Expectation,
  fail,
  type Input,
  isRow,
  MAIN,
  namesIn,
  type Row,
} from './diagram.js';

export function check(diagram: Diagram): void {
  const rows = diagram.lines.filter(isRow);
  checkColumns(rows);
  for (const row of rows) {
    checkAlphabet(row, diagram.legend);
  }
  for (const [index, { label, line }] of rows.entries()) {
    if (rows.findIndex((other) => other.label === label) < index) fail(line, 0, `a second row '${label}'`);
  }
  const names = namesIn(diagram.operator);
  for (const [index, input] of diagram.inputs.entries()) {
    if (diagram.inputs.findIndex(({ name }) => name === input.name) < index) {
      fail(input.line, 0, `a second input '${input.name}'`);
    }
    checkInput(input, names);
  }
  for (const row of diagram.expectations) {
    checkExpectation(row, diagram.inputs);
  }
  if (!diagram.expectations.some(({ shows }) => shows === 'output')) fail(diagram.line, 0, "no row 'output'");
  const dropped = diagram.expectations.find(({ shows }) => shows === 'dropped');
  if (names.has('onDrop') !== (dropped !== undefined)) {
    fail(
      dropped?.line ?? diagram.line,
      0,
      "a row 'dropped' and 'onDrop' in the operator line need each other",
    );
  }
}

/** Time is a column: all rows begin in one column and end in one column. */
function checkColumns([model, ...others]: readonly Row[]): void {
  for (const row of others) {
    if (model !== undefined && row.start !== model.start) {
      fail(row, 0, `this row begins in another column than '${model.label}'`);
    }
    const longer = row.text.length - (model?.text.length ?? 0);
    if (longer !== 0) {
      const how = `${Math.abs(longer)} ${longer > 0 ? 'longer' : 'shorter'}`;
      fail(row, row.text.length, `this row is ${how} than '${model?.label}'`);
    }
  }
}

/** The characters of a row, besides values and the ones of time, and whether one of them is its last. */
const ALPHABETS: Readonly<
  Record<string, { readonly ends: string; readonly numbers: boolean; readonly goesOn?: boolean }>
> = {
  request: { ends: '!', numbers: true },
  // These two may be of several subscriptions, one after the other (`retry`).
  upstream: { ends: '!', numbers: true, goesOn: true },
  drawn: { ends: '|#', numbers: false, goesOn: true },
  dropped: { ends: '', numbers: false },
  inFlight: { ends: '', numbers: true },
  waiting: { ends: '', numbers: true },
};
const VALUES = { ends: '|#', numbers: false, goesOn: false };

export function checkAlphabet(row: Row, legend: { has(symbol: string): boolean }): void {
  const [kind = ''] = row.label.split('.');
  const { ends, numbers, goesOn = false } = ALPHABETS[kind] ?? VALUES;
  if ((kind === 'waiting' || kind === 'inFlight') && /[()]/.test(row.text))
    fail(row, row.text.search(/[()]/), 'a frame has one count, no group');
  let ended = false;
  [...row.text].forEach((symbol, offset) => {
    if ('-()'.includes(symbol)) return;
    if (ended) fail(row, offset, `nothing follows the end of '${row.label}'`);
    ended = !goesOn && ends.includes(symbol);
    checkSymbol(row, offset, symbol, ends, numbers && !legend.has(symbol));
  });
}

function checkSymbol(row: Row, offset: number, symbol: string, ends: string, number: boolean): void {
  if (ends.includes(symbol)) return;
  if ('|#!'.includes(symbol)) fail(row, offset, `'${symbol}' has no meaning in '${row.label}'`);
  if (number && !/[\d*]/.test(symbol)) {
    fail(row, offset, `'${row.label}' holds numbers: say in the legend which one this is ('${symbol} = 16')`);
  }
}

function checkInput(input: Input, names: ReadonlySet<string>): void {
  if (input.name !== MAIN && !names.has(input.name)) {
    fail(input.line, 0, `the operator line does not name '${input.name}', and no other row is called so`);
  }
  if (input.kind === 'iterable' && input.marks.some(({ frame }) => frame > 0)) {
    fail(input, 0, 'an iterable knows no time: one group in the first frame holds all');
  }
}

export function checkExpectation(row: Expectation, inputs: readonly Input[]): void {
  const input = inputs.find(({ name }) => name === row.input);
  if (row.shows !== 'output' && row.shows !== 'dropped' && input === undefined)
    fail(row.line, 0, `there is no input '${row.input}'`);
  if (row.shows === 'upstream' && input?.kind !== 'pull' && /[^!-]/.test(row.text)) {
    fail(
      row,
      row.text.search(/[^!-]/),
      `no request reaches '${row.input}', only '!' does; a 'pull' row can be asked`,
    );
  }
}
