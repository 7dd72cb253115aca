/** Waits until a source that needs the event loop has answered. */
export type Settle = () => unknown;

/** A few turns of the event loop: enough for promises, streams and the `asapScheduler`, not for timers. */
export async function fewTurns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => {
      if (typeof setImmediate === 'function') setImmediate(resolve);
      else setTimeout(resolve);
    });
  }
}
