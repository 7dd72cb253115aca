import type { Observable } from 'rxjs';
import type { KeptOptions } from '../buffer/BufferOptions.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { COMPLETE, deliverEnding, type Ending } from '../protocol/Ending.js';
import { askInSteps } from './askInSteps.js';
import type { ShareMember } from './ShareMember.js';

/** One subscription to a source for several subscribers. What one has not asked for yet waits in that one. */
export class Share<T> {
  ending: Ending | undefined;
  readonly upstream: DemandSubscriber<T>;
  #connected = false;
  /** Who is subscribed. Replaced, not changed: who joins during a delivery is not part of it. */
  #members: readonly ShareMember<T>[] = [];
  /** Some have the value that is being handed round, and some do not: what they want cannot be told apart now. */
  #handing = false;

  constructor(
    /** How far the others may be ahead of the slowest one. */
    private readonly gap: number,
    onDrop: KeptOptions<T>['onDrop'],
    ended: (ending: Ending) => void,
  ) {
    const end = (ending: Ending) => {
      this.ending = ending;
      ended(ending);
      for (const member of this.#members) {
        deliverEnding(ending, member);
      }
    };
    this.upstream = new DemandSubscriber<T>(
      {
        next: (value) => {
          this.#handing = true;
          for (const member of this.#members) {
            member.next(value);
          }
          this.#handing = false;
          this.ask();
        },
        error: (error) => end({ kind: 'error', error }),
        complete: () => end(COMPLETE),
      },
      { operator: 'shareWithDemand', ...(onDrop && { onDrop }) },
    );
  }

  /** Subscribes to `source`, when the first of those who have joined is ready. */
  connect(source: Observable<T>): void {
    if (!this.#connected) {
      this.#connected = true;
      source.subscribe(this.upstream);
    }
  }

  get size(): number {
    return this.#members.length;
  }

  join(member: ShareMember<T>): void {
    if (this.ending === undefined) {
      this.#members = [...this.#members, member];
      this.ask();
    } else {
      deliverEnding(this.ending, member);
    }
  }

  leave(member: ShareMember<T>): void {
    this.#members = this.#members.filter((other) => other !== member);
    this.ask();
  }

  /** Asks for as much as somebody wants and nobody who governs is further behind than the gap. */
  ask(): void {
    if (this.#handing) {
      return;
    }
    let most = 0;
    let least = Infinity;
    for (const { wants, policy } of this.#members) {
      most = Math.max(most, wants);
      least = policy === 'slowest' ? Math.min(least, wants + this.gap) : least;
    }
    // In steps, as who joins later may want less.
    askInSteps(this.upstream, Math.min(most, least));
  }
}
