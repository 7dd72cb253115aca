/** A promise in a line, settled by whoever serves the line; then it is out of it. */
export interface Waiting {
  granted(): void;
  rejected(error: unknown): void;
}

interface Line {
  add(waiting: Waiting): unknown;
  delete(waiting: Waiting): unknown;
}

/** Waits in `line` for what `result` answers with when it is granted. The signal takes it out of the line. */
export function waitIn<R>(line: Line, result: () => R, signal?: AbortSignal): Promise<R> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const leave = () => {
      line.delete(waiting);
      signal?.removeEventListener('abort', abort);
    };
    const waiting: Waiting = {
      granted: () => {
        leave();
        resolve(result());
      },
      rejected: (error) => {
        leave();
        reject(error);
      },
    };
    const abort = () => waiting.rejected(signal?.reason);
    signal?.addEventListener('abort', abort);
    line.add(waiting);
  });
}
