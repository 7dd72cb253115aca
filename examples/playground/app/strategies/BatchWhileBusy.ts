import { Injectable } from '@angular/core';
import { batchWhileBusy } from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class BatchWhileBusy extends Strategy {
  override readonly name = 'batchWhileBusy';
  override readonly says =
    'All that wait come as one array, the newest 10,000 at most.';

  override readonly items$ = this.feed.pushed$.pipe(
    batchWhileBusy({
      max: 10_000,
      overflow: 'dropOldest',
      onDrop: this.onDrop,
    }),
  );
}
