import { Injectable, signal } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { keepLatest, lossyPause } from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class LossyPause extends Strategy {
  override readonly name = 'lossyPause';
  override readonly says =
    'While paused all that comes is dropped; while it runs the newest waits.';

  override readonly paused = signal(false);

  override readonly items$ = this.feed.pushed$.pipe(
    keepLatest({ onDrop: this.onDrop }),
    lossyPause(toObservable(this.paused), {
      onDrop: this.onDrop,
    }),
  );
}
