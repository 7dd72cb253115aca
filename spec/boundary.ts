import { DemandObservable } from '../src/index.js';

/** Counts up, without end or to `end`: how far it was drawn, and how often it was released. */
export function counter(end = Infinity) {
  const source = {
    drawn: 0,
    released: 0,
    source$: new DemandObservable<number>((sink) => ({
      request: (n) => {
        for (let i = 0; i < n && !sink.closed; i++) {
          sink.next(source.drawn++);
          if (source.drawn === end) sink.complete();
        }
      },
      unsubscribe: () => {
        source.released++;
      },
    })),
  };
  return source;
}

/** Lets the event loop turn `n` times. */
export async function turns(n = 10): Promise<void> {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets the event loop turn until `condition` holds; not for longer than `seconds`. */
export async function until(condition: () => boolean, seconds = 4): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${seconds} s for ${condition}`);
    await turns(1);
  }
}

/** Waits until what `count` tells stays the same for some time of the event loop, and answers it. */
export async function settled(count: () => number, quiet = 200): Promise<number> {
  const end = performance.now() + 4_000;
  for (let before = Number.NaN; before !== count(); await turns(quiet)) {
    if (performance.now() > end) throw new Error(`${count} does not settle`);
    before = count();
  }
  return count();
}
