import { Subscription } from 'rxjs';
import { OverflowError } from '../buffer/OverflowError.js';
import type { MonitorSnapshot } from '../parts/MonitorSnapshot.js';
import { type MonitorRegistry, monitors } from '../primitives/MonitorRegistry.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkFunction, checkTime } from '../protocol/check.js';

/**
 * What has changed under pressure: a buffer crossed a mark (`filling`, `draining`), drops began and ended (`dropping`, `dropped`),
 * a consumer has not asked for a while and asked again (`stalled`, `flowing`), a subscription ended with an `OverflowError`.
 */
export type PressureKind =
  | 'filling'
  | 'draining'
  | 'dropping'
  | 'dropped'
  | 'stalled'
  | 'flowing'
  | 'overflowed';

/** One event, as plain data: what a structured log takes as it is. */
export interface PressureEvent {
  readonly kind: PressureKind;
  /** The name of the monitor. */
  readonly monitor: string;
  /** `warn` where pressure begins, `info` where it ends, `error` where a stream was lost. */
  readonly level: 'info' | 'warn' | 'error';
  /** How full the fullest buffer is: 0 to 1. */
  readonly fill: number;
  readonly waiting: number;
  /** Values dropped since drops began. */
  readonly dropped: number;
  /** How long the consumer has not asked, in ms. */
  readonly stalledFor: number;
  /** The event in words. */
  readonly message: string;
}

/** Options of {@link onPressure}. */
export interface PressureOptions {
  /** Whose monitors to watch. Default `monitors`. */
  readonly registry?: MonitorRegistry;
  /** How often to look, in ms: so there is at most one event of a kind for a monitor in this time. Default 1000. */
  readonly every?: number;
  /** The marks: how full a buffer is, each above 0 and at most 1. Default 0.8. */
  readonly marks?: readonly number[];
  /** How long a consumer may not ask before it counts as stalled, in ms. Default 10000. */
  readonly stalledAfter?: number;
}

/**
 * Tells when pressure begins and ends, at most once a kind, a monitor and look, so that it can go straight into a log. Between
 * the looks it costs nothing, and it keeps no process alive.
 *
 * **Errors.** What `listener` throws is reported as unhandled, and the looks go on. An option out of range throws a `RangeError`.
 *
 * @param listener called with each event
 * @param options `registry`, `every` in ms, `marks` from 0 to 1, `stalledAfter` in ms
 * @returns a subscription that ends the looks
 *
 * @example
 * ```ts
 * import { onPressure } from 'rxjs-backpressure/metrics';
 *
 * const looks = onPressure(({ level, message, ...event }) => console[level](message, event));
 * looks.unsubscribe();
 * ```
 */
export function onPressure(
  listener: (event: PressureEvent) => void,
  { registry = monitors, every = 1000, marks = [0.8], stalledAfter = 10_000 }: PressureOptions = {},
): Subscription {
  checkFunction('onPressure: listener', listener);
  checkTime('onPressure: every', every);
  checkTime('onPressure: stalledAfter', stalledAfter);
  for (const mark of marks) {
    if (!(mark > 0 && mark <= 1)) {
      throw new RangeError(`onPressure: marks must be numbers above 0 and at most 1, got ${String(mark)}`);
    }
  }
  const seen = new Map(registry.snapshot().map((now) => [now.name, new Pressure(now)]));
  const look = () => {
    for (const snapshot of registry.snapshot()) {
      const pressure = seen.get(snapshot.name) ?? new Pressure();
      seen.set(snapshot.name, pressure);
      // Of those that are there: one that has left, or asked for all long ago, asks no more.
      const open = registry.subscriptions(snapshot.name);
      const requested = open.reduce((sum, one) => addDemand(sum, one.requested), 0);
      for (const event of pressure.look({ ...snapshot, requested }, every, marks, stalledAfter)) {
        try {
          listener(event);
        } catch (thrown) {
          setTimeout(() => {
            throw thrown;
          });
        }
      }
    }
  };
  const timer = setInterval(look, every);
  // A number in browsers, and there nothing is kept alive.
  if (typeof timer === 'object') {
    timer.unref();
  }
  return new Subscription(() => clearInterval(timer));
}

type Tell = (kind: PressureKind, level: PressureEvent['level'], words: string) => void;

/** What was last known of one monitor. */
class Pressure {
  #mark = 0;
  /** Dropped since drops began; 0 while there are none. */
  #dropped = 0;
  #stalledFor = 0;
  #overflow: unknown;
  #before: MonitorSnapshot | undefined;

  /** What was over before the first look is nobody's news. */
  constructor(before?: MonitorSnapshot) {
    this.#before = before;
    this.#overflow = before?.lastError;
  }

  look(now: MonitorSnapshot, every: number, marks: readonly number[], stalledAfter: number): PressureEvent[] {
    const events: PressureEvent[] = [];
    const tell: Tell = (kind, level, words) => {
      const { name: monitor, fill, waiting } = now;
      const measured = { fill, waiting, dropped: this.#dropped, stalledFor: this.#stalledFor };
      events.push({ kind, monitor, level, ...measured, message: `${monitor}: ${words}` });
    };
    this.#filled(now, marks, tell);
    this.#lost(now, tell);
    this.#stall(now, every, stalledAfter, tell);
    if (now.lastError instanceof OverflowError && now.lastError !== this.#overflow) {
      this.#overflow = now.lastError;
      tell('overflowed', 'error', now.lastError.message);
    }
    this.#before = now;
    return events;
  }

  #filled({ fill }: MonitorSnapshot, marks: readonly number[], tell: Tell): void {
    const mark = marks.filter((at) => fill >= at).length;
    const words = `${Math.round(fill * 100)} % of the buffer is taken`;
    if (mark > this.#mark) {
      tell('filling', 'warn', words);
    } else if (mark < this.#mark) {
      tell('draining', 'info', words);
    }
    this.#mark = mark;
  }

  #lost(now: MonitorSnapshot, tell: Tell): void {
    const before = this.#dropped;
    const lost = dropsOf(now) - (this.#before === undefined ? 0 : dropsOf(this.#before));
    this.#dropped += lost;
    if (lost > 0 && before === 0) {
      tell('dropping', 'warn', 'values are dropped');
    } else if (lost === 0 && before > 0) {
      tell('dropped', 'info', `${before} values were dropped`);
      this.#dropped = 0;
    }
  }

  #stall(now: MonitorSnapshot, every: number, stalledAfter: number, tell: Tell): void {
    const stalled = now.stalled - (this.#before?.stalled ?? 0);
    // A slow consumer, for whom values always wait, has no time without any; but it asks.
    const asked = now.requested === Infinity || now.requested > (this.#before?.requested ?? -1);
    const long = this.#stalledFor >= stalledAfter;
    // Several subscriptions under one name stall for longer than time passes.
    this.#stalledFor = asked || now.active === 0 ? 0 : this.#stalledFor + Math.min(stalled, every);
    if (!long && this.#stalledFor >= stalledAfter) {
      tell('stalled', 'warn', `nobody has asked for ${Math.round(this.#stalledFor)} ms`);
    } else if (long && this.#stalledFor === 0) {
      tell('flowing', 'info', asked ? 'values are asked for again' : 'who has not asked has left');
    }
  }
}

function dropsOf({ dropped }: MonitorSnapshot): number {
  // What waited when somebody left is no sign of pressure.
  return dropped.overflow + dropped.age;
}
