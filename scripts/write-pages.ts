/**
 * Writes a page for each operator, source, sink and primitive into `docs/reference/operators`, from its docstring and its
 * diagrams, and the page that lists them.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { parse } from '../src/testing/marble/parse.js';
import { slug } from './slug.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const TARGET = join(ROOT, 'docs/reference/operators');

/** The folders whose exports get a page, in the order of the list. */
const FLOORS: ReadonlyMap<string, string> = new Map([
  ['operators', 'Operators'],
  ['sources', 'Sources'],
  ['sinks', 'Sinks'],
  ['kernel', 'The two halves'],
  ['primitives', 'For code that is not reactive'],
]);

interface Documented {
  readonly name: string;
  readonly title: string;
  readonly signature: string;
  readonly doc: ts.JSDoc;
}

/** What the main entry exports from one of the floors, with its docstring. */
function documented(): Documented[] {
  const program = ts.createProgram([join(ROOT, 'src/index.ts')], { skipLibCheck: true, noEmit: true });
  const checker = program.getTypeChecker();
  const index = program.getSourceFile(join(ROOT, 'src/index.ts'));
  const entry = index && checker.getSymbolAtLocation(index);
  return checker.getExportsOfModule(entry ?? fail('src/index.ts exports nothing')).flatMap((exported) => {
    const { name } = exported;
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    // The first of several overloads bears the docstring.
    const declaration = symbol.declarations?.find(
      (node) =>
        ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isVariableDeclaration(node),
    );
    const title = FLOORS.get(declaration?.getSourceFile().fileName.match(/src\/(\w+)\//)?.[1] ?? '');
    const [doc] = declaration === undefined ? [] : ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc);
    return declaration === undefined || title === undefined || doc === undefined
      ? []
      : [{ name, title, signature: signatureOf(declaration), doc }];
  });
}

function fail(message: string): never {
  throw new Error(message);
}

/** The declaration without its body. */
function signatureOf(node: ts.Node): string {
  if (!ts.isFunctionDeclaration(node)) return '';
  const [file, end] = [node.getSourceFile(), node.body?.getStart() ?? node.getEnd()];
  return file.text
    .slice(node.getStart(file), end)
    .replace(/^export /, '')
    .trim();
}

function pageOf({ name, signature, doc }: Documented): string {
  const tags: readonly ts.JSDocTag[] = doc.tags ?? [];
  const texts = (kind: string) => tags.filter(({ tagName }) => tagName.text === kind).map(rawText);
  const parameters = tags.flatMap((tag) =>
    ts.isJSDocParameterTag(tag)
      ? [`- \`${tag.name.getText()}\`: ${textOf(tag.comment).replace(/^- /, '')}`]
      : [],
  );
  // The diagram of the docstring is the first of the pictures.
  const description = textOf(doc.comment).replace(/```marble[\s\S]*?```\n*/g, '');
  const [summary, ...paragraphs] = description.split(/\n\n+/);
  const [picture, ...pictures] = picturesOf(name);
  return [
    `# ${name}`,
    summary,
    picture ?? '',
    ...paragraphs,
    ...(signature === ''
      ? []
      : ['## Signature', `\`\`\`typescript\n${signature}\n\`\`\``, parameters.join('\n')]),
    ...texts('example').flatMap((example) => ['## Example', example]),
    ...(texts('see').length > 0
      ? [
          '## See also',
          texts('see')
            .map((see) => `- ${see}`)
            .join('\n'),
        ]
      : []),
    ...(pictures.length > 0 ? ['## Diagrams', 'Each one runs as a test.', ...pictures] : []),
    '',
  ].join('\n\n');
}

function picturesOf(name: string): string[] {
  const path = `marbles/${name}.marble`;
  if (!existsSync(join(ROOT, path))) return [];
  return parse(readFileSync(join(ROOT, path), 'utf8'), path).map(
    ({ title }) => `![${name}: ${title}](../../marbles/${name}/${slug(title)}.svg)\n\n*${sentence(title)}*`,
  );
}

/** A title of a diagram as a sentence, in which Markdown means nothing. */
function sentence(title: string): string {
  const text = title.replace(/[*_<>[\]`\\|]/g, '\\$&');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** The text of a tag as it is written; the parser takes the first word after `@see` for a name. */
function rawText(tag: ts.JSDocTag): string {
  const lines = tag
    .getText()
    .replace(/^@\w+\s*/, '')
    .split('\n');
  return lines
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
}

/** The comment as Markdown: what it links to stands in code. */
function textOf(comment: ts.JSDoc['comment']): string {
  const text = typeof comment === 'string' ? comment : (ts.getTextOfJSDocComment(comment) ?? '');
  return text.replace(/\{@link (\w+)[^}]*\}/g, '`$1`').trim();
}

function listOf(all: readonly Documented[]): string {
  const groups = [...new Set(FLOORS.values())].map((title) => {
    const rows = all
      .filter((one) => one.title === title)
      .map(({ name, doc }) => {
        const [summary = ''] = textOf(doc.comment).split(/\n\n+/);
        return `| [\`${name}\`](./${name}) | ${summary.replace(/\n/g, ' ').replace(/\|/g, '\\|')} |`;
      });
    return [`## ${title}`, ['| name | what it does |', '|---|---|', ...rows.sort()].join('\n')].join('\n\n');
  });
  return ['# Operators, sources, sinks', ...groups, ''].join('\n\n');
}

rmSync(TARGET, { recursive: true, force: true });
mkdirSync(TARGET, { recursive: true });
const all = documented();
for (const one of all) {
  writeFileSync(join(TARGET, `${one.name}.md`), pageOf(one));
}
writeFileSync(join(TARGET, 'index.md'), listOf(all));
console.log(`${all.length} pages`);
