import { opendir, realpath } from 'node:fs/promises';
import { Failure, reasonOf } from './failure.js';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

/** The real path of a folder that can be opened. */
export async function readableFolder(path: string): Promise<string> {
  try {
    const folder = await realpath(path);
    await (await opendir(folder)).close();
    return folder;
  } catch (error) {
    const reason = reasonOf(error);
    throw new Failure(`Cannot read the folder ${JSON.stringify(path)}: ${WORDS[reason] ?? reason}.`);
  }
}
