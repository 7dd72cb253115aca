import { Drain } from '../buffer/Drain.js';
import type { PolicyBuffer } from '../buffer/PolicyBuffer.js';
import { reportUnhandled } from '../kernel/reportUnhandled.js';
import type { Demand, DemandSink } from '../protocol/Demand.js';
import { deliverEnding, type Ending } from '../protocol/Ending.js';

/** Whether a subscriber holds the others back (`'slowest'`), or loses what it is too slow for (`'fastest'`). */
export type SharePolicy = 'slowest' | 'fastest';

/** One subscriber of a share, and what waits for it. */
export class ShareMember<T> implements Demand {
  readonly #drain: Drain<T>;

  constructor(
    downstream: DemandSink<T>,
    readonly policy: SharePolicy,
    private readonly errorsOvertake: boolean,
    buffer: PolicyBuffer<T>,
  ) {
    this.#drain = new Drain<T>(downstream, this, (ending) => deliverEnding(ending, downstream), buffer);
  }

  get closed(): boolean {
    return this.#drain.closed;
  }

  /** How much it would take now. */
  get wants(): number {
    return this.#drain.requested - this.#drain.buffer.size;
  }

  request(n: number): void {
    this.#drain.request(n);
  }

  next(value: T): void {
    try {
      this.#drain.next(value);
    } catch (error) {
      // It is the one whose `onDrop` threw; the others go on.
      this.closed ? reportUnhandled(error) : this.#drain.end({ kind: 'error', error }, true);
    }
  }

  end(ending: Ending): void {
    this.#drain.end(ending, ending.kind === 'error' && this.errorsOvertake);
  }

  unsubscribe(): void {
    try {
      this.#drain.close();
    } catch (error) {
      reportUnhandled(error);
    }
  }
}
