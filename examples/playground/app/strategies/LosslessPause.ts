import { Injectable, signal } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { losslessPause } from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class LosslessPause extends Strategy {
  override readonly name = 'losslessPause';
  override readonly says =
    'While paused the server is asked for nothing. Nothing is lost.';

  override readonly paused = signal(false);

  override readonly items$ = this.feed.pulled$.pipe(
    losslessPause(toObservable(this.paused)),
  );
}
