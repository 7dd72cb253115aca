import { Injectable } from '@angular/core';
import { bufferWithCount } from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class BufferWithCount extends Strategy {
  override readonly name = 'bufferWithCount';
  override readonly says =
    'Arrays of 10: one array requested is ten items asked for.';

  override readonly items$ = this.feed.pulled$.pipe(
    bufferWithCount(10),
  );
}
