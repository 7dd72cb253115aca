/**
 * The rules of the house as functions: each takes the whole house and answers with what is wrong, in words.
 * `spec/house.spec.ts` applies them to this repository, and to a small good house that it spoils on purpose.
 */
import ts from 'typescript';
import {
  at,
  codeLines,
  docOf,
  type Exported,
  exportedNames,
  exportsOf,
  hasCommentBeside,
  hasModifier,
  importsIn,
  nodes,
  parse,
  readsDestination,
} from './syntax.js';

/** Everything the rules look at. Paths are relative to the root of the repository, with slashes. */
export interface House {
  /** Every TypeScript file below `src`. */
  readonly sources: ReadonlyMap<string, string>;
  /** Every `marbles/*.marble`. */
  readonly marbles: ReadonlyMap<string, string>;
  readonly readme: string;
  /** The keys of `exports` in package.json. */
  readonly entries: readonly string[];
}

export type Rule = (house: House) => string[];

/** Files that may be longer than their floor allows, each with its limit and the reason. */
export const LONGER_FILES: ReadonlyMap<string, { readonly limit: number; readonly reason: string }> = new Map(
  [
    [
      'src/chain/Chain.ts',
      { limit: 334, reason: 'one state machine: whose item is where, and who may be asked next' },
    ],
    [
      'src/buffer/PolicyBuffer.ts',
      { limit: 130, reason: 'every policy, in values or in what sizeOf measures' },
    ],
    ['src/chain/Stage.ts', { limit: 270, reason: 'all that is known of one native operator' }],
    [
      'src/kernel/RequestedSource.ts',
      { limit: 125, reason: 'one subscription: when it begins, what it is asked for, and its sink' },
    ],
    [
      'src/kernel/DemandSubscriber.ts',
      { limit: 191, reason: 'the public class: every signal of a Subscriber' },
    ],
  ],
);

const BUDGET = { foundation: 616, foundationFile: 120, operatorFile: 70, derivedOperator: 10 };
const FOUNDATIONS = ['protocol', 'buffer', 'chain', 'kernel'];

