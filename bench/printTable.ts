import type { Bench, Row } from './Bench.js';

const NUMBER = /^[\d.,-]*$/;

/** Prints numbers to the right, words to the left, and after each line with a target whether it is met. */
export function printTable({ title, columns }: Bench, rows: readonly Row[]): void {
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...rows.map((row) => row.cells[i]?.length ?? 0)),
  );
  const numeric = columns.map((_, i) => rows.every((row) => NUMBER.test(row.cells[i] ?? '')));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ');
  console.log(`\n${title}\n`);
  console.log(`  ${line(columns)}`);
  console.log(`  ${widths.map((width) => '-'.repeat(width)).join('  ')}`);
  for (const { cells, ok } of rows) {
    console.log(`  ${line(cells)}  ${ok === undefined ? '' : ok ? 'ok' : 'OVER'}`.trimEnd());
  }
  console.log();
}
