/** Something that the user should read about, and not a bug. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The system's word for what it refuses to do (`EACCES`, `ENOENT`); any other error is a bug and thrown on. */
export function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error) {
    return String(error.code);
  }
  throw error;
}
