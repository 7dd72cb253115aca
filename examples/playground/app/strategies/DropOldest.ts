import { Injectable } from '@angular/core';
import { dropOldest } from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class DropOldest extends Strategy {
  override readonly name = 'dropOldest';
  override readonly says =
    'The newest 16 wait, the oldest make room.';

  override readonly items$ = this.feed.pushed$.pipe(
    dropOldest({ capacity: 16, onDrop: this.onDrop }),
  );
}
