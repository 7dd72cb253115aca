import { Injectable, signal } from '@angular/core';
import type { Delivered, Gauge } from './Gauge.js';

/** Takes its time over each value. */
@Injectable({ providedIn: 'root' })
export class Consumer {
  /** How long, in ms. */
  readonly delay = signal(10);

  async handle(value: Delivered, gauge: Gauge): Promise<void> {
    gauge.deliver(value);
    const delay = this.delay();
    if (delay > 0) {
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
    gauge.handle(value);
  }
}
