import { Injectable } from '@angular/core';
import { prefetch } from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class Prefetch extends Strategy {
  override readonly name = 'prefetch';
  override readonly says =
    'The server makes what is asked for: at most 16 are read ahead.';

  override readonly items$ = this.feed.pulled$.pipe(
    prefetch(16),
  );
}
