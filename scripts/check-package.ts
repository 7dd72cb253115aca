/**
 * Packs `dist` as it would be published and looks at the tarball as its users will: what is in it, whether both module
 * systems load every entry with the same names, whether the types compile with and without Node's, and what publint and
 * arethetypeswrong say. Needs `npm run build` before.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const work = '.cache/package';
const installed = `${work}/node_modules/rxjs-backpressure`;
const wanted =
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/(esm|cjs)\/(package\.json|.*\.(js|d\.ts)))$/;

function run(command: string, args: readonly string[], cwd = '.'): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}

const bin = (path: string, ...args: string[]): string =>
  run(process.execPath, [`node_modules/${path}`, ...args]);

function pack(): string {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  const [packed] = JSON.parse(run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', work]));
  const files: string[] = packed.files.map((file: { path: string }) => file.path);
  const unwanted = files.filter((path) => !wanted.test(path));
  if (unwanted.length > 0) throw new Error(`users do not need: ${unwanted.join(', ')}`);
  const missing = ['README.md', 'LICENSE', 'CHANGELOG.md'].filter((path) => !files.includes(path));
  if (missing.length > 0) throw new Error(`missing in the package: ${missing.join(', ')}`);
  console.log(
    `${packed.filename}: ${files.length} files, ${Math.ceil(packed.size / 1000)} kB, only what users need`,
  );
  return `${work}/${packed.filename}`;
}

/** Unpacks the tarball beside a consumer of its own, and gives the entries it exports. */
function install(tarball: string): string[] {
  run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  writeFileSync(`${work}/package.json`, JSON.stringify({ name: 'consumer', private: true }));
  const { exports } = JSON.parse(readFileSync(`${installed}/package.json`, 'utf8'));
  return Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => entry.replace(/^\./, 'rxjs-backpressure'));
}

/** Loads an entry both ways and compares what it exports. */
function load(entry: string): void {
  const names = 'console.log(Object.keys(all).filter((name) => name !== "default").sort().join())';
  const asModule = run(
    process.execPath,
    ['--input-type=module', '-e', `import * as all from '${entry}'; ${names}`],
    work,
  );
  const asCommonJs = run(
    process.execPath,
    ['--input-type=commonjs', '-e', `const all = require('${entry}'); ${names}`],
    work,
  );
  if (asModule !== asCommonJs)
    throw new Error(`${entry} differs:\nimport:  ${asModule}require: ${asCommonJs}`);
  console.log(`${entry}: import and require give the same ${asModule.split(',').length} names`);
}

function consumerOf(entries: readonly string[]): string {
  return entries.map((entry, i) => `export * as entry${i} from '${entry}';\n`).join('');
}

/** What is for Node alone needs the types of Node. */
function inBrowsers(entry: string): boolean {
  return entry !== 'rxjs-backpressure/node';
}

/** The types of Angular need those of the DOM. */
function inNode(entry: string): boolean {
  return entry !== 'rxjs-backpressure/angular';
}

/** Compiles a consumer of every entry, library declarations included. */
function compile(entries: readonly string[]): void {
  const settings = {
    'node-esm.mts': { module: 'NodeNext', types: ['node'], lib: ['ES2022'] },
    'node-cjs.cts': { module: 'NodeNext', types: ['node'], lib: ['ES2022'] },
    'bundler.ts': {
      module: 'ESNext',
      moduleResolution: 'bundler',
      types: [],
      lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    },
  };
  for (const [file, compilerOptions] of Object.entries(settings)) {
    const config = `${work}/${file}.json`;
    writeFileSync(`${work}/${file}`, consumerOf(entries.filter(file === 'bundler.ts' ? inBrowsers : inNode)));
    writeFileSync(
      config,
      JSON.stringify({
        compilerOptions: { strict: true, exactOptionalPropertyTypes: true, noEmit: true, ...compilerOptions },
        files: [file],
      }),
    );
    bin('typescript/bin/tsc', '-p', config);
    console.log(`${file}: the types compile`);
  }
}

try {
  if (!existsSync('dist/esm/index.js')) throw new Error('dist is missing: run `npm run build` first');
  const tarball = pack();
  const entries = install(tarball);
  entries.forEach(load);
  compile(entries);
  console.log(bin('publint/src/cli.js', 'run', tarball, '--strict').trim());
  console.log(bin('@arethetypeswrong/cli/dist/index.js', tarball, '--no-emoji').trim());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
