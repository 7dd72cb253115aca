import { assertInInjectionContext, DestroyRef, Injector, inject, PLATFORM_ID } from '@angular/core';
import type { Unsubscribable } from 'rxjs';

/** Options of everything here that ends with a component, directive, service or environment. */
export interface LifeOptions {
  /** Whose life it shares. Default: that of the injection context it is called in. */
  readonly injector?: Injector;
}

/** The life that something shares: that of a component, a directive, a service or an environment. */
export interface Life {
  readonly injector: Injector;
  /** On a server nothing is drawn and nobody scrolls, and what goes on by itself would keep it from answering. */
  readonly onServer: boolean;
}

/** Throws an error that names `caller` where there is no injection context and no injector was given. */
export function lifeOf(
  caller: (...args: never) => unknown,
  { injector = contextOf(caller) }: LifeOptions,
): Life {
  // What `isPlatformServer` of @angular/common compares.
  return { injector, onServer: injector.get<unknown>(PLATFORM_ID) === 'server' };
}

/** Unsubscribes at the end of the life, and forgets it should the subscription end before. */
export function endWith(
  { injector }: Life,
  subscription: Unsubscribable & { add(teardown: () => void): void },
): void {
  subscription.add(injector.get(DestroyRef).onDestroy(() => subscription.unsubscribe()));
}

function contextOf(caller: (...args: never) => unknown): Injector {
  assertInInjectionContext(caller);
  return inject(Injector);
}
