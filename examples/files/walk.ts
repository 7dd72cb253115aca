import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from './failure.js';

interface WalkOptions {
  /** Called with each thing that is no file, or cannot be read. */
  readonly skip: (reason: string) => void;
  /** A folder to leave out. */
  readonly except?: string;
}

/**
 * The path of every file under `folder`, looked for only when it is asked for: between two calls of `next` nothing is
 * read. Links are not followed, so a loop of links cannot catch it.
 */
export async function* walk(folder: string, options: WalkOptions): AsyncGenerator<string, void, undefined> {
  try {
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isFile()) {
        yield path;
      } else if (!entry.isDirectory()) {
        options.skip(kindOf(entry));
      } else if (path !== options.except) {
        yield* walk(path, options);
      }
    }
  } catch (error) {
    options.skip(reasonOf(error));
  }
}

function kindOf(entry: Dirent): string {
  return entry.isSymbolicLink() ? 'link' : 'special file';
}
