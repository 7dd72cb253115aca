/** Several consumers of one source. */
import { shareAs, shareWithDemand } from '../../../src/index.js';
import { Naive } from '../Naive.js';
import type { Variant } from '../observe.js';
import type { Pick } from '../pick.js';
import { NaiveBuffer } from './buffering.js';

/** One consumer of several, with a list of what it has not asked for yet. */
class NaiveMember extends NaiveBuffer {
  constructor(
    private readonly name: string,
    private readonly share: NaiveShare,
    readonly governs: boolean,
    capacity: number,
  ) {
    super(true, {
      capacity: governs ? Infinity : capacity,
      policy: 'dropLatest',
      errors: governs ? 'last' : 'first',
    });
  }

  override tell(what: string): void {
    this.share.tell(what.startsWith('drop') ? what : `${this.name} ${what}`);
  }

  override leave(): void {
    super.leave();
    this.share.changed();
  }
}

/** The slowest of those who govern holds all. */
export class NaiveShare extends Naive {
  readonly members: readonly NaiveMember[];
  #up = 0;
  #passing = false;

  constructor(
    plain: boolean,
    governs: readonly boolean[],
    capacities: readonly number[],
    private readonly gap: number,
  ) {
    super(plain);
    this.members = governs.map(
      (governing, i) => new NaiveMember(String(i), this, governing, capacities[i] ?? 0),
    );
  }

  override begin(): void {
    for (const member of this.members) member.inside = () => this.inside();
    super.begin();
  }

  override get open(): number {
    return this.#up;
  }

  override request(n: number, who: number): void {
    // What waits for it comes first.
    this.members[who % this.members.length]?.request(n);
    if (n > 0) this.changed();
  }

  override leave(who?: number): void {
    for (const member of who === undefined ? this.members : [this.members[who % this.members.length]]) {
      member?.leave();
    }
  }

  /** Who is still here. */
  get here(): readonly NaiveMember[] {
    return this.members.filter((member) => !member.over);
  }

  changed(): void {
    // Half way through, some have the value and some do not.
    if (this.#passing) return;
    this.over = this.here.length === 0;
    // What waits for all is told of when the last one has left.
    for (const value of this.over ? this.waiting.splice(0) : []) this.drop(value, 'unsubscribed');
    const wants = ({ wanted, waiting }: NaiveMember) => wanted - waiting.length;
    const most = Math.max(0, ...this.here.map(wants));
    const least = Math.min(
      ...this.here.filter(({ governs }) => governs).map((member) => wants(member) + this.gap),
    );
    const wanted = Math.min(most, least);
    const more = Math.min(wanted, 16) - this.#up;
    if (more > 0 && (more >= 8 || wanted <= 16)) this.#up += more;
    this.settle();
  }

  override pass(): void {
    for (const value of this.waiting.splice(0, 1)) {
      this.#up--;
      this.#passing = true;
      for (const member of this.here) member.emit(value);
      this.#passing = false;
      this.changed();
    }
  }

  override step(): boolean {
    if (this.ending === undefined || this.waiting.length > 0) return super.step();
    // Each is told after what waits for it.
    for (const member of this.here) {
      if (this.ending === 'complete') member.complete();
      else member.error();
    }
    this.over = this.here.length === 0;
    return false;
  }
}

/** Two that are told of what comes, in an order that is not promised: so nothing is done from inside their deliveries. */
export const sharing: Readonly<Record<string, (pick: Pick) => Variant>> = {
  shareWithDemand: (pick) => {
    const policy = pick(['slowest', 'fastest'] as const);
    const capacity = pick([0, 1, 3]);
    const governs = policy === 'slowest';
    return {
      title: `shareWithDemand ${policy} capacity ${capacity}`,
      calm: true,
      operator: ({ onDrop }) => shareWithDemand({ policy, capacity, onDrop }),
      consumers: [(result$) => result$, (result$) => result$],
      model: (plain) => new NaiveShare(plain, [governs, governs], [capacity, capacity], capacity),
    };
  },
  shareAs: (pick) => {
    const policy = pick(['slowest', 'fastest'] as const);
    const gap = pick([0, 2]);
    const capacity = pick([0, 1, 3]);
    const governs = policy === 'slowest';
    return {
      title: `shareAs ${policy} capacity ${capacity} beside one that is not, capacity ${gap}`,
      calm: true,
      operator: ({ onDrop }) =>
        shareWithDemand({ policy: governs ? 'fastest' : 'slowest', capacity: gap, onDrop }),
      consumers: [
        (result$) => result$,
        (result$, { onDrop }) => result$.pipe(shareAs(policy, { capacity, onDrop })),
      ],
      model: (plain) => new NaiveShare(plain, [!governs, governs], [gap, capacity], gap),
    };
  },
};
