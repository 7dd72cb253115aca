import { Injectable } from '@angular/core';
import { conflateByKey } from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class ConflateByKey extends Strategy {
  override readonly name = 'conflateByKey';
  override readonly says =
    'The newest of each key waits, keys take turns.';

  override readonly items$ = this.feed.pushed$.pipe(
    conflateByKey((item) => item.key, {
      maxKeys: 1024,
      onDrop: this.onDrop,
    }),
  );
}
