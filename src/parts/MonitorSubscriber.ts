import { Subscriber } from 'rxjs';
import type { DropReason } from '../buffer/BufferOptions.js';
import { Queue } from '../buffer/Queue.js';
import { addDemand } from '../protocol/arithmetic.js';
import { consumerBound, LATENCY_BOUNDS, type Monitored, type MonitorSnapshot } from './MonitorSnapshot.js';
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
 * One subscription to a monitored source: in line as any native operator, so that it changes nothing. It keeps the time since
 * the last event as that of the state the stretch has been in since, which it looks up when the next event comes.
 */
export class MonitorSubscriber<T> extends Subscriber<T> implements Watcher, Monitored {
  readonly #watch: Watch | undefined;
  readonly #unwatch: (() => void) | undefined;
  #active = 1;
  #requested: number;
  #delivered = 0;
  readonly #dropped = { overflow: 0, age: 0, unsubscribed: 0 };
  #mostWaiting = 0;
  readonly #spent = { starved: 0, stalled: 0, idle: 0 };
  #completed = 0;
  #failed = 0;
  #lastError: unknown;
  /** When the values passed that have not reached the consumer, oldest first. */
  readonly #inside = new Queue<number>();
  /** Of the values that did not reach it within one turn: how many by bucket, and their sum in ms. */
  readonly #counts: number[] = new Array(LATENCY_BOUNDS.length + 1).fill(0);
  readonly #sums: number[] = new Array(LATENCY_BOUNDS.length + 1).fill(0);
  /** The value that is being handed on; no value is `this`. */
  #passing: unknown = this;
  #since: number;
  /** The turn in which time was last read. */
  #turn = -1;
  #untimed = 0;
  #stride = 1;

  constructor(
    private readonly name: string,
    private readonly downstream: Subscriber<T>,
    private readonly clock: { now(): number },
    /** Whether every event is timed, as a clock that is not the machine's says nothing about turns. */
    private readonly exact: boolean,
  ) {
    super(downstream);
    this.#since = clock.now();
    this.#watch = Watch.of(this);
    this.#unwatch = this.#watch?.tell(this);
    this.#requested = this.#watch?.consumer.requested ?? Infinity;
  }

  override next(value: T): void {
    if (this.isStopped) {
      return;
    }
    this.#delivered++;
    if (this.#turn === TURN.number && ++this.#untimed < this.#stride) {
      this.#pass(value);
    } else {
      this.#time(value);
    }
  }

  requesting(n: number): void {
    this.#requested = addDemand(this.#requested, n);
    // What it asks for from inside `next` does not change whose time that is.
    if (this.#turn !== TURN.number && this.#passing === this) {
      this.#tick();
    }
  }

  requested(): void {
    if (this.#inside.size > 0) {
      this.#leave();
    }
  }

  dropped(value: unknown, reason: DropReason): void {
    this.#dropped[reason]++;
    if (value !== this.#passing && this.#inside.size > 0) {
      this.#inside.shift();
    }
  }

  failed(error: unknown): void {
    this.#failed = 1;
    this.#lastError = error;
  }

  snapshot(): MonitorSnapshot {
    this.#tick();
    const { consumer, buffer, inFlight = 0 } = this.#active > 0 ? (this.#watch ?? NOBODY) : NOBODY;
    const { starved, stalled, idle } = this.#spent;
    const counts = [...this.#counts];
    // What did not have to wait is not counted one by one.
    const dropped = this.#dropped.overflow + this.#dropped.age + this.#dropped.unsubscribed;
    const slow = counts.reduce((sum, count) => sum + count, 0);
    counts[0] = (counts[0] ?? 0) + Math.max(this.#delivered - dropped - this.#inside.size - slow, 0);
    return {
      name: this.name,
      active: this.#active,
      requested: this.#requested,
      delivered: this.#delivered,
      dropped: { ...this.#dropped },
      waiting: consumer?.buffered ?? 0,
      mostWaiting: this.#mostWaiting,
      fill: buffer === undefined ? 0 : buffer.taken / (buffer.capacity || 1),
      inFlight,
      starved,
      stalled,
      idle,
      consumerBound: consumerBound(starved, stalled),
      latency: { counts, sums: [...this.#sums] },
      completed: this.#completed,
      failed: this.#failed,
      unsubscribed: Math.max(1 - this.#active - this.#completed - this.#failed, 0),
      lastError: this.#lastError,
    };
  }

  protected override _error(error: unknown): void {
    this.failed(error);
    super._error(error);
  }

  protected override _complete(): void {
    this.#completed = 1;
    super._complete();
  }

  override unsubscribe(): void {
    if (!this.closed) {
      this.#tick();
      this.#active = 0;
      this.#unwatch?.();
      super.unsubscribe();
    }
  }

  #pass(value: T): void {
    const watch = this.#watch;
    if (watch === undefined) {
      this.downstream.next(value);
      return;
    }
    this.#passing = value;
    this.downstream.next(value);
    this.#passing = this;
    const waiting = watch.buffer.size;
    if (waiting > this.#mostWaiting) {
      this.#mostWaiting = waiting;
    }
    if (waiting > 0 || this.#inside.size > 0 || watch.inFlight > 0) {
      if (waiting + watch.inFlight > this.#inside.size) {
        this.#inside.push(this.#since);
      }
      this.#leave();
    }
  }

  /** Passes `value` and times it; those that were not timed since the last one that was are taken to be like it. */
  #time(value: T): void {
    const sameTurn = this.#turn === TURN.number;
    const { starved } = this.#spent;
    const before = this.#since;
    this.#tick();
    this.#pass(value);
    const now = this.clock.now();
    const took = now - this.#since;
    this.#since = now;
    const others = sameTurn ? Math.min(took * (this.#untimed - 1), this.#spent.starved - starved) : 0;
    this.#spent.starved -= others;
    this.#spent.stalled += took + others;
    this.#stride = sameTurn && now - before > SLOW ? 1 : STRIDE;
    this.#untimed = 0;
  }

  /** Time is read: what passed since belongs to the state until now. */
  #tick(): void {
    const now = this.clock.now();
    const watch = this.#watch;
    const state = watch === undefined || watch.demanded ? 'starved' : watch.held ? 'stalled' : 'idle';
    this.#spent[state] += this.#active * (now - this.#since);
    this.#since = now;
    if (!this.exact) {
      this.#turn = TURN.number;
      if (!TURN.ends) {
        TURN.ends = true;
        void Promise.resolve().then(nextTurn);
      }
    }
  }

  /** Whoever is not inside any more has reached the consumer. */
  #leave(): void {
    const left = (this.#watch?.buffer.size ?? 0) + (this.#watch?.inFlight ?? 0);
    while (this.#inside.size > left) {
      const latency = this.#since - this.#inside.shift();
      const at = LATENCY_BOUNDS.findIndex((bound) => latency <= bound);
      const bucket = at < 0 ? LATENCY_BOUNDS.length : at;
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
      this.#sums[bucket] = (this.#sums[bucket] ?? 0) + latency;
    }
  }
}

const NOBODY: Partial<Pick<Watch, 'consumer' | 'buffer' | 'inFlight'>> = {};
