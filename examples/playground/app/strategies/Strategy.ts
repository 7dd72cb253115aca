import type { WritableSignal } from '@angular/core';
import { inject } from '@angular/core';
import type { Observable } from 'rxjs';
import type { DemandHandle } from 'rxjs-backpressure';
import type { Item } from '../../wire/Item.js';
import { Feeds } from '../feed/Feeds.js';
import { type Delivered, Gauge } from '../run/Gauge.js';

/** A way to cope with a feed that is faster than its consumer: one service each, as an application would have. */
export abstract class Strategy {
  readonly gauge = new Gauge();
  protected readonly feed = inject(Feeds).countedBy(this.gauge);
  protected readonly onDrop = (item: Item) =>
    this.gauge.drop(item);

  abstract readonly name: string;
  /** In a sentence. */
  abstract readonly says: string;
  abstract readonly items$: Observable<Delivered>;

  /** Where a person may pause it. */
  readonly paused?: WritableSignal<boolean>;
  /** Where a person requests. */
  readonly more?: DemandHandle;
}
