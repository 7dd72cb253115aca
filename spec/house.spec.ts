import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type House, LONGER_FILES, RULES } from './house/rules.js';
import { codeLines, parse } from './house/syntax.js';

const root = join(__dirname, '..');

function textsBelow(folder: string, ending: string): Map<string, string> {
  if (!existsSync(join(root, folder))) return new Map();
  const found = readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith(ending),
  );
  return new Map(
    found
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  );
}

const house: House = {
  sources: textsBelow('src', '.ts'),
  marbles: textsBelow('marbles', '.marble'),
  readme: existsSync(join(root, 'README.md')) ? readFileSync(join(root, 'README.md'), 'utf8') : '',
  entries: Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports),
};

describe('this house', () => {
  it('has something on every floor', () => {
    const floors = ['protocol', 'kernel', 'sources', 'operators', 'sinks'];
    expect(
      floors.filter((floor) => ![...house.sources.keys()].some((path) => path.startsWith(`src/${floor}/`))),
    ).toEqual([]);
    expect(house.sources.has('src/index.ts')).toBe(true);
  });

  it.each(Object.entries(RULES))('%s', (_title, rule) => {
    expect(rule(house)).toEqual([]);
  });

  it('allows a longer file only while it is there and gives a reason', () => {
    expect(
      [...LONGER_FILES].filter(([path, { reason }]) => !house.sources.has(path) || reason.length < 20),
    ).toEqual([]);
  });
});

const doc = ` * source  -a-|
 * > keep()
 * output  -a-|
 *
 * **Demand.** Forwards each request.
 * **Overflow.** As upstream.
 * **Errors.** As upstream.
 * @example
 * \`\`\`ts
 * x()
 * \`\`\``;

/** A house in which every rule is kept. */
const GOOD: Readonly<Record<string, string>> = {
  'src/index.ts': `export { keep } from './operators/keep.js';\nexport type { Demand } from './protocol/Demand.js';`,
  'src/protocol/Demand.ts': `/** A demand. */\nexport interface Demand { readonly n: number }`,
  'src/chain/feeds.ts': `import type { Demand } from '../protocol/Demand.js';\nexport const feeds = (s: { destination: Demand }) => s.destination;`,
  'src/kernel/walk.ts': `import { feeds } from '../chain/feeds.js';\nexport const walk = feeds;`,
  'src/operators/keep.ts': `import { map } from 'rxjs';\nimport { walk } from '../kernel/walk.js';\n/**\n * Keeps.\n${doc}\n */\nexport function keep() { return map(walk); }`,
  'src/node/index.ts': `export { write } from './write.js';`,
  'src/node/write.ts': `import { Writable } from 'node:stream';\nimport { walk } from '../kernel/walk.js';\nexport const write = [Writable, walk];`,
  'marbles/keep.marble': 'A title.\n\nsource  -a-|\n> keep()\noutput  -a-|\n\nAnother.\n',
  'README.md': 'Use `keep`.',
};

/** Files by path; `undefined` takes one away. */
type Changes = Readonly<Record<string, string | undefined>>;

function build(changes: Changes): House {
  const all = Object.entries({ ...GOOD, ...changes }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return {
    sources: new Map(all.filter(([path]) => path.startsWith('src/'))),
    marbles: new Map(all.filter(([path]) => path.startsWith('marbles/'))),
    readme: all.find(([path]) => path === 'README.md')?.[1] ?? '',
    entries: ['.', './node', './package.json'],
  };
}

const kernelWith = (code: string): Changes => ({ 'src/kernel/extra.ts': code });
const keepWith = (code: string): Changes => ({
  'src/operators/keep.ts': `${GOOD['src/operators/keep.ts']}\n${code}`,
});
const keepsItself = (body: string): Changes => ({
  'src/operators/other.ts': `/** Other.\n${doc}\n */\nexport const other = 1;`,
  'src/operators/keep.ts': `import { other } from './other.js';\n/** Keeps.\n${doc}\n */\nexport function keep() {\n${body}\n}`,
});
const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) => `export const c${i} = ${i};`).join('\n');

