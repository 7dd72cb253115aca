import { type Diagram, isRow, type Row } from '../src/testing/marble/diagram.js';
import type { Mark } from '../src/testing/marble/row.js';

const COLUMN = 26;
const LANE = 40;
const LEFT = 24;
const RADIUS = 10;
const CHARACTER = 8;
/** How long a line of the stage may be, in characters, and how high it is. */
const STAGE_LINE = { length: 72, height: 18 };

/** What is drawn from top to bottom: the stage stands between what is above it and what is below. */
const BELOW = ['output', 'request', 'dropped', 'waiting'];

const STYLE = `
svg { --paper: #fff; --ink: #1f2328; --faint: #8c959f; --stage: #eef1f4; --drop: #cf222e; --ask: #0969da; --wait: #f0d9a8 }
@media (prefers-color-scheme: dark) {
svg { --paper: #0d1117; --ink: #e6edf3; --faint: #7d8590; --stage: #21262d; --drop: #ff7b72; --ask: #58a6ff; --wait: #5c4618 }
}
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: var(--ink) }
.paper { fill: var(--paper) }
.stage { fill: var(--stage); stroke: var(--faint) }
.faint { fill: var(--faint) }
.middle { text-anchor: middle }
.time { stroke: var(--faint); fill: none }
.group { fill: none; stroke: var(--faint); stroke-dasharray: 2 2 }
.end { stroke: var(--ink); stroke-width: 2; fill: none }
.error { stroke: var(--drop); stroke-width: 2; fill: none }
.ask { stroke: var(--ask); stroke-width: 1.5; fill: none }
.asked { fill: var(--ask) }
.band { fill: var(--wait); shape-rendering: crispEdges }
.value { stroke: var(--ink) }
.value + text { fill: #1f2328 }
.dropped .value { opacity: .45 }
.dropped .value + text { fill: var(--ink) }
.h0 { fill: #9ecbff } .h1 { fill: #ffd58a } .h2 { fill: #a8e6b0 } .h3 { fill: #f7b6d2 } .h4 { fill: #cdb8ff } .h5 { fill: #8fe3e0 }
`;

/** Where the marbles begin, which depends on the longest label. */
interface Sheet {
  readonly diagram: Diagram;
  readonly start: number;
  readonly width: number;
}

