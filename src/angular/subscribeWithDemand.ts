import type { Observable } from 'rxjs';
import { DemandSubscriber, type DemandSubscriberOptions } from '../kernel/DemandSubscriber.js';
import type { Demand, DemandObserver } from '../protocol/Demand.js';
import { endWith, type LifeOptions, lifeOf } from './Life.js';

/**
 * Subscribes with a demand of its own until the component is destroyed.
 *
 * **Demand.** That of the observer and of the handle it answers. With the component the demand ends, and the source is released.
 *
 * **Overflow.** Values that nobody asked for wait, up to `capacity` (default 1024); one more is an `OverflowError`.
 *
 * **Errors.** Go to `error`; without one they are reported as unhandled. Outside an injection context, and without an
 * `injector`, it throws.
 *
 * @param source$ what to subscribe to
 * @param observer as that of a `DemandSubscriber`
 * @param options those of a `DemandSubscriber`, and `injector`: whose life it shares
 * @returns the demand, for requests from elsewhere
 *
 * @example
 * ```ts
 * import { Component, signal } from '@angular/core';
 * import { pullFrom } from 'rxjs-backpressure';
 * import { subscribeWithDemand } from 'rxjs-backpressure/angular';
 *
 * @Component({ template: `{{ line() }} <button (click)="lines.request(1)">next</button>` })
 * class OneByOne {
 *   readonly line = signal('');
 *   readonly lines = subscribeWithDemand(pullFrom(['a', 'b', 'c']), { next: (line) => this.line.set(line) });
 * }
 * ```
 */
export function subscribeWithDemand<T>(
  source$: Observable<T>,
  observer: DemandObserver<T>,
  options: DemandSubscriberOptions<T> & LifeOptions = {},
): Demand {
  const life = lifeOf(subscribeWithDemand, options);
  const subscriber = new DemandSubscriber<T>(observer, options);
  endWith(life, subscriber);
  source$.subscribe(subscriber);
  return subscriber;
}