/** What spoils the good house, by the rule that must notice, and what that rule says. */
const SPOILED: Readonly<Record<string, readonly (readonly [changes: Changes, says: RegExp])[]>> = {
  'imports go down the floors, never up or sideways': [
    [{ 'src/protocol/Demand.ts': `import { map } from 'rxjs';` }, /Demand\.ts imports rxjs/],
    [kernelWith(`import { keep } from '../operators/keep.js';`), /extra\.ts imports src\/operators/],
    [kernelWith(`import { keep } from '../index.js';`), /imports src\/index/],
    [kernelWith(`const m = import('node:fs');`), /extra\.ts imports node:fs/],
    [keepWith(`import { of } from 'rxjs/internal/observable/of';`), /imports rxjs\/internal/],
    [keepWith(`import { map } from 'rxjs/operators';`), /imports rxjs\/operators/],
    [keepWith(`export { write } from '../node/write.js';`), /imports src\/node\/write/],
    [keepsItself('let x = 1; return pipe(other(x));'), /imports src\/operators\/other/],
    [keepsItself(`return pipe(\n${'other(),\n'.repeat(12)});`), /imports src\/operators\/other/],
    [keepsItself('return other();'), /imports src\/operators\/other/],
    [
      { 'src/web/index.ts': '', 'src/web/frame.ts': `import { write } from '../node/write.js';` },
      /imports src\/node/,
    ],
    [{ 'src/node/write.ts': `import { of } from 'rxjs/internal/observable/of';` }, /imports rxjs\/internal/],
    [{ 'src/index.ts': `export { map } from 'rxjs';` }, /index\.ts imports rxjs/],
  ],
  'no imports in a circle': [
    [
      {
        ...kernelWith(`import { walk } from './walk.js';`),
        'src/kernel/walk.ts': `import { x } from './extra.js';`,
      },
      /itself/,
    ],
  ],
  'every import names a file that exists': [
    [kernelWith(`import { x } from './gone.js';`), /gone\.js, which is not there/],
  ],
  'a barrel only re-exports, by name': [
    [{ 'src/index.ts': `export * from './operators/keep.js';` }, /index\.ts:1/],
    [{ 'src/index.ts': 'export const x = 1;' }, /index\.ts:1/],
    [{ 'src/node/index.ts': `import './write.js';` }, /node\/index\.ts:1/],
  ],
  'no default exports': [
    [kernelWith('export default 1;'), /default/],
    [kernelWith('export default function x() {}'), /default/],
    [kernelWith('const x = 1; export { x as default };'), /default/],
  ],
  'a file is called what it exports': [
    [{ 'src/operators/keeps.ts': 'export function keep() {}' }, /exports no keeps/],
    [{ 'src/sources/channel.ts': 'export class Channel {}' }, /exports no channel/],
  ],
  'no file is called after what it is not': [
    [{ 'src/kernel/utils.ts': '' }, /utils/],
    [{ 'src/operators/common/x.ts': '' }, /common/],
    [{ 'src/kernel/DemandManager.ts': '' }, /Manager/],
  ],
  'each floor below the operators stays small enough to hold': [
    [kernelWith(lines(121)), /extra\.ts has 121 code lines/],
    [
      Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`src/protocol/p${n}.ts`, lines(100)])),
      /protocol has 701 code lines/,
    ],
  ],
  'an operator stays small enough to read': [[{ 'src/operators/keep.ts': lines(71) }, /71 code lines/]],
  'what the main entry exports is documented, values with an example': [
    [{ 'src/operators/keep.ts': 'export function keep() {}' }, /keep has no TSDoc/],
    [{ 'src/operators/keep.ts': '/** Keeps. */\nexport const keep = 1;' }, /keep has no @example/],
    [{ 'src/protocol/Demand.ts': 'export interface Demand {}' }, /Demand has no TSDoc/],
    [{ 'src/protocol/Demand.ts': '' }, /Demand is exported but not found/],
  ],
  'an operator says what it does to demand, overflow and errors': [
    [
      { 'src/operators/keep.ts': `/** **Demand.** Perhaps. */ export const keep = 1;` },
      /Demand.*Overflow.*Errors/s,
    ],
  ],
  'an operator quotes its first diagram': [
    [
      { 'marbles/keep.marble': 'A title.\n\nsource  -b-|\n> keep()\noutput  -b-|\n' },
      /keep\.ts does not quote/,
    ],
  ],
  'an operator is exported, drawn and in the README': [
    [{ 'marbles/keep.marble': undefined }, /keep\.marble is missing/],
    [{ 'README.md': 'keeper' }, /README\.md does not mention keep/],
    [{ 'src/index.ts': '' }, /does not export keep/],
  ],
  'a folder is a floor or an entry': [
    [{ 'src/web/index.ts': '' }, /does not export src\/web\/index/],
    [{ 'src/drains/drain.ts': '' }, /src\/drains\/index\.ts is missing/],
    [
      { 'src/node/index.ts': undefined, 'src/node/write.ts': undefined },
      /exports src\/node\/index\.ts, which is not there/,
    ],
  ],
  'no any': [
    [kernelWith('export const x = 1 as any;'), /extra\.ts:1/],
    [kernelWith('\nexport const x: Array<any> = [];'), /extra\.ts:2/],
  ],
  'no ! without a reason beside it': [
    [kernelWith('export const x = [1][0]!;'), /extra\.ts:1/],
    [kernelWith('export class X { x!: number }'), /extra\.ts:1/],
  ],
  'destination is read in one file of the chain': [
    [{ 'src/chain/extra.ts': `export const x = (s: X) => s['destination'];` }, /in 2 files of the chain/],
    [keepWith('const { destination } = s;'), /keep\.ts reads destination/],
    [{ 'src/chain/feeds.ts': '' }, /in 0 files of the chain/],
  ],
  'loading a file changes nothing': [
    [kernelWith('let count = 0;'), /extra\.ts:1/],
    [kernelWith('Object.prototype.x = 1;'), /extra\.ts:1/],
  ],
};

