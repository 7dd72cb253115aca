import { Injectable } from '@angular/core';
import { conflate } from 'rxjs-backpressure';
import type { Item } from '../../wire/Item.js';
import type { Merged } from '../run/Gauge.js';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class Conflate extends Strategy {
  override readonly name = 'conflate';
  override readonly says = 'All that wait are merged into one.';

  override readonly items$ = this.feed.pushed$.pipe(
    conflate(
      ({ merged }: Merged, last: Item): Merged => ({
        merged: merged + 1,
        last,
      }),
      {
        merged: 0,
        last: undefined,
      },
    ),
  );
}
