/** Builds `src` twice: as ES modules into `dist/esm` and as CommonJS into `dist/cjs`, each with its own types. */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const tsc = 'node_modules/typescript/bin/tsc';

async function compile(type: 'module' | 'commonjs', outDir: string, ...options: string[]): Promise<void> {
  await run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir, ...options]);
  await mkdir(outDir, { recursive: true });
  await writeFile(`${outDir}/package.json`, `${JSON.stringify({ type, sideEffects: false }, null, 2)}\n`);
}

/** The CommonJS build resolves like a bundler, because Node would read `src` as ES modules. */
const asCommonJs = [
  '--module',
  'CommonJS',
  '--moduleResolution',
  'bundler',
  '--verbatimModuleSyntax',
  'false',
];

await rm('dist', { recursive: true, force: true });
try {
  await Promise.all([compile('module', 'dist/esm'), compile('commonjs', 'dist/cjs', ...asCommonJs)]);
} catch (error) {
  console.error(error instanceof Error && 'stdout' in error ? error.stdout : error);
  process.exitCode = 1;
}