/** Which floors and packages each floor may import. Every other folder below `src` is an entry of its own. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: ['protocol'],
  buffer: ['protocol', 'buffer'],
  chain: ['protocol', 'chain', 'rxjs'],
  kernel: ['protocol', 'buffer', 'chain', 'kernel', 'rxjs'],
  parts: ['protocol', 'buffer', 'chain', 'kernel', 'parts', 'rxjs'],
  producers: ['protocol'],
  sources: ['protocol', 'buffer', 'kernel', 'parts', 'producers', 'rxjs'],
  primitives: ['protocol', 'buffer', 'kernel', 'parts', 'primitives', 'rxjs'],
  operators: ['protocol', 'buffer', 'kernel', 'parts', 'primitives', 'rxjs'],
  sinks: ['protocol', 'buffer', 'kernel', 'parts', 'rxjs'],
};
const SIDE_BY_SIDE = ['sources', 'operators', 'sinks'];
const FLOORS = Object.keys(MAY_IMPORT);

export const RULES: Readonly<Record<string, Rule>> = {
  'imports go down the floors, never up or sideways': (house) =>
    importsOf(house)
      .filter((found) => !mayImport(house, found))
      .map(({ from, specifier, target }) => `${from} imports ${target ?? specifier}`),

  'no imports in a circle': (house) => {
    const edges = new Map<string, string[]>();
    for (const { from, target, typeOnly } of importsOf(house)) {
      // A circle of types is gone once compiled; one of values decides what is undefined at load time.
      if (target !== undefined && !typeOnly) edges.set(from, [...(edges.get(from) ?? []), target]);
    }
    return [...edges.keys()].flatMap((start) => {
      const seen = new Set<string>();
      const reach = (file: string): boolean =>
        (edges.get(file) ?? []).some(
          (next) => next === start || (!seen.has(next) && seen.add(next) && reach(next)),
        );
      return reach(start) ? [`${start} imports itself through others`] : [];
    });
  },

  'every import names a file that exists': (house) =>
    importsOf(house).flatMap(({ from, specifier, target }) =>
      target !== undefined && !house.sources.has(target)
        ? [`${from} imports ${specifier}, which is not there`]
        : [],
    ),

  'a barrel only re-exports, by name': (house) =>
    files(house, isIndex).flatMap((file) =>
      file.statements
        .filter((node) => !(ts.isExportDeclaration(node) && node.moduleSpecifier && node.exportClause))
        .map((node) => `${at(file, node)} is no named re-export`),
    ),

  'no default exports': (house) =>
    files(house).flatMap((file) =>
      exportedNames(file)
        .filter((name) => name === 'default')
        .map(() => `${file.fileName} has a default export`),
    ),

  'a file is called what it exports': (house) =>
    files(house, (path) => SIDE_BY_SIDE.includes(floorOf(path))).flatMap((file) =>
      exportedNames(file).includes(baseName(file.fileName))
        ? []
        : [`${file.fileName} exports no ${baseName(file.fileName)}`],
    ),

  'no file is called after what it is not': (house) =>
    [...house.sources.keys()]
      .filter((path) =>
        /(^|\/)(utils?|helpers?|manager|common|misc|shared)(\/|\.ts$)|(Utils?|Helpers?|Manager)\.ts$/.test(
          path,
        ),
      )
      .map((path) => `${path} says nothing about its content`),

  'each floor below the operators stays small enough to hold': (house) =>
    FOUNDATIONS.flatMap((floor) => {
      const parts = files(house, (path) => floorOf(path) === floor);
      const total = parts.reduce((sum, file) => sum + codeLines(file), 0);
      const problems = overLong(parts, BUDGET.foundationFile);
      return total > BUDGET.foundation
        ? [...problems, `${floor} has ${total} code lines, at most ${BUDGET.foundation}`]
        : problems;
    }),

  'an operator stays small enough to read': (house) =>
    overLong(files(house, isOperator), BUDGET.operatorFile),

  'what the main entry exports is documented, values with an example': (house) =>
    publicSymbols(house).flatMap(({ name, declaration }) => {
      if (declaration === undefined) return [`${name} is exported but not found`];
      const doc = docOf(declaration);
      if (doc === '') return [`${name} has no TSDoc`];
      const isType = ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration);
      return isType || doc.includes('@example') ? [] : [`${name} has no @example`];
    }),

  'an operator says what it does to demand, overflow and errors': (house) =>
    files(house, isOperator).flatMap((file) => {
      const doc = docOfExport(file, baseName(file.fileName));
      return [
        [
          /\*\*Demand\.\*\* \*?(forwards|shapes|absorbs|ignores)\b/i,
          '**Demand.** forwards, shapes, absorbs or ignores',
        ] as const,
        [/\*\*Overflow\.\*\*/, '**Overflow.**'] as const,
        [/\*\*Errors\.\*\*/, '**Errors.**'] as const,
      ].flatMap(([pattern, words]) => (pattern.test(doc) ? [] : [`${file.fileName} does not say ${words}`]));
    }),

  'an operator quotes its first diagram': (house) =>
    files(house, isOperator).flatMap((file) => {
      const marble = `marbles/${baseName(file.fileName)}.marble`;
      const diagram = firstDiagram(house.marbles.get(marble) ?? '');
      const doc = docOfExport(file, baseName(file.fileName)).replace(/^[ \t]*\*[ \t]?/gm, '');
      return withoutIndent(doc).includes(diagram)
        ? []
        : [`${file.fileName} does not quote the first diagram of ${marble}`];
    }),

  'an operator is exported, drawn and in the README': (house) => {
    const exported = new Set(publicSymbols(house).map(({ name }) => name));
    return files(house, isOperator).flatMap((file) => {
      const name = baseName(file.fileName);
      return [
        ...(exported.has(name) ? [] : [`src/index.ts does not export ${name}`]),
        ...(house.marbles.has(`marbles/${name}.marble`) ? [] : [`marbles/${name}.marble is missing`]),
        ...(new RegExp(`\\b${name}\\b`).test(house.readme) ? [] : [`README.md does not mention ${name}`]),
      ];
    });
  },

  'a folder is a floor or an entry': (house) => {
    const folders = new Set(
      [...house.sources.keys()].map(floorOf).filter((floor) => !FLOORS.includes(floor)),
    );
    const entries = new Set(
      house.entries.filter((entry) => entry !== './package.json').map((entry) => entry.replace(/^\.\/?/, '')),
    );
    const indexOf = (folder: string): string => (folder === '' ? 'src/index.ts' : `src/${folder}/index.ts`);
    return [
      ...[...folders]
        .filter((it) => !house.sources.has(indexOf(it)))
        .map((it) => `${indexOf(it)} is missing`),
      ...[...folders]
        .filter((it) => !entries.has(it))
        .map((it) => `package.json does not export ${indexOf(it)}`),
      ...[...entries]
        .filter((it) => !folders.has(it))
        .map((it) => `package.json exports ${indexOf(it)}, which is not there`),
    ];
  },

  'no any': (house) =>
    files(house).flatMap((file) =>
      nodes(file)
        .filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)
        .map((node) => `${at(file, node)} says any`),
    ),

  'no ! without a reason beside it': (house) =>
    files(house).flatMap((file) =>
      nodes(file)
        .filter(
          (node) =>
            ts.isNonNullExpression(node) ||
            (ts.isPropertyDeclaration(node) && node.exclamationToken !== undefined),
        )
        .filter((node) => !hasCommentBeside(file, node.getEnd()))
        .map((node) => `${at(file, node)} asserts with ! and does not say why`),
    ),

  'destination is read in one file of the chain': (house) => {
    const readers = files(house)
      .filter((file) => nodes(file).some(readsDestination))
      .map((file) => file.fileName);
    const outside = readers
      .filter((path) => floorOf(path) !== 'chain')
      .map((path) => `${path} reads destination`);
    const inside = readers.filter((path) => floorOf(path) === 'chain');
    return inside.length === 1
      ? outside
      : [...outside, `destination is read in ${inside.length} files of the chain: ${inside.join(', ')}`];
  },

  'loading a file changes nothing': (house) =>
    files(house).flatMap((file) =>
      file.statements
        .filter(
          (node) =>
            ts.isExpressionStatement(node) ||
            (ts.isVariableStatement(node) && !(node.declarationList.flags & ts.NodeFlags.Const)),
        )
        .map((node) => `${at(file, node)} acts or keeps state at load time`),
    ),
};

interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The file below `src` that is meant, if the specifier is relative. */
  readonly target: string | undefined;
  readonly typeOnly: boolean;
}

function importsOf(house: House): Import[] {
  return files(house).flatMap((file) =>
    importsIn(file).map(({ specifier, typeOnly }) => ({
      from: file.fileName,
      specifier,
      target: specifier.startsWith('.') ? resolve(file.fileName, specifier) : undefined,
      typeOnly,
    })),
  );
}

/** A barrel takes from anywhere here, a floor from the floors below it, an entry from every floor and from outside. */
function mayImport(house: House, { from, specifier, target }: Import): boolean {
  if (target === undefined) {
    const packages = MAY_IMPORT[floorOf(from)];
    return !isIndex(from) && (packages?.includes(specifier) ?? !/^rxjs\/(internal|src|dist)/.test(specifier));
  }
  if (isIndex(from)) return true;
  if (isIndex(target)) return false;
  const below = MAY_IMPORT[floorOf(from)] ?? [...FLOORS, floorOf(from)];
  const floor = floorOf(target);
  return below.includes(floor) || (SIDE_BY_SIDE.includes(floor) && isDerived(house, from));
}

function resolve(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/').replace(/\.js$/, '.ts');
}

function files(house: House, wanted: (path: string) => boolean = () => true): ts.SourceFile[] {
  return [...house.sources].filter(([path]) => wanted(path)).map(([path, text]) => parse(path, text));
}

const isIndex = (path: string): boolean => baseName(path) === 'index';
const isOperator = (path: string): boolean => floorOf(path) === 'operators';
const baseName = (path: string): string => path.replace(/^.*\//, '').replace(/\.ts$/, '');

/** The folder below `src`; of a file that lies in `src` itself, nothing. */
function floorOf(path: string): string {
  const [, floor = '', ...rest] = path.split('/');
  return rest.length > 0 ? floor : '';
}

/** A derived operator has no state of its own: each function it exports is a short `pipe` of others. */
function isDerived(house: House, path: string): boolean {
  const file = parse(path, house.sources.get(path) ?? '');
  const exported = file.statements.filter(
    (node) => ts.isFunctionDeclaration(node) && hasModifier(node, ts.SyntaxKind.ExportKeyword),
  );
  const short = exported.every((node) => {
    const body = (node as ts.FunctionDeclaration).body;
    return (
      body !== undefined &&
      codeLines(parse(path, body.getText(file))) <= BUDGET.derivedOperator + 2 &&
      /\bpipe\(/.test(body.getText(file))
    );
  });
  const hasState = nodes(file).some(
    (node) => ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.Const),
  );
  return exported.length > 0 && short && !hasState;
}

function overLong(parts: readonly ts.SourceFile[], ceiling: number): string[] {
  return parts.flatMap((file) => {
    const limit = LONGER_FILES.get(file.fileName)?.limit ?? ceiling;
    const lines = codeLines(file);
    return lines > limit ? [`${file.fileName} has ${lines} code lines, at most ${limit}`] : [];
  });
}

/** What `src/index.ts` re-exports, each with the place that declares it. Overloads are looked up at their first. */
function publicSymbols(house: House): Exported[] {
  return files(house, (path) => path === 'src/index.ts').flatMap((index) =>
    index.statements.filter(ts.isExportDeclaration).flatMap((node) => {
      if (!node.exportClause || !ts.isNamedExports(node.exportClause) || !node.moduleSpecifier) return [];
      const path = resolve(index.fileName, (node.moduleSpecifier as ts.StringLiteral).text);
      const file = parse(path, house.sources.get(path) ?? '');
      return node.exportClause.elements.map(({ name, propertyName }) => ({
        name: name.text,
        declaration: exportsOf(file).find((exported) => exported.name === (propertyName ?? name).text)
          ?.declaration,
      }));
    }),
  );
}

function docOfExport(file: ts.SourceFile, name: string): string {
  const declaration = exportsOf(file).find((exported) => exported.name === name)?.declaration;
  return declaration === undefined ? '' : docOf(declaration);
}

/** The first block of lines with a `source` row. */
function firstDiagram(marble: string): string {
  const blocks = marble.split(/\n\s*\n/);
  return withoutIndent(blocks.find((block) => /^\s*>/m.test(block)) ?? '').trim();
}

function withoutIndent(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/gm, '');
}
