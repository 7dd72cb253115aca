/** Reads `.marble` texts. */
import { check } from './check.js';
import {
  type Diagram,
  type Expectation,
  fail,
  type Input,
  isRow,
  type Line,
  MAIN,
  type Row,
} from './diagram.js';
import { symbolProblem } from './Legend.js';
import { readRow } from './row.js';

const TITLE = '== ';
const COMMENT = '//';
const OPERATOR = '> ';
const LEGEND = /^(\S) = (.+)$/;
const ROW = /^([A-Za-z]\w*(?:\.[A-Za-z]\w*)?)( +)(.*)$/;
const AFTER_ROW = /(?:^|\s+)\/\/.*$/;

/** Reads all diagrams of a text; `file` is for messages. */
export function parse(text: string, file = 'marbles'): Diagram[] {
  const titles = new Set<string>();
  return blocksOf(text, file).map(([first, ...body]) => {
    const diagram = readDiagram(first, body);
    if (titles.has(diagram.title)) fail(first, TITLE.length, 'a second diagram of this title');
    titles.add(diagram.title);
    check(diagram);
    return diagram;
  });
}

/** The lines of each diagram, its title first, without empty lines and comments. */
function blocksOf(text: string, file: string): [Line, ...Line[]][] {
  const blocks: [Line, ...Line[]][] = [];
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = { file, number: index + 1, text: raw.trimEnd() };
    if (line.text.startsWith(TITLE)) {
      blocks.push([line]);
    } else if (line.text !== '' && !line.text.startsWith(COMMENT)) {
      const block = blocks.at(-1) ?? fail(line, 0, `a diagram begins with its title: '${TITLE}...'`);
      block.push(line);
    }
  });
  return blocks;
}

function readDiagram(title: Line, body: readonly Line[]): Diagram {
  const isOperator = (line: Line) => line.text.startsWith(OPERATOR);
  const lines = body.map((line) => (isOperator(line) || LEGEND.test(line.text) ? line : readRowLine(line)));
  const rows = lines.filter(isRow);
  const operators = body.filter(isOperator);
  if (operators.length === 0) fail(title, 0, `no operator: a line '${OPERATOR}...' says what is shown`);
  return {
    title: title.text.slice(TITLE.length).trim(),
    line: title,
    inputs: rows.flatMap(readInput),
    request: rows.find(({ label }) => label === 'request'),
    operator: operators.map(({ text }) => text.slice(OPERATOR.length)).join('\n'),
    expectations: rows.flatMap(readExpectation),
    legend: readLegend(body.filter((line) => !isOperator(line))),
    width: Math.max(0, ...rows.map(({ text }) => text.length)),
    lines,
  };
}

function readRowLine(line: Line): Row {
  const [, label = '', gap = '', rest = ''] =
    ROW.exec(line.text) ??
    fail(
      line,
      0,
      "neither a row ('output  -a-b-|') nor '> operator', 'x = value', '== title' or '// comment'",
    );
  const row = { label, text: rest.replace(AFTER_ROW, ''), marks: [], line, start: label.length + gap.length };
  if (row.text === '') fail(row, 0, `the row '${label}' is empty`);
  return { ...row, marks: readRow(row.text, (offset, problem) => fail(row, offset, problem)) };
}

function readLegend(lines: readonly Line[]): Map<string, string> {
  const legend = new Map<string, string>();
  for (const line of lines) {
    const [, symbol, expression] = LEGEND.exec(line.text) ?? [];
    if (symbol === undefined || expression === undefined) continue;
    const problem = symbolProblem(symbol);
    if (problem !== undefined) fail(line, 0, problem);
    if (legend.has(symbol)) fail(line, 0, `'${symbol}' has a meaning already`);
    legend.set(symbol, expression);
  }
  return legend;
}

const SHOWN: readonly Expectation['shows'][] = [
  'upstream',
  'drawn',
  'output',
  'dropped',
  'inFlight',
  'waiting',
];

export function readExpectation(row: Row): Expectation[] {
  const [kind, input] = row.label.split('.');
  const shows = SHOWN.find((shown) => shown === kind);
  if (shows === undefined) return [];
  if (input !== undefined && shows !== 'upstream' && shows !== 'drawn')
    fail(row.line, 0, `'${shows}' is of no input`);
  return [{ ...row, shows, input: input ?? MAIN }];
}

function readInput(row: Row): Input[] {
  const [kind = '', name] = row.label.split('.');
  if (row.label === 'request' || SHOWN.some((shown) => shown === kind)) return [];
  if (kind === 'pull' || kind === 'iterable') return [{ ...row, name: name ?? MAIN, kind }];
  if (name !== undefined) fail(row.line, 0, `no row is called '${row.label}'`);
  return [{ ...row, name: kind, kind: 'push' }];
}
