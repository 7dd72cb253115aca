import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, reasonOf } from './failure.js';
import { runInChild } from './in-child.js';
import { readBack } from './read-back.js';
import { header, LiveLine, lost, type Result, table } from './report.js';
import { LINES_PER_STALL, STALL_MILLISECONDS } from './slow-writer.js';

const RUNS = [
  { name: 'plain', title: 'plain RxJS' },
  { name: 'demand', title: 'with demand' },
] as const;

/** Runs both, one after the other, and reads back what they wrote. */
export async function compare(folder: string, signal: AbortSignal): Promise<void> {
  console.log(`Every file under ${folder}:`);
  console.log('found, read and hashed four at a time, and summarised by a writer that,');
  console.log(`on purpose, stalls ${STALL_MILLISECONDS} ms after every ${LINES_PER_STALL} lines.\n`);
  console.log(header());
  const scratch = await scratchFolder();
  const results: Result[] = [];
  try {
    for (const { name, title } of RUNS) {
      const live = new LiveLine(title, results[0]?.lines);
      const summaryFile = join(scratch, name);
      const outcome = await runInChild(name, {
        folder,
        summaryFile,
        signal,
        onProgress: (now) => live.show(now),
      });
      live.end();
      results.push({ title, ...outcome, ...(await readBack(summaryFile)) });
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  console.log(`\n${table(results)}`);
  check(results);
}

async function scratchFolder(): Promise<string> {
  try {
    return await realpath(await mkdtemp(join(tmpdir(), 'rxjs-backpressure-')));
  } catch (error) {
    throw new Failure(`Cannot make a folder for the summaries in ${tmpdir()}: ${reasonOf(error)}.`);
  }
}

function check(results: readonly Result[]): void {
  const [first] = results;
  if (results.some((result) => lost(result) !== 0)) {
    throw new Failure('The summaries do not hold every file once.');
  }
  if (first === undefined || results.some(({ sum }) => sum !== first.sum)) {
    throw new Failure('The two summaries differ. Has something changed in the folder meanwhile?');
  }
  console.log(`Both summaries hold the same lines. The sum of their SHA-256:\n${first.sum}`);
}
