import type { DropReason } from '../buffer/BufferOptions.js';

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

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A snapshot that is still being counted. */
export interface Counts extends Writable<Omit<MonitorSnapshot, 'dropped' | 'latency'>> {
  readonly dropped: Record<DropReason, number>;
  readonly latency: { readonly counts: number[]; readonly sums: number[] };
}

const SUMS = [
  'active',
  'requested',
  'delivered',
  'waiting',
  'inFlight',
  'starved',
  'stalled',
  'idle',
  'completed',
  'failed',
  'unsubscribed',
] as const;
const REASONS = ['overflow', 'age', 'unsubscribed'] as const;

/** The counts of `parts` together, under `name`. */
export function sumOf(name: string, parts: readonly MonitorSnapshot[] = []): Counts {
  const none = [...LATENCY_BOUNDS, 0].fill(0);
  const sum: Counts = {
    name,
    active: 0,
    requested: 0,
    delivered: 0,
    dropped: { overflow: 0, age: 0, unsubscribed: 0 },
    waiting: 0,
    mostWaiting: 0,
    fill: 0,
    inFlight: 0,
    starved: 0,
    stalled: 0,
    idle: 0,
    consumerBound: 0,
    latency: { counts: none, sums: [...none] },
    completed: 0,
    failed: 0,
    unsubscribed: 0,
    lastError: undefined,
  };
  for (const one of parts) {
    add(sum, one, SUMS);
    add(sum.dropped, one.dropped, REASONS);
    add<number>(sum.latency.counts, one.latency.counts, none.keys());
    add<number>(sum.latency.sums, one.latency.sums, none.keys());
    sum.mostWaiting = Math.max(sum.mostWaiting, one.mostWaiting);
    sum.fill = Math.max(sum.fill, one.fill);
    sum.lastError = one.failed > 0 ? one.lastError : sum.lastError;
  }
  sum.consumerBound = sum.stalled / (sum.starved + sum.stalled || 1);
  return sum;
}

function add<K extends PropertyKey>(
  sum: Record<K, number>,
  one: Readonly<Record<K, number>>,
  keys: Iterable<K>,
): void {
  for (const key of keys) {
    sum[key] += one[key];
  }
}
