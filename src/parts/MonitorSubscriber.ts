import { Subscriber } from 'rxjs';
import type { DropReason } from '../buffer/BufferOptions.js';
import { Queue } from '../buffer/Queue.js';
import {
  type Counts,
  LATENCY_BOUNDS,
  type Monitored,
  type MonitorSnapshot,
  sumOf,
} from './MonitorSnapshot.js';
import { Watch, type Watcher, type Watchers } from './Watch.js';

/** Which turn of the event loop this is. Within one, time is read for one event in `STRIDE`, as reading it costs more than an item. */
const TURN = { number: 0, ends: false };
const STRIDE = 64;
/** Where it is longer than this, in ms, since time was read in this turn, the next event is worth being timed. */
const SLOW = 0.1;

const nextTurn = () => {
  TURN.number++;
  TURN.ends = false;
};

/**
 * One subscription to a monitored source: in line as any native operator, so that it changes nothing. The time since the last
 * event is that of the state which the stretch has been in since; it is looked up when the next event comes.
 */
export class MonitorSubscriber<T> extends Subscriber<T> implements Watcher, Monitored {
  readonly #watch: Watch | undefined;
  readonly #watchers: Watchers | undefined;
  /** What was asked for before, of others. */
  readonly #asked: number;
  readonly #counts: Counts;
  /** When the values passed that have not reached the consumer, oldest first. */
  readonly #inside = new Queue<number>();
  /** Whether a timed value is being handed on: that is the consumer's time, whatever it asks for meanwhile. */
  #timing = false;
  /** When time was last read, and in which turn. */
  #since: number;
  #turn = -1;
  /** Values since then, and how many of them go untimed. */
  #untimed = 0;
  #stride = 1;

  constructor(
    name: string,
    private readonly downstream: Subscriber<T>,
    /** Without one, the machine's: every event of another is timed, as that knows no turns. */
    private readonly clock?: { now(): number },
  ) {
    super(downstream);
    this.#since = this.#now();
    this.#counts = sumOf(name);
    this.#counts.active = 1;
    this.#watch = Watch.of(this);
    this.#watchers = this.#watch?.watchers.add(this);
    this.#asked = this.#watchers?.requested ?? 0;
    this.#counts.requested = this.#watch?.consumer.requested ?? Infinity;
  }

  override next(value: T): void {
    if (this.isStopped) {
      return;
    }
    this.#counts.delivered++;
    if (this.#turn === TURN.number && ++this.#untimed < this.#stride) {
      this.downstream.next(value);
    } else {
      this.#time(value);
    }
    this.#counts.mostWaiting = Math.max(this.#counts.mostWaiting, this.#watch?.buffer.size ?? 0);
  }

  changing(): void {
    if (this.#turn !== TURN.number && !this.#timing) {
      this.#tick();
    }
  }

  dropped(reason: DropReason, waited: boolean): void {
    this.#counts.dropped[reason]++;
    // Those that came since the last look are not among them.
    if (waited && this.#inside.size > 0) {
      this.#inside.shift();
    }
  }

  failed(error: unknown): void {
    this.#counts.failed = 1;
    this.#counts.lastError = error;
  }

  snapshot(): MonitorSnapshot {
    this.#tick();
    const counts = sumOf(this.#counts.name, [this.#counts]);
    const { active, latency } = counts;
    const { overflow, age, unsubscribed } = counts.dropped;
    // What did not have to wait was not counted one by one.
    const others = [overflow, age, unsubscribed, this.#inside.size, ...latency.counts];
    const atOnce = others.reduce((left, count) => left - count, counts.delivered);
    latency.counts[0] = (latency.counts[0] ?? 0) + Math.max(atOnce, 0);
    counts.unsubscribed = Math.max(1 - active - counts.completed - counts.failed, 0);
    // Where others have asked for all before, what was added to that is not known.
    counts.requested += (this.#watchers?.requested ?? 0) - this.#asked || 0;
    if (active > 0 && this.#watch !== undefined) {
      const { buffer, inFlight } = this.#watch;
      counts.waiting = buffer.size;
      counts.fill = buffer.taken / (buffer.capacity || 1);
      counts.inFlight = inFlight;
    }
    return counts;
  }

  protected override _error(error: unknown): void {
    this.failed(error);
    super._error(error);
  }

  protected override _complete(): void {
    this.#counts.completed = 1;
    super._complete();
  }

  override unsubscribe(): void {
    this.#tick();
    this.#counts.active = 0;
    this.#watchers?.delete(this);
    super.unsubscribe();
  }

  #now(): number {
    return (this.clock ?? performance).now();
  }

  /** Passes `value` and times it; those since the last one that was timed are taken to be like it. */
  #time(value: T): void {
    const before = this.#since;
    const { starved } = this.#counts;
    const goesOn = this.#turn === TURN.number;
    const others = goesOn ? this.#untimed - 1 : 0;
    this.#tick();
    this.#timing = true;
    try {
      this.downstream.next(value);
    } finally {
      this.#timing = false;
    }
    const now = this.#now();
    const took = now - this.#since;
    const theirs = Math.min(took * others, this.#counts.starved - starved);
    this.#counts.starved -= theirs;
    this.#counts.stalled += took + theirs;
    this.#stride = goesOn && now - before > SLOW ? 1 : STRIDE;
    this.#untimed = 0;
    this.#since = now;
  }

  /** Time is read: what passed since belongs to the state until now. */
  #tick(): void {
    this.#look();
    const now = this.#now();
    this.#counts[this.#watch?.state ?? 'starved'] += this.#counts.active * (now - this.#since);
    this.#since = now;
    if (this.clock === undefined) {
      this.#turn = TURN.number;
      if (!TURN.ends) {
        TURN.ends = true;
        void Promise.resolve().then(nextTurn);
      }
    }
  }

  /** Some may be below that have not reached the consumer: whoever is not there any more has reached it. */
  #look(): void {
    const inside = this.#watch?.inside ?? 0;
    while (this.#inside.size < inside) {
      this.#inside.push(this.#since);
    }
    while (this.#inside.size > inside) {
      const { counts, sums } = this.#counts.latency;
      const latency = this.#since - this.#inside.shift();
      const bucket = LATENCY_BOUNDS.filter((bound) => bound < latency).length;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sums[bucket] = (sums[bucket] ?? 0) + latency;
    }
  }
}
