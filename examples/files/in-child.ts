import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Failure } from './failure.js';
import type { Message } from './run.js';
import type { Outcome, Progress } from './tally.js';

export interface RunOptions {
  readonly folder: string;
  /** Where the run writes its lines; must not exist yet. */
  readonly summaryFile: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Carries out a run in a process of its own. Rejects with the signal's reason once that process has stopped. */
export async function runInChild(name: 'plain' | 'demand', options: RunOptions): Promise<Outcome> {
  const { folder, summaryFile, signal, onProgress } = options;
  signal.throwIfAborted();
  const child = fork(fileURLToPath(new URL('./run.ts', import.meta.url)), [name, folder, summaryFile], {
    execArgv: [...process.execArgv, '--expose-gc'],
  });
  const stop = (): void => {
    if (child.connected) {
      child.disconnect();
    }
  };
  signal.addEventListener('abort', stop);
  let outcome: Outcome | undefined;
  child.on('message', (message: Message) => {
    if ('outcome' in message) {
      outcome = message.outcome;
    } else {
      onProgress(message.progress);
    }
  });
  // The last message may come after the exit, but not after the disconnect.
  const [[code]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (outcome === undefined || code !== 0) {
    throw new Failure(`The run ${name} broke off (exit code ${code}).`);
  }
  return outcome;
}
