import { assertNotInReactiveContext, NgZone, type Signal, signal } from '@angular/core';
import { interval } from 'rxjs';
import type { MonitorSnapshot } from '../parts/MonitorSnapshot.js';
import { type MonitorRegistry, monitors } from '../primitives/MonitorRegistry.js';
import { checkTime } from '../protocol/check.js';
import { endWith, type LifeOptions, lifeOf } from './Life.js';

/** Options of {@link monitorSignal}. */
export interface MonitorSignalOptions extends LifeOptions {
  /** Where `monitor` counts. Default `monitors`. */
  readonly registry?: MonitorRegistry;
  /** How often the signal changes, in ms. Default 1000. */
  readonly every?: number;
}

/**
 * A signal of what every `monitor` has counted, looked at once in a while. On a server it is looked at once.
 *
 * **Errors.** An `every` that is no time above 0 throws a `RangeError`. Called outside an injection context without an `injector`,
 * or inside a `computed` or an `effect`, it throws.
 *
 * @param options `registry`; `every`, in ms; `injector`: whose life it shares
 *
 * @example
 * ```ts
 * import { Component } from '@angular/core';
 * import { monitorSignal } from 'rxjs-backpressure/angular';
 *
 * @Component({
 *   template: `
 *     @for (it of counts(); track it.name) {
 *       <p>{{ it.name }}: {{ it.delivered }}, {{ it.waiting }} waiting</p>
 *     }
 *   `,
 * })
 * class Counts {
 *   readonly counts = monitorSignal({ every: 250 });
 * }
 * ```
 */
export function monitorSignal(options: MonitorSignalOptions = {}): Signal<readonly MonitorSnapshot[]> {
  assertNotInReactiveContext(monitorSignal);
  const { registry = monitors, every = 1000 } = options;
  checkTime('monitorSignal: every', every);
  const life = lifeOf(monitorSignal, options);
  const counts = signal<readonly MonitorSnapshot[]>(registry.snapshot());
  if (!life.onServer) {
    // A timer inside the zone would check the page by itself, and never let `whenStable` resolve.
    life.injector.get(NgZone).runOutsideAngular(() => {
      endWith(
        life,
        interval(every).subscribe(() => counts.set(registry.snapshot())),
      );
    });
  }
  return counts.asReadonly();
}
