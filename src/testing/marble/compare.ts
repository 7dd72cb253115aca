/** Says where a diagram lies. */
import { type Diagram, isRow, type Row } from './diagram.js';
import type { Outcome } from './Performance.js';
import { type Mark, writeRow } from './row.js';

/** Both diagrams in one, line by line, where they differ; `undefined` where all rows are as expected. */
export function compare(
  diagram: Pick<Diagram, 'expectations' | 'lines' | 'width'>,
  outcome: Outcome,
): string | undefined {
  const lies = new Set(
    diagram.expectations
      .filter((row) => !sameMarks(row.marks, outcome.rows.get(row.label) ?? []))
      .map(({ label }) => label),
  );
  if (lies.size === 0) return undefined;

  const indent = diagram.lines.find(isRow)?.start ?? 0;
  const write = (sign: string, label: string, text: string) => `${sign} ${label.padEnd(indent)}${text}`;
  const notes: string[] = [];
  const actual = ({ label }: Row): string => {
    const { text, hidden } = writeRow(outcome.rows.get(label) ?? [], diagram.width);
    notes.push(
      ...hidden.map(({ frame, symbol }) => `${label}: also '${symbol}' in frame ${frame}, which has no room`),
    );
    return write('+', label, text);
  };
  const lines = diagram.lines.flatMap((line) => {
    if (!isRow(line)) return [`  ${line.text}`];
    return lies.has(line.label)
      ? [write('-', line.label, line.text), actual(line)]
      : [write(' ', line.label, line.text)];
  });
  return [
    `expected (-) and actual (+) differ in: ${[...lies].join(', ')}`,
    '',
    write(' ', 'frame', ruler(diagram.width)),
    ...lines,
    ...[...notes, ...outcome.notes].map((note) => `  // ${note}`),
  ].join('\n');
}

function ruler(width: number): string {
  return Array.from({ length: width }, (_, frame) => frame % 10).join('');
}

function sameMarks(expected: readonly Mark[], actual: readonly Mark[]): boolean {
  return (
    expected.length === actual.length &&
    expected.every(({ frame, symbol }, index) => {
      const mark = actual[index];
      return mark?.frame === frame && mark.symbol === symbol;
    })
  );
}
