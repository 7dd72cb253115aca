/** Every example in the README, the pages and the docstrings compiles under the strict configuration, and runs. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { type Example, examples, examplesIn, forAngular } from './docs/examples.js';

const ROOT = join(__dirname, '..');
const ALL = examples();

// The sources are translated once, which is none of the time that the first example has.
beforeAll(() => {
  require('../src/index.js');
}, 60_000);

describe('an example', () => {
  it('is found in the README and in every docstring that has one', () => {
    expect(ALL.filter(({ title }) => title.startsWith('README.md')).length).toBeGreaterThan(3);
    expect(ALL.filter(({ title }) => title.startsWith('src/')).length).toBeGreaterThan(10);
  });

  it('compiles, all of them', () => {
    expect(errorsIn(ALL)).toEqual([]);
  });

  it('that does not compile is noticed', () => {
    const wrong = examplesIn(
      'x.md',
      "```ts\nimport { pullFrom } from 'rxjs-backpressure';\npullFrom(1);\n```",
    );
    expect(errorsIn(wrong).join()).toMatch(/x\.md:1.*not assignable/);
  });

  it.each(ALL.filter((example) => !forAngular(example)))('runs: $title', async ({ code }) => {
    await run(code);
  });

  it('that throws is noticed', async () => {
    await expect(run("import { prefetch } from 'rxjs-backpressure';\nprefetch(0);")).rejects.toThrow(
      RangeError,
    );
  });
});

describe('a link to a file of this repository', () => {
  const guides = [
    'choosing',
    'joins',
    'adaptive',
    'from-rxjs4',
    'from-rxjava-and-reactor',
    'from-asyncio',
    'boundaries',
    'monitoring',
  ];
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'docs/design.md',
    ...guides.map((name) => `docs/${name}.md`),
  ];
  it.each(pages)('leads somewhere: %s', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
  });
});

/** Compiles all at once, as modules that stand in the root of the repository. */
function errorsIn(all: readonly Example[]): string[] {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const files = new Map(all.map((example, i) => [join(ROOT, `example-${i}.mts`), example]));
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, languageVersion) => {
    const example = files.get(path);
    return example === undefined
      ? getSourceFile(path, languageVersion)
      : ts.createSourceFile(path, `${example.code}\nexport {};`, languageVersion);
  };
  const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host);
  return [...files].flatMap(([path, { title }]) => {
    const file = program.getSourceFile(path);
    const found =
      file === undefined
        ? []
        : [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map(({ messageText }) => `${title}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}

/** Runs it as a CommonJS module whose body may await, with a silent console. */
async function run(code: string): Promise<void> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  const silent = { log: () => {}, warn: () => {}, error: () => {} };
  const load = (name: string): unknown =>
    require(name.replace(/^rxjs-backpressure(\/.*)?$/, '../src$1/index.js'));
  const AsyncFunction: FunctionConstructor = Object.getPrototypeOf(async () => {}).constructor;
  await AsyncFunction('require', 'exports', 'console', outputText)(load, {}, silent);
  // What it does in the next turns of the event loop belongs to it.
  await new Promise((resolve) => setTimeout(resolve, 20));
}
