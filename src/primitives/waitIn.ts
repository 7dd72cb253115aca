/** A promise in a line, settled by whoever serves the line; then it is out of it. */
export interface Waiter {
  granted(): void;
  rejected(error: unknown): void;
}

interface Line {
  add(waiter: Waiter): unknown;
  delete(waiter: Waiter): unknown;
}

/** Waits in `line` for what `result` answers with when it is granted. The signal takes it out of the line. */
export function waitIn<R>(line: Line, result: () => R, signal?: AbortSignal): Promise<R> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const leave = () => {
      line.delete(waiter);
      signal?.removeEventListener('abort', abort);
    };
    const waiter: Waiter = {
      granted: () => {
        leave();
        resolve(result());
      },
      rejected: (error) => {
        leave();
        reject(error);
      },
    };
    const abort = () => waiter.rejected(signal?.reason);
    signal?.addEventListener('abort', abort);
    line.add(waiter);
  });
}
