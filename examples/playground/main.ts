/** Builds the playground and serves it on loopback, until it is interrupted. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Failure } from '../files/failure.js';
import { readableFolder } from '../files/readable-folder.js';
import { build } from './build.js';
import { type Server, serve } from './server/serve.js';

const USAGE = `Usage: npm start -- [--port <port>] [--dir <folder>] [--no-build]

  --port <port>   default 4200; 0 for any that is free
  --dir <folder>  what the feed of files walks through; default node_modules
  --no-build      serves what was built before`;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

process.exitCode = await main(process.argv.slice(2));

/** Answers the exit code: 0, 1 if it cannot be built or served, 2 for wrong options. */
async function main(args: string[]): Promise<number> {
  const options = parse(args);
  if (options === undefined || options.help) {
    console[options ? 'log' : 'error'](USAGE);
    return options ? 0 : 2;
  }
  const interrupted = interruption();
  try {
    const folder = await readableFolder(options.dir);
    if (options.build) {
      console.log('Building the playground ...');
      const built = await Promise.race([build(), interrupted]);
      if (built !== true) {
        return built === false ? 1 : 0;
      }
    }
    const server = await listen(options.port, folder);
    console.log(`Playground: ${server.url}   (Ctrl-C ends it)`);
    await interrupted;
    await server.close();
    return 0;
  } catch (error) {
    if (error instanceof Failure) {
      console.error(error.message);
      return 1;
    }
    throw error;
  }
}

async function listen(port: number, folder: string): Promise<Server> {
  try {
    return await serve({ port, folder, site: here('dist'), sources: here('app') });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Failure(`Port ${port} is taken: choose another with --port, or 0 for any that is free.`);
    }
    throw error;
  }
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      allowNegative: true,
      options: {
        port: { type: 'string', default: '4200' },
        dir: { type: 'string', default: 'node_modules' },
        build: { type: 'boolean', default: true },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new RangeError(`--port must be an integer from 0 to 65535, got '${values.port}'`);
    }
    return { ...values, port };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

/** Resolves with the first signal that asks to end; a second one ends at once. */
function interruption(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => resolve('interrupted'));
    }
  });
}
