/** Collects every example that a reader may copy: the `ts` fences of the pages and of the docstrings. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface Example {
  /** Where it stands: file and line. */
  readonly title: string;
  readonly code: string;
}

const ROOT = join(__dirname, '../..');

/** Every `ts` fence of README.md, of the pages in docs, and of the docstrings in src. */
export function examples(): Example[] {
  // What is below docs/reference is written from the docstrings.
  const pages = [
    'README.md',
    ...filesBelow('docs', '.md').filter((path) => !path.startsWith('docs/reference')),
  ];
  return [...pages, ...filesBelow('src', '.ts')].flatMap((path) =>
    examplesIn(path, readFileSync(join(ROOT, path), 'utf8')),
  );
}

/** The `ts` fences of one text. In a docstring each line begins with a star, which is no part of the code. */
export function examplesIn(path: string, text: string): Example[] {
  const found: Example[] = [];
  let open: { readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = path.endsWith('.ts') ? raw.replace(/^\s*\* ?/, '') : raw;
    if (open === undefined && line.trim() === '```ts') {
      open = { line: index + 1, lines: [] };
    } else if (open !== undefined && line.trim() === '```') {
      found.push({ title: `${path}:${open.line}`, code: open.lines.join('\n') });
      open = undefined;
    } else {
      open?.lines.push(line);
    }
  }
  return found;
}

/** Whether it needs Angular: then it runs in Angular's TestBed, in `spec/angular/examples.spec.ts`. */
export function forAngular({ code }: Example): boolean {
  return /from '@angular\/|from 'rxjs-backpressure\/angular'/.test(code);
}

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}
