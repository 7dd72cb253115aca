import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** What a summary file holds. */
export interface Contents {
  readonly lines: number;
  /** The SHA-256 of all lines added up: equal for the same lines in any order, and for no others. */
  readonly sum: string;
}

export async function readBack(summaryFile: string): Promise<Contents> {
  const file = await open(summaryFile);
  let lines = 0;
  let sum = 0n;
  for await (const line of file.readLines()) {
    lines++;
    sum += BigInt(`0x${createHash('sha256').update(line).digest('hex')}`);
  }
  return { lines, sum: BigInt.asUintN(256, sum).toString(16).padStart(64, '0') };
}
