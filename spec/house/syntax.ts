/** What the rules of the house read in a file with the parser of TypeScript. */
import ts from 'typescript';

/** Lines that hold code: neither blank nor only comment. */
export function codeLines(file: ts.SourceFile): number {
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    if (children.length > 0) {
      children.forEach(visit);
      return;
    }
    if (node.getWidth(file) === 0) return;
    const last = file.getLineAndCharacterOfPosition(node.getEnd()).line;
    for (let line = file.getLineAndCharacterOfPosition(node.getStart(file)).line; line <= last; line++)
      lines.add(line);
  };
  visit(file);
  return lines.size;
}

export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
}

export interface Imported {
  readonly specifier: string;
  /** Whether nothing is left of it once compiled. */
  readonly typeOnly: boolean;
}

/** What a file imports or re-exports from; `import('x')` and `require('x')` too. */
export function importsIn(file: ts.SourceFile): Imported[] {
  const typeOnly = new Map<string, boolean>();
  for (const node of file.statements) {
    if (!(ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) || !node.moduleSpecifier) continue;
    const specifier = (node.moduleSpecifier as ts.StringLiteral).text;
    typeOnly.set(specifier, (typeOnly.get(specifier) ?? true) && bringsOnlyTypes(node));
  }
  const specifiers = ts.preProcessFile(file.text, true, true).importedFiles.map(({ fileName }) => fileName);
  return [...new Set(specifiers)].map((specifier) => ({
    specifier,
    typeOnly: typeOnly.get(specifier) ?? false,
  }));
}

function bringsOnlyTypes(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) {
    const names = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
    return node.isTypeOnly || (names.length > 0 && names.every((name) => name.isTypeOnly));
  }
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names =
    clause.namedBindings && ts.isNamedImports(clause.namedBindings) ? clause.namedBindings.elements : [];
  return clause.name === undefined && names.length > 0 && names.every((name) => name.isTypeOnly);
}

export type Exported = { readonly name: string; readonly declaration: ts.Node | undefined };

/** What a file exports, `default` included; the declaration is unknown if it is exported apart from it. */
export function exportsOf(file: ts.SourceFile): Exported[] {
  return file.statements.flatMap((node): Exported[] => {
    if (ts.isExportAssignment(node)) return [{ name: 'default', declaration: node }];
    if (ts.isExportDeclaration(node)) {
      const names =
        node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
      return names.map(({ name }) => ({ name: name.text, declaration: undefined }));
    }
    return hasModifier(node, ts.SyntaxKind.ExportKeyword)
      ? namesDeclaredBy(node).map((name) => ({ name, declaration: node }))
      : [];
  });
}

function namesDeclaredBy(node: ts.Statement): string[] {
  if (hasModifier(node, ts.SyntaxKind.DefaultKeyword)) return ['default'];
  const named = ts.isVariableStatement(node)
    ? node.declarationList.declarations
    : [node as ts.DeclarationStatement];
  return named.flatMap(({ name }) => (name === undefined ? [] : [name.getText()]));
}

export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind)
  );
}

export function exportedNames(file: ts.SourceFile): string[] {
  return exportsOf(file).map(({ name }) => name);
}

export function at(file: ts.SourceFile, node: ts.Node): string {
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`;
}

export function nodes(file: ts.SourceFile): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

export function docOf(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map((doc) => doc.getText())
    .join('\n');
}

/** A comment on the line where `position` lies, or on the line above. */
export function hasCommentBeside(file: ts.SourceFile, position: number): boolean {
  const { line } = file.getLineAndCharacterOfPosition(position);
  const lines = file.text.split('\n');
  return /\/\/|\/\*|\*\//.test(
    `${lines[line - 1]?.trim().match(/^(\/\/|\/\*|\*).*/)?.[0] ?? ''}${lines[line] ?? ''}`,
  );
}

export function readsDestination(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'destination';
  if (ts.isElementAccessExpression(node))
    return ts.isStringLiteralLike(node.argumentExpression) && node.argumentExpression.text === 'destination';
  return ts.isBindingElement(node) && (node.propertyName ?? node.name).getText() === 'destination';
}
