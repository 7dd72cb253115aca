import { Injectable } from '@angular/core';
import { rateLimit } from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class RateLimit extends Strategy {
  override readonly name = 'rateLimit';
  override readonly says =
    'The server is asked for no more than 20 a second.';

  override readonly items$ = this.feed.pulled$.pipe(
    rateLimit({ permits: 20, per: 1000 }),
  );
}
