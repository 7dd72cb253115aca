import { Injectable } from '@angular/core';
import { dropLatest } from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class DropLatest extends Strategy {
  override readonly name = 'dropLatest';
  override readonly says =
    'The first 16 wait, what arrives meanwhile is dropped.';

  override readonly items$ = this.feed.pushed$.pipe(
    dropLatest({ capacity: 16, onDrop: this.onDrop }),
  );
}
