import { Injectable } from '@angular/core';
import { boundedBuffer } from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class BoundedBuffer extends Strategy {
  override readonly name = 'boundedBuffer';
  override readonly says =
    'Up to 1,024 wait; one more is an error, at once and by name.';

  override readonly items$ = this.feed.pushed$.pipe(
    boundedBuffer({ capacity: 1024, onDrop: this.onDrop }),
  );
}