describe('a rule', () => {
  it.each(Object.entries(RULES))('is content with a good house: %s', (_title, rule) => {
    expect(rule(build({}))).toEqual([]);
  });

  it.each(
    Object.entries(SPOILED).flatMap(([title, cases]) =>
      cases.map(([changes, says]) => ({ title, changes, says })),
    ),
  )('notices what breaks it: $title, $says', ({ title, changes, says }) => {
    expect(RULES[title]?.(build(changes)).join('\n')).toMatch(says);
  });

  it('has a house that breaks it', () => {
    expect(Object.keys(SPOILED).sort()).toEqual(Object.keys(RULES).sort());
  });

  it.each([
    ['a derived operator may use its neighbours', keepsItself('return pipe(other(), other());')],
    [
      'a circle of types is none',
      {
        ...kernelWith(`import type { walk } from './walk.js';`),
        'src/kernel/walk.ts': `import { type x } from './extra.js';\nexport const walk = (s: S) => s.length;`,
      },
    ],
    ['a ! with its reason is fine', kernelWith('// The array has one item.\nexport const x = [1][0]!;')],
  ])('lets pass: %s', (_title, changes) => {
    const problems = Object.entries(RULES)
      .filter(([title]) => !/README/.test(title))
      .flatMap(([, rule]) => rule(build(changes)));
    expect(problems).toEqual([]);
  });
});

describe('code lines', () => {
  it.each([
    ['a statement', 'let a = 1;', 1],
    ['blank lines and comments', '\n// one\n/* two\n three */\n\n/** four */\nlet a = 1; // five\n', 1],
    ['a statement over three lines', 'f(\n  1,\n);', 3],
    ['a template with a blank line in it', 'let a = `x\n\ny`;', 3],
  ])('count %s', (_title, text, count) => {
    expect(codeLines(parse('x.ts', text))).toBe(count);
  });
});
