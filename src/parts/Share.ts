import { BoundedBuffer } from '../buffer/BoundedBuffer.js';
import type { KeptOptions } from '../buffer/BufferOptions.js';
import { Drain } from '../buffer/Drain.js';
import { PolicyBuffer } from '../buffer/PolicyBuffer.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';
import { COMPLETE, type Ending } from '../protocol/Ending.js';

/** Whether a subscriber holds the others back (`'slowest'`), or loses what it is too slow for (`'fastest'`). */
export type SharePolicy = 'slowest' | 'fastest';

interface Member<T> {
  readonly drain: Drain<T>;
  readonly governs: boolean;
}

/** One subscription to a source for several subscribers, each with a queue of what it has not asked for yet. */
export class Share<T> {
  /** Replaced, not changed: who joins during a delivery is not part of it. */
  members: readonly Member<T>[] = [];
  ending: Ending | undefined;
  readonly upstream: DemandSubscriber<T>;

  constructor(
    /** How far the others may be ahead of the slowest one. */
    private readonly gap: number,
    private readonly ended: (ending: Ending) => void,
  ) {
    this.upstream = new DemandSubscriber<T>(
      {
        next: (value) => {
          for (const { drain } of this.members) {
            drain.next(value);
          }
          this.#ask();
        },
        error: (error) => this.#end({ kind: 'error', error }),
        complete: () => this.#end(COMPLETE),
      },
      { operator: 'shareWithDemand' },
    );
  }

  /** A subscriber comes; `left` is called when it has left. */
  join(sink: DemandSink<T>, policy: SharePolicy, options: KeptOptions<T>, left: () => void): Producer {
    const governs = policy === 'slowest';
    const drain = new Drain<T>(
      { next: (value) => sink.next(value) },
      this.upstream,
      (ending) => (ending.kind === 'error' ? sink.error(ending.error) : sink.complete()),
      // Who governs is sent no more than the gap beyond what it asked for.
      governs
        ? new BoundedBuffer<T>('shareWithDemand', { ...options, capacity: Infinity })
        : new PolicyBuffer<T>('shareWithDemand', { ...options, overflow: 'dropLatest' }),
    );
    const member = { drain, governs };
    this.members = [...this.members, member];
    if (this.ending !== undefined) {
      drain.end(this.ending);
    }
    return {
      request: (n) => {
        drain.request(n);
        this.#ask();
      },
      unsubscribe: () => {
        this.members = this.members.filter((other) => other !== member);
        drain.close();
        left();
        this.#ask();
      },
    };
  }

  /** Asks for as much as somebody wants and nobody who governs is further behind than the gap. */
  #ask(): void {
    let most = 0;
    let least = Infinity;
    for (const { drain, governs } of this.members) {
      const wants = drain.requested - drain.buffer.size;
      most = Math.max(most, wants);
      least = governs ? Math.min(least, wants + this.gap) : least;
    }
    const wanted = Math.min(most, least);
    if (wanted > this.upstream.requested) {
      this.upstream.request(wanted === Infinity ? Infinity : wanted - this.upstream.requested);
    }
  }

  #end(ending: Ending): void {
    this.ending = ending;
    this.ended(ending);
    for (const { drain } of this.members) {
      drain.end(ending);
    }
  }
}
