import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Summary } from './hash.js';

/** After so many lines the writer stalls, as a disk does that writes its cache out. */
export const LINES_PER_STALL = 100;
export const STALL_MILLISECONDS = 10;

/** Writes one line a file, on purpose slower than files are found and hashed. One `write` at a time. */
export class SlowWriter {
  private lines = 0;

  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<SlowWriter> {
    return new SlowWriter(await open(path, 'wx'));
  }

  /** Resolves when the line is in the file. */
  async write({ sha256, bytes, path }: Summary): Promise<void> {
    await this.file.write(`${sha256} ${bytes} ${JSON.stringify(path)}\n`);
    this.lines++;
    if (this.lines % LINES_PER_STALL === 0) {
      await setTimeout(STALL_MILLISECONDS);
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
