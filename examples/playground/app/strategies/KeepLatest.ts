import { Injectable } from '@angular/core';
import { keepLatest } from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class KeepLatest extends Strategy {
  override readonly name = 'keepLatest';
  override readonly says = 'Only the newest one waits.';

  override readonly items$ = this.feed.pushed$.pipe(
    keepLatest({ onDrop: this.onDrop }),
  );
}
