import { type Monitored, type MonitorSnapshot, sumOf } from '../parts/MonitorSnapshot.js';
import { checkCount } from '../protocol/check.js';

/** The name under which all count that come after `maxNames`. */
const OTHER = 'other';

/** Options of a {@link MonitorRegistry}. */
export interface MonitorRegistryOptions {
  /** How many names it keeps apart; further ones count together as `other`, so that names made from data leak nothing. Default 100. */
  readonly maxNames?: number;
}

/** The subscriptions of one name. */
interface Named {
  readonly active: Set<Monitored>;
  /** The sum of those that have ended. */
  ended: MonitorSnapshot;
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
  readonly #names = new Map<string, Named>();
  readonly #maxNames: number;

  constructor({ maxNames = 100 }: MonitorRegistryOptions = {}) {
    checkCount('MonitorRegistry: maxNames', maxNames, 1, true);
    this.#maxNames = maxNames;
  }

  /** The counts of each name, all its subscriptions added up. */
  snapshot(): MonitorSnapshot[] {
    return [...this.#names].map(([name, { ended }]) => sumOf(name, [ended, ...this.subscriptions(name)]));
  }

  /** The counts of each subscription under `name` that has not ended. */
  subscriptions(name: string): MonitorSnapshot[] {
    return [...(this.#names.get(name)?.active ?? [])].map((monitored) => monitored.snapshot());
  }

  /** Counts `monitored` under `name`, until the function that it answers with is called. @internal */
  begin(name: string, monitored: Monitored): () => void {
    const key = this.#names.has(name) || this.#names.size < this.#maxNames ? name : OTHER;
    const named = this.#names.get(key) ?? { active: new Set(), ended: sumOf(key) };
    this.#names.set(key, named);
    named.active.add(monitored);
    return () => {
      named.active.delete(monitored);
      named.ended = sumOf(key, [named.ended, monitored.snapshot()]);
    };
  }
}

/**
 * Where monitors count that are given no registry.
 *
 * @example
 * ```ts
 * import { monitors } from 'rxjs-backpressure';
 *
 * for (const { name, consumerBound } of monitors.snapshot()) {
 *   console.log(name, consumerBound > 0.5 ? 'waits for its consumer' : 'waits for its source');
 * }
 * ```
 */
export const monitors = /* @__PURE__ */ new MonitorRegistry();
