import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import { MonitorSubscriber } from '../parts/MonitorSubscriber.js';
import { type MonitorRegistry, monitors } from '../primitives/MonitorRegistry.js';
import { checkChoice } from '../protocol/check.js';

/** Options of {@link monitor}. */
export interface MonitorOptions {
  /** Where to count. Default: `monitors`. */
  readonly registry?: MonitorRegistry;
  /** What measures time, in ms, read at each event. Default `performance`, read about once a turn of the event loop. */
  readonly clock?: { now(): number };
}

/**
 * Counts what passes, values and demand, and changes nothing.
 *
 * ```marble
 * == lets requests up and values down as they are
 * pull      abc|------
 * request   -1---2----
 * > monitor('rows')
 * upstream  -1---(11)-
 * output    -a---(bc|)
 * ```
 *
 * **Demand.** *forwards*: each request goes up unchanged. The time with demand and no value counts as `starved`, the time without
 * demand as `stalled`: who is greater is slow, the source or the consumer.
 *
 * **Overflow.** What a source without demand sends meanwhile waits, and is counted, up to 1024 values; one more ends with an
 * `OverflowError` that carries them.
 *
 * **Errors.** An upstream error follows the values that wait; the last one is kept.
 *
 * @param name under which it counts; several subscriptions under one name add up
 * @param options `registry`: where to count; `clock`: what measures time
 *
 * @example
 * ```ts
 * import { monitor, monitors, pullFrom } from 'rxjs-backpressure';
 *
 * pullFrom([1, 2, 3]).pipe(monitor('rows')).subscribe();
 * console.log(monitors.snapshot());
 * ```
 */
export function monitor<T>(
  name: string,
  { registry = monitors, clock }: MonitorOptions = {},
): MonoTypeOperatorFunction<T> {
  checkChoice('monitor: the type of name', typeof name, ['string']);
  return (source) =>
    // In line, as a native operator: a source that honours demand finds its consumer through it.
    source.lift<T>({
      call: (downstream, lifted: Observable<T>) => {
        const monitored = new MonitorSubscriber<T>(name, downstream, clock);
        monitored.add(registry.begin(name, monitored));
        lifted.subscribe(monitored);
      },
    });
}
