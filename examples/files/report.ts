import type { Contents } from './read-back.js';
import type { Outcome, Progress } from './tally.js';

/** A run, and what was found on disk after it. */
export interface Result extends Outcome, Contents {
  readonly title: string;
}

const PLAIN_LINE_EVERY_MILLISECONDS = 1000;
const HEADER = ['', 'written', 'in flight', 'waiting', 'read-ahead', 'heap'];
const WIDTHS = [11, 15, 11, 10, 12, 10];

export function header(): string {
  return columns(HEADER);
}

/** One line that changes in place on a terminal; elsewhere a line a second, and the last one. */
export class LiveLine {
  private shownAt = performance.now();
  private line = '';

  constructor(
    private readonly title: string,
    private readonly total: number | undefined,
  ) {}

  show({ written, inFlight, waiting, readAhead, heap }: Progress): void {
    const share = this.total ? ` (${Math.floor((100 * written) / this.total)}%)` : '';
    const cells = [
      this.title,
      count(written) + share,
      count(inFlight),
      count(waiting),
      count(readAhead),
      megabytes(heap),
    ];
    this.line = columns(cells);
    if (process.stdout.isTTY) {
      process.stdout.write(`\r${this.line.slice(0, process.stdout.columns - 1)}\x1b[K`);
    } else if (performance.now() - this.shownAt >= PLAIN_LINE_EVERY_MILLISECONDS) {
      this.shownAt = performance.now();
      console.log(this.line);
    }
  }

  end(): void {
    console.log(process.stdout.isTTY ? '' : this.line);
  }
}

/** How many lines are missing, compared with what was found and could be read. */
export function lost({ readable, lines }: Result): number {
  return readable - lines;
}

export function table(results: readonly Result[]): string {
  const row = (label: string, cell: (result: Result) => string): string =>
    label.padEnd(27) + results.map((result) => cell(result).padStart(14)).join('');
  const skipped = Object.entries(results[0]?.skipped ?? {}).map(([reason, n]) => `${count(n)} × ${reason}`);
  return [
    row('', ({ title }) => title),
    row('files written', ({ lines }) => count(lines)),
    row('skipped', (result) => count(Object.values(result.skipped).reduce((sum, n) => sum + n, 0))),
    row('lost', (result) => count(lost(result))),
    row('read-ahead at its highest', ({ highestReadAhead }) => count(highestReadAhead)),
    row('heap at its highest', ({ highestHeap }) => megabytes(highestHeap)),
    row('heap grown by', ({ highestHeap, firstHeap }) => megabytes(highestHeap - firstHeap)),
    row('time', ({ milliseconds }) => `${(milliseconds / 1000).toFixed(1)} s`),
    '',
    'Heap is what is in use after a garbage collection, measured twice a second.',
    ...(skipped.length > 0 ? [`Skipped: ${skipped.join(', ')}.`] : []),
  ].join('\n');
}

function columns(cells: readonly string[]): string {
  return cells
    .map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[i] ?? 0) : cell.padStart(WIDTHS[i] ?? 0)))
    .join('');
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
