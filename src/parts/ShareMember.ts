import type { PolicyBuffer } from '../buffer/PolicyBuffer.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import type { DemandSink } from '../protocol/Demand.js';

/** Whether a subscriber holds the others back (`'slowest'`), or loses what it is too slow for (`'fastest'`). */
export type SharePolicy = 'slowest' | 'fastest';

/** One subscriber of a share. What it has not asked for yet waits in it. */
export class ShareMember<T> extends DemandSubscriber<T> {
  constructor(
    downstream: DemandSink<T>,
    readonly policy: SharePolicy,
    errors: 'last' | 'first',
    buffer: () => PolicyBuffer<T>,
  ) {
    super(downstream, { operator: 'shareWithDemand', errors }, { buffer });
  }

  /** How much it would take now. */
  get wants(): number {
    return this.requested - this.buffered;
  }
}
