import { pageGlobal } from '../parts/pageGlobal.js';

interface Locks {
  request(name: string, options: { signal: AbortSignal }, held: () => Promise<void>): Promise<unknown>;
  query(): Promise<{ held?: readonly { name?: string }[] }>;
}

/** How long what a side has sent before it was gone may be on its way, in ms. */
const GRACE = 250;

/**
 * Holds a lock for as long as this page or worker lives, and `announce`s its name to the other side of a port: browsers say
 * nothing of a worker that was terminated or a frame that was removed, but they release its locks. Answers what lets go of it.
 */
export function showPresence(announce: (lock: string) => void): () => void {
  const name = `rxjs-backpressure ${Math.random()} ${Date.now()}`;
  const leave = new AbortController();
  const held = () =>
    new Promise<void>((resolve) => {
      leave.signal.addEventListener('abort', () => resolve());
      announce(name);
    });
  // Not granted yet, it is given up; granted, it is let go of.
  locks()?.request(name, { signal: leave.signal }, held).catch(ignore);
  return () => leave.abort();
}

/** Calls `gone` when the other side, which holds this lock, is no more. Answers what stops that. */
export function watchPresence(lock: string, gone: () => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const watch = async (manager: Locks) => {
    const { held = [] } = await manager.query();
    // A page of another origin has locks of its own, and would get this one at once.
    if (held.some(({ name }) => name === lock)) {
      await manager.request(lock, { signal }, async () => {});
      setTimeout(() => signal.aborted || gone(), GRACE);
    }
  };
  const manager = locks();
  if (manager !== undefined) {
    watch(manager).catch(ignore);
  }
  return () => stop.abort();
}

/** Those of the page or worker: where it is served over HTTPS or from this machine. */
function locks(): Locks | undefined {
  return pageGlobal<{ locks?: Locks }>('navigator')?.locks;
}

function ignore(): void {}
