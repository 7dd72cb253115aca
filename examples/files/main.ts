/** Hashes every file of a folder twice, with plain RxJS and with demand, and shows what each of them held in memory. */
import { parseArgs } from 'node:util';
import { compare } from './compare.js';
import { Failure } from './failure.js';
import { readableFolder } from './readable-folder.js';

const USAGE = 'Usage: npm run demo -- [--dir <folder>]     (node_modules, if no folder is given)';
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

process.exitCode = await main(process.argv.slice(2));

/** Answers the exit code: 0, 1 if the work cannot be done or has gone wrong, 2 for wrong options. */
async function main(args: string[]): Promise<number> {
  const options = parse(args);
  if (options === undefined || options.help) {
    console[options ? 'log' : 'error'](USAGE);
    return options ? 0 : 2;
  }
  const stopped = new AbortController();
  stopOnSignals(stopped);
  try {
    await compare(await readableFolder(options.dir), stopped.signal);
    return 0;
  } catch (error) {
    if (stopped.signal.aborted) {
      console.log('\nStopped.');
      return Number(stopped.signal.reason);
    }
    if (error instanceof Failure) {
      console.error(error.message);
      return 1;
    }
    throw error;
  }
}

function parse(args: string[]): { readonly dir: string; readonly help: boolean } | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: {
        dir: { type: 'string', default: 'node_modules' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { dir: String(values.dir), help: Boolean(values.help) };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

/** The first Ctrl-C (or a reader of the output that has gone) stops cleanly, a second one at once. */
function stopOnSignals(stopped: AbortController): void {
  for (const [signal, exitCode] of Object.entries(SIGNALS)) {
    process.once(signal, () => stopped.abort(exitCode));
  }
  process.stdout.on('error', () => stopped.abort(1));
}
