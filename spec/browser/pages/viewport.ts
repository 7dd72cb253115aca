import { DemandObservable } from 'rxjs-backpressure';
import { perFrame } from 'rxjs-backpressure/web';

/** Takes endless numbers, `max` a frame, for so many animation frames: how many were taken, and how many made. */
export async function takePerFrame(max: number, frames: number): Promise<{ taken: number; made: number }> {
  let made = 0;
  let taken = 0;
  const numbers$ = new DemandObservable<number>((sink) => ({
    request: (n) => {
      for (let i = 0; i < n && !sink.closed; i++) sink.next(made++);
    },
    unsubscribe: () => {},
  }));
  const subscription = numbers$.pipe(perFrame(max)).subscribe(() => taken++);
  for (let i = 0; i < frames; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  subscription.unsubscribe();
  return { taken, made };
}
