import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** What is kept of a file. */
export interface Summary {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Most files are small: larger chunks would only make garbage. */
const CHUNK_BYTES = 16 * 1024;

/** Reads a file in chunks, so that one of any size takes no more memory than a small one. */
export async function hash(path: string): Promise<Summary> {
  const sha256 = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    sha256.update(chunk);
    bytes += chunk.length;
  }
  return { path, bytes, sha256: sha256.digest('hex') };
}
