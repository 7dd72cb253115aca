import { DestroyRef, Injectable, inject, signal } from '@angular/core';

/** How often the figures change, in ms. */
const EVERY = 500;

/** Measures how often the page is drawn, and for how long it could not be. */
@Injectable({ providedIn: 'root' })
export class FrameRate {
  /** Frames in the last second, over the last half of one. */
  readonly fps = signal(0);
  /** The longest time between two frames meanwhile, in ms. */
  readonly longest = signal(0);

  constructor() {
    let since = performance.now();
    let last = since;
    let frames = 0;
    let longest = 0;
    const frame = (now: number) => {
      frames++;
      longest = Math.max(longest, now - last);
      last = now;
      if (now - since >= EVERY) {
        this.fps.set(Math.round((frames * 1000) / (now - since)));
        this.longest.set(Math.round(longest));
        since = now;
        frames = 0;
        longest = 0;
      }
      handle = requestAnimationFrame(frame);
    };
    let handle = requestAnimationFrame(frame);
    inject(DestroyRef).onDestroy(() => cancelAnimationFrame(handle));
  }
}