/** The picture of one diagram, as SVG. */
export function drawMarble(diagram: Diagram, operator: string): string {
  const rows = diagram.lines.filter(isRow);
  const above = rows.filter(({ label }) => !BELOW.includes(label));
  const below = BELOW.flatMap((name) => rows.filter(({ label }) => label === name));
  const start = LEFT + CHARACTER * (Math.max(...rows.map(({ label }) => label.length)) + 2);
  const stage = linesOf(diagram.operator);
  const notes = [...diagram.legend]
    .filter(([, meaning]) => !isNumber(meaning))
    .map(([key, is]) => `${key} = ${is}`);
  const longest = Math.max(...stage.map(({ length }) => length));
  const wide = Math.max(start + COLUMN * (diagram.width + 1), 2 * LEFT + CHARACTER * (longest + 2));
  const sheet: Sheet = {
    diagram,
    start,
    width: Math.max(wide, 2 * LEFT + CHARACTER * notes.join(', ').length),
  };

  const stageAt = 12 + above.length * LANE;
  const tall = LANE - 8 + (stage.length - 1) * STAGE_LINE.height;
  const belowAt = stageAt + tall + 12;
  const notesAt = belowAt + below.length * LANE;
  const height = notesAt + (notes.length > 0 ? 26 : 8);
  const lanes = [
    ...above.map((row, index) => drawLane(row, 12 + (index + 0.5) * LANE, sheet)),
    ...below.map((row, index) => drawLane(row, belowAt + (index + 0.5) * LANE, sheet)),
  ];
  const title = escaped(`${operator}: ${diagram.title}`);
  const description = diagram.lines
    .map((line) => (isRow(line) ? `${line.label}: ${line.text}` : line.text))
    .join('\n');
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${sheet.width} ${height}" width="${sheet.width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${title}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${sheet.width}" height="${height}" rx="6"/>`,
    `<rect class="stage" x="${LEFT / 2}" y="${stageAt + 4}" width="${sheet.width - LEFT}" height="${tall}" rx="6"/>`,
    ...stage.map(
      (line, index) =>
        `<text class="middle" x="${sheet.width / 2}" y="${stageAt + LANE / 2 + 5 + index * STAGE_LINE.height}">${escaped(line)}</text>`,
    ),
    ...lanes,
    ...(notes.length > 0
      ? [`<text class="faint" x="${LEFT}" y="${notesAt + 14}">${escaped(notes.join(', '))}</text>`]
      : []),
    '</svg>',
  ].join('\n')}\n`;
}

/** What stands in the stage, broken where there is a space. */
function linesOf(operator: string): readonly string[] {
  const lines = [''];
  for (const word of operator.trim().split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > STAGE_LINE.length) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    }
  }
  return lines;
}

function drawLane(row: Row, y: number, sheet: Sheet): string {
  const [kind = ''] = row.label.split('.');
  const label = `<text x="${LEFT}" y="${y + 5}">${escaped(row.label)}</text>`;
  const asks = kind === 'request' || kind === 'upstream';
  const before = new Map<number, number>();
  const marks = row.marks.map((mark) => {
    const index = before.get(mark.frame) ?? 0;
    before.set(mark.frame, index + 1);
    const x = sheet.start + COLUMN * (mark.frame + index + 0.5);
    if (kind === 'waiting') return drawCount(numberOf(mark.symbol, sheet), x, y);
    if (asks) return drawRequest(mark, x, y, sheet);
    return kind === 'dropped' ? drawEvent(mark, x, y) + drawStrike(x, y) : drawEvent(mark, x, y);
  });
  const groups = [...before].filter(([, size]) => size > 1 && kind !== 'waiting');
  const outlines = groups.map(([frame, size]) => {
    const x = sheet.start + COLUMN * frame;
    return `<rect class="group" x="${x}" y="${y - 14}" width="${COLUMN * size}" height="28" rx="14"/>`;
  });
  const time =
    asks || kind === 'waiting' ? [] : [drawTime(y, sheet, kind === 'dropped' ? undefined : endOf(row))];
  return [`<g class="${kind}">`, label, ...time, ...outlines, ...marks, '</g>'].join('\n');
}

/** The last frame of a row that ends. */
function endOf({ marks }: Row): number | undefined {
  const last = marks.at(-1);
  return last !== undefined && '|#'.includes(last.symbol)
    ? last.frame + marks.filter(({ frame }) => frame === last.frame).length - 1
    : undefined;
}

function drawTime(y: number, { diagram, start }: Sheet, end: number | undefined): string {
  if (end !== undefined) return `<path class="time" d="M${start} ${y}H${start + COLUMN * (end + 0.5)}"/>`;
  const tip = start + COLUMN * diagram.width + 8;
  return `<path class="time" d="M${start} ${y}H${tip}m-6 -4l6 4l-6 4"/>`;
}

function drawEvent({ symbol }: Mark, x: number, y: number): string {
  if (symbol === '|') return `<path class="end" d="M${x} ${y - 12}V${y + 12}"/>`;
  if (symbol === '#') return `<path class="error" d="M${x - 7} ${y - 7}l14 14m0 -14l-14 14"/>`;
  const hue = (symbol.codePointAt(0) ?? 0) % 6;
  return [
    `<circle class="value h${hue}" cx="${x}" cy="${y}" r="${RADIUS}"/>`,
    `<text class="middle" x="${x}" y="${y + 4}">${escaped(symbol)}</text>`,
  ].join('');
}

function drawStrike(x: number, y: number): string {
  return `<path class="error" d="M${x - 12} ${y + 12}l24 -24"/>`;
}

/** An arrow up with the number asked for; a barred circle for `!`. */
function drawRequest({ symbol }: Mark, x: number, y: number, sheet: Sheet): string {
  if (symbol === '!') {
    return `<circle class="error" cx="${x}" cy="${y}" r="8"/><path class="error" d="M${x - 5.5} ${y - 5.5}l11 11"/>`;
  }
  const n = symbol === '*' ? '∞' : String(numberOf(symbol, sheet));
  return [
    `<path class="ask" d="M${x} ${y + 3}V${y - 15}m-4 5l4 -5l4 5"/>`,
    `<text class="asked middle" x="${x}" y="${y + 16}">${escaped(n)}</text>`,
  ].join('');
}

function drawCount(count: number, x: number, y: number): string {
  return [
    `<rect class="band" x="${x - COLUMN / 2}" y="${y - 12}" width="${COLUMN}" height="24"/>`,
    `<text class="middle" x="${x}" y="${y + 5}">${count}</text>`,
  ].join('');
}

function numberOf(symbol: string, { diagram }: Sheet): number {
  return Number(diagram.legend.get(symbol) ?? symbol);
}

function isNumber(expression: string): boolean {
  return !Number.isNaN(Number(expression));
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
