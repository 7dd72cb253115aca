import { addDemand } from '../protocol/arithmetic.js';

/** What a monitor has counted, of one subscription or of all under one name. Times are in ms. */
export interface MonitorSnapshot {
  readonly name: string;
  /** Subscriptions that have not ended. */
  readonly active: number;
  /** Requested from above; `Infinity` once somebody asked without bound. */
  readonly requested: number;
  readonly delivered: number;
  /** Values that wait at the monitor now, as nobody has asked for them. */
  readonly waiting: number;
  /** The most that waited in one subscription, when it asked again or was looked at. */
  readonly mostWaiting: number;
  /** How long there was demand but no value: the source is slow. */
  readonly starved: number;
  /** How long there was no demand: the consumer is slow. */
  readonly stalled: number;
  readonly completed: number;
  readonly failed: number;
  /** Subscriptions that were unsubscribed from before their ending. */
  readonly unsubscribed: number;
  /** The last error, if one of the subscriptions has failed. */
  readonly lastError: unknown;
}

/** A subscription that tells what it has counted so far. */
export interface Monitored {
  snapshot(): MonitorSnapshot;
}

/**
 * Keeps what monitors count, by name. There is a default one, `monitors`; one of your own is let go with its monitors.
 *
 * @example
 * ```ts
 * import { MonitorRegistry, monitor, pullFrom } from 'rxjs-backpressure';
 *
 * const registry = new MonitorRegistry();
 * pullFrom([1, 2, 3]).pipe(monitor('rows', { registry })).subscribe();
 * console.log(registry.snapshot()); // [{ name: 'rows', delivered: 3, completed: 1, ... }]
 * ```
 */
export class MonitorRegistry {
  /** The sum of the subscriptions that have ended. */
  readonly #ended = new Map<string, MonitorSnapshot>();
  readonly #active = new Map<string, Set<Monitored>>();

  /** The counts of each name, all its subscriptions added up. */
  snapshot(): MonitorSnapshot[] {
    return [...this.#active.keys()].map((name) =>
      this.subscriptions(name).reduce(add, this.#ended.get(name) ?? nothing(name)),
    );
  }

  /** The counts of each subscription under `name` that has not ended. */
  subscriptions(name: string): MonitorSnapshot[] {
    return [...(this.#active.get(name) ?? [])].map((monitored) => monitored.snapshot());
  }

  /** @internal */
  begin(name: string, monitored: Monitored): void {
    const active = this.#active.get(name) ?? new Set();
    active.add(monitored);
    this.#active.set(name, active);
  }

  /** @internal */
  end(name: string, monitored: Monitored): void {
    if (this.#active.get(name)?.delete(monitored)) {
      this.#ended.set(name, add(this.#ended.get(name) ?? nothing(name), monitored.snapshot()));
    }
  }
}

/**
 * Where monitors count that are given no registry.
 *
 * @example
 * ```ts
 * import { monitors } from 'rxjs-backpressure';
 *
 * for (const { name, stalled, starved } of monitors.snapshot()) {
 *   console.log(name, stalled > starved ? 'waits for its consumer' : 'waits for its source');
 * }
 * ```
 */
export const monitors = new MonitorRegistry();

function nothing(name: string): MonitorSnapshot {
  return {
    name,
    active: 0,
    requested: 0,
    delivered: 0,
    waiting: 0,
    mostWaiting: 0,
    starved: 0,
    stalled: 0,
    completed: 0,
    failed: 0,
    unsubscribed: 0,
    lastError: undefined,
  };
}

function add(sum: MonitorSnapshot, one: MonitorSnapshot): MonitorSnapshot {
  return {
    name: sum.name,
    active: sum.active + one.active,
    requested: addDemand(sum.requested, one.requested),
    delivered: sum.delivered + one.delivered,
    waiting: sum.waiting + one.waiting,
    mostWaiting: Math.max(sum.mostWaiting, one.mostWaiting),
    starved: sum.starved + one.starved,
    stalled: sum.stalled + one.stalled,
    completed: sum.completed + one.completed,
    failed: sum.failed + one.failed,
    unsubscribed: sum.unsubscribed + one.unsubscribed,
    lastError: one.failed > 0 ? one.lastError : sum.lastError,
  };
}
