/** A stream of Node.js can only be destroyed with an `Error`. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}
