import { Subscriber } from 'rxjs';
import type { DropReason } from '../buffer/BufferOptions.js';
import { Queue } from '../buffer/Queue.js';
import { addDemand } from '../protocol/arithmetic.js';
import {
  type Counts,
  LATENCY_BOUNDS,
  type Monitored,
  type MonitorSnapshot,
  sumOf,
} from './MonitorSnapshot.js';
import { Watch, type Watcher } from './Watch.js';

/** Which turn of the event loop this is. Within one, time is read for one event in `STRIDE`, as reading it costs more than an item. */
const TURN = { number: 0, ends: false };
const STRIDE = 64;
/** Where `STRIDE` events took longer than this, in ms, each is worth being timed. */
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
  readonly #unwatch: (() => void) | undefined;
  readonly #counts: Counts;
  /** When the values passed that have not reached the consumer, oldest first. */
  readonly #inside = new Queue<number>();
  /** Whether a timed value is being handed on: that is the consumer's time, whatever it asks for meanwhile. */
  #timing = false;
  /** Values that were dropped since the last look, and the last of them. */
  #drops = 0;
  #dropped: unknown;
  /** When time was last read, and in which turn. */
  #since: number;
  #turn = -1;
  /** Values since then, and how many of them go untimed. */
  #untimed = 0;
  #stride = 1;

  constructor(
    name: string,
    private readonly downstream: Subscriber<T>,
    private readonly clock: { now(): number },
    /** Whether every event is timed, as a clock that is not the machine's knows no turns. */
    private readonly exact: boolean,
  ) {
    super(downstream);
    this.#since = clock.now();
    this.#counts = sumOf(name);
    this.#counts.active = 1;
    this.#watch = Watch.of(this);
    this.#counts.requested = this.#watch?.consumer.requested ?? Infinity;
    this.#unwatch = this.#watch?.tell(this);
  }

  override next(value: T): void {
    if (this.isStopped) {
      return;
    }
    this.#counts.delivered++;
    if (this.#turn === TURN.number && ++this.#untimed < this.#stride) {
      this.#pass(value);
    } else {
      this.#time(value);
    }
  }

  requesting(n: number): boolean {
    this.#counts.requested = addDemand(this.#counts.requested, n);
    if (this.#turn !== TURN.number && !this.#timing) {
      this.#tick();
    }
    return this.#inside.size > 0;
  }

  requested(): void {
    this.#look();
  }

  dropped(value: unknown, reason: DropReason): void {
    this.#counts.dropped[reason]++;
    this.#drops++;
    this.#dropped = value;
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
    if (!this.closed) {
      this.#tick();
      this.#counts.active = 0;
      this.#unwatch?.();
      this.#dropped = undefined;
      super.unsubscribe();
    }
  }

  #pass(value: T): void {
    this.downstream.next(value);
    if (this.#drops > 0 || this.#inside.size > 0 || this.#watch?.busy) {
      this.#look(value);
    }
  }

  /** Passes `value` and times it; those since the last one that was timed are taken to be like it. */
  #time(value: T): void {
    const before = this.#since;
    const { starved } = this.#counts;
    const others = this.#turn === TURN.number ? this.#untimed - 1 : 0;
    this.#tick();
    this.#timing = true;
    try {
      this.#pass(value);
    } finally {
      this.#timing = false;
    }
    const now = this.clock.now();
    const took = now - this.#since;
    const theirs = Math.min(took * others, this.#counts.starved - starved);
    this.#counts.starved -= theirs;
    this.#counts.stalled += took + theirs;
    this.#stride = others > 0 && now - before > SLOW ? 1 : STRIDE;
    this.#untimed = 0;
    this.#since = now;
  }

  /** Time is read: what passed since belongs to the state until now. */
  #tick(): void {
    const now = this.clock.now();
    this.#counts[this.#watch?.state ?? 'starved'] += this.#counts.active * (now - this.#since);
    this.#since = now;
    if (!this.exact) {
      this.#turn = TURN.number;
      if (!TURN.ends) {
        TURN.ends = true;
        void Promise.resolve().then(nextTurn);
      }
    }
  }

  /** Some may be below that have not reached the consumer: whoever is not there any more has reached it, or was dropped. */
  #look(passed?: T): void {
    const inside = this.#watch?.inside ?? 0;
    for (
      let gone = this.#drops - Number(this.#dropped === passed);
      gone > 0 && this.#inside.size > 0;
      gone--
    ) {
      this.#inside.shift();
    }
    this.#drops = 0;
    this.#dropped = undefined;
    if (inside > this.#inside.size) {
      this.#inside.push(this.#since);
      this.#counts.mostWaiting = Math.max(this.#counts.mostWaiting, this.#watch?.buffer.size ?? 0);
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
