import type { DropReason } from '../buffer/BufferOptions.js';
import { addDemand } from '../protocol/arithmetic.js';

/**
 * The upper bounds of the buckets in which latency is counted, in ms; what took longer is in one more.
 *
 * @example
 * ```ts
 * import { LATENCY_BOUNDS, monitors } from 'rxjs-backpressure';
 *
 * for (const { name, latency } of monitors.snapshot()) {
 *   latency.counts.forEach((count, i) => console.log(name, 'up to', LATENCY_BOUNDS[i] ?? Infinity, 'ms:', count));
 * }
 * ```
 */
export const LATENCY_BOUNDS: readonly number[] = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000,
];

/** What a monitor has counted, of one subscription or of all under one name. Times are in ms. */
export interface MonitorSnapshot {
  readonly name: string;
  /** Subscriptions that have not ended. */
  readonly active: number;
  /** Requested by the consumer below; `Infinity` once it asked without bound. */
  readonly requested: number;
  /** Values that passed the monitor. */
  readonly delivered: number;
  /** Values that the consumer below dropped, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Values that wait for demand at the consumer below, now. */
  readonly waiting: number;
  /** The most that waited in one subscription. */
  readonly mostWaiting: number;
  /** How full the fullest buffer is now: 0 to 1, of a buffer without bound 0. */
  readonly fill: number;
  /** Values inside the native operators below, now. */
  readonly inFlight: number;
  /** How long there was demand and no value: bound by the source. */
  readonly starved: number;
  /** How long there were values, or a source that could be asked, and no demand: bound by the consumer. */
  readonly stalled: number;
  /** How long there was neither. */
  readonly idle: number;
  /** Who is slow: 0 the source, 1 the consumer. The share of `stalled` in `stalled + starved`; 0 where nothing was measured. */
  readonly consumerBound: number;
  /** How long values took from the monitor to the consumer below. */
  readonly latency: MonitorLatency;
  readonly completed: number;
  readonly failed: number;
  /** Subscriptions that were unsubscribed from before their ending. */
  readonly unsubscribed: number;
  /** The last error, if one of the subscriptions has failed. */
  readonly lastError: unknown;
}

/** A histogram over `LATENCY_BOUNDS`, and one more bucket. What passes within one turn of the event loop takes 0 ms. */
export interface MonitorLatency {
  readonly counts: readonly number[];
  /** The sum of each bucket, in ms. */
  readonly sums: readonly number[];
}

/** A subscription that tells what it has counted so far. */
export interface Monitored {
  snapshot(): MonitorSnapshot;
}

/** Who is slow, from what was spent. */
export function consumerBound(starved: number, stalled: number): number {
  return stalled / (starved + stalled || 1);
}

/** The counts of both together. */
export function addSnapshots(sum: MonitorSnapshot, one: MonitorSnapshot): MonitorSnapshot {
  const starved = sum.starved + one.starved;
  const stalled = sum.stalled + one.stalled;
  return {
    name: sum.name,
    active: sum.active + one.active,
    requested: addDemand(sum.requested, one.requested),
    delivered: sum.delivered + one.delivered,
    dropped: {
      overflow: sum.dropped.overflow + one.dropped.overflow,
      age: sum.dropped.age + one.dropped.age,
      unsubscribed: sum.dropped.unsubscribed + one.dropped.unsubscribed,
    },
    waiting: sum.waiting + one.waiting,
    mostWaiting: Math.max(sum.mostWaiting, one.mostWaiting),
    fill: Math.max(sum.fill, one.fill),
    inFlight: sum.inFlight + one.inFlight,
    starved,
    stalled,
    idle: sum.idle + one.idle,
    consumerBound: consumerBound(starved, stalled),
    latency: {
      counts: addEach(sum.latency.counts, one.latency.counts),
      sums: addEach(sum.latency.sums, one.latency.sums),
    },
    completed: sum.completed + one.completed,
    failed: sum.failed + one.failed,
    unsubscribed: sum.unsubscribed + one.unsubscribed,
    lastError: one.failed > 0 ? one.lastError : sum.lastError,
  };
}

function addEach(numbers: readonly number[], others: readonly number[]): readonly number[] {
  return numbers.map((number, i) => number + (others[i] ?? 0));
}
