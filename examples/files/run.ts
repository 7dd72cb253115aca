/** One run, in a process of its own, so that the garbage of one run is not counted as the memory of the other. */
import { dirname } from 'node:path';
import { plain } from './plain.js';
import { SlowWriter } from './slow-writer.js';
import { countedSteps } from './steps.js';
import { type Outcome, type Progress, Tally } from './tally.js';
import { withDemand } from './with-demand.js';

/** What this process tells the one that started it. */
export type Message = { readonly progress: Progress } | { readonly outcome: Outcome };

const REPORT_EVERY_MILLISECONDS = 100;

async function main([name, folder = '', summaryFile = '']: readonly string[]): Promise<void> {
  const run = name === 'plain' ? plain : withDemand;
  const writer = await SlowWriter.open(summaryFile);
  const tally = new Tally();
  const timer = setInterval(() => tell({ progress: tally.progress() }), REPORT_EVERY_MILLISECONDS);
  try {
    await run(countedSteps(tally, { folder, except: dirname(summaryFile), writer }), stopped.signal);
    await tell({ progress: tally.progress() });
    await tell({ outcome: tally.outcome() });
  } finally {
    clearInterval(timer);
    await writer.close();
  }
}

function tell(message: Message): Promise<void> {
  return new Promise((resolve) => {
    if (process.send?.(message, undefined, undefined, () => resolve()) === undefined) {
      resolve();
    }
  });
}

const stopped = new AbortController();
process.once('disconnect', () => stopped.abort());
if (process.connected === false) {
  process.exit();
}
// Ctrl-C in a terminal reaches this process too; it is for the one that started it to answer.
process.on('SIGINT', () => {});

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!stopped.signal.aborted) {
    throw error;
  }
}
// Not later: a large file may still be on its way through a hash that nobody waits for.
process.exit();
