/**
 * Draws each diagram of `marbles/*.marble` as `docs/marbles/<file>/<title>.svg`. `--check` writes nothing and fails where a
 * picture is not what its diagram says.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '../src/testing/marble/parse.js';
import { drawMarble } from './drawMarble.js';
import { slug } from './slug.js';

/** Every picture, by its path below `docs/marbles`. */
function drawAll(folder: string): Map<string, string> {
  const pictures = new Map<string, string>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.marble'))) {
    const operator = basename(file, '.marble');
    for (const diagram of parse(readFileSync(join(folder, file), 'utf8'), `marbles/${file}`)) {
      pictures.set(`${operator}/${slug(diagram.title)}.svg`, drawMarble(diagram, operator));
    }
  }
  return pictures;
}

/** The pictures that are there. */
function readAll(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries.map(({ name, parentPath }) => [
      `${basename(parentPath)}/${name}`,
      readFileSync(join(parentPath, name), 'utf8'),
    ]),
  );
}

function main(check: boolean): void {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  const target = join(root, 'docs/marbles');
  const pictures = drawAll(join(root, 'marbles'));
  mkdirSync(target, { recursive: true });
  const found = readAll(target);
  const stale = [...new Set([...pictures.keys(), ...found.keys()])].filter(
    (path) => pictures.get(path) !== found.get(path),
  );
  if (check) {
    for (const path of stale) console.error(`docs/marbles/${path} is not what its diagram says`);
    if (stale.length > 0) console.error('Run: npm run docs:draw');
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  for (const path of stale) {
    const picture = pictures.get(path);
    if (picture === undefined) {
      rmSync(join(target, path));
    } else {
      mkdirSync(dirname(join(target, path)), { recursive: true });
      writeFileSync(join(target, path), picture);
    }
  }
  console.log(`${pictures.size} pictures, ${stale.length} of them new, changed or removed`);
}

main(process.argv.includes('--check'));
