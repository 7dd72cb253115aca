import { assertNotInReactiveContext, computed, type ElementRef, type Signal, signal } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { EMPTY, type Observable, switchMap } from 'rxjs';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { type ListEnd, requestsFromViewport } from '../parts/requestsFromViewport.js';
import { watchNotifier } from '../parts/watchNotifier.js';
import { checkCount } from '../protocol/check.js';
import { endWith, type LifeOptions, lifeOf } from './Life.js';
import { waitOnServer } from './waitOnServer.js';

/** Options of {@link demandList}. */
export interface DemandListOptions extends LifeOptions {
  /** How many rows to request at the beginning, also on a server. Default 0. */
  readonly first?: number;
  /** Further requests, such as `requestsFromVirtualScroll`. Not subscribed to on a server; their completion changes nothing. */
  readonly requests$?: Observable<number>;
  /**
   * What stands behind the last row, as `viewChild` finds it: while it is in the viewport and nothing is on its way, `page`
   * more rows are requested. Not looked at on a server.
   */
  readonly end?: Signal<ElementRef<ListEnd> | undefined>;
  /** How many rows `end` requests at a time. Default 20. */
  readonly page?: number;
  /** How many values of a source without demand may wait for a request. Default 1024. */
  readonly capacity?: number;
}

/** The rows that were requested, and how to request more. */
export interface DemandList<T> {
  readonly items: Signal<readonly T[]>;
  /** Whether rows were requested that have not come yet. */
  readonly isLoading: Signal<boolean>;
  /** Whether the source has completed: there are no more. */
  readonly isComplete: Signal<boolean>;
  /** What the source failed with. The rows that came before stay. */
  readonly error: Signal<unknown>;
  /** Requests `n` more rows: a positive integer. Requests add up. */
  request(n: number): void;
}

/**
 * A list that loads more of a stream when it is asked to: by a button, by an element that scrolls into view, by a virtual scroll.
 *
 * **Demand.** What `first`, `request(n)`, `requests$` and `end` ask for, until the component is destroyed. All of them are finite, so
 * that a server answers with the first rows, for which it waits (from Angular 19 on), and stops there.
 *
 * **Overflow.** Values of a source without demand wait for a request, up to `capacity` (default 1024); one more ends it with an
 * `OverflowError`.
 *
 * **Errors.** Stand in `error`. A request that is no positive integer ends the list with a `RangeError`. Called outside an
 * injection context without an `injector`, or inside a `computed` or an `effect`, it throws.
 *
 * @param source$ the rows
 * @param options `first`, `requests$`, `end`, `page`, `capacity`; `injector`: whose life it shares
 *
 * @example
 * ```ts
 * import { Component } from '@angular/core';
 * import { pullFrom } from 'rxjs-backpressure';
 * import { demandList } from 'rxjs-backpressure/angular';
 *
 * @Component({
 *   template: `
 *     @for (row of rows.items(); track row) { <p>{{ row }}</p> }
 *     <button (click)="rows.request(10)" [disabled]="rows.isLoading() || rows.isComplete()">More</button>
 *   `,
 * })
 * class Rows {
 *   readonly rows = demandList(pullFrom(['a', 'b', 'c']), { first: 2 });
 * }
 * ```
 *
 * @see `controlledRequest`, for a stream instead of a list
 */
export function demandList<T>(source$: Observable<T>, options: DemandListOptions = {}): DemandList<T> {
  assertNotInReactiveContext(demandList);
  const { first = 0, requests$, end, page = 20, capacity = 1024 } = options;
  checkCount('demandList: first', first, 0);
  checkCount('demandList: page', page, 1);
  const life = lifeOf(demandList, options);
  const rows: T[] = [];
  let ending: { readonly error?: unknown } | undefined;
  // Rows are copied when they are read, not when each of them comes.
  const version = signal(0);
  const isLoading = () => ending === undefined && subscriber.requested > 0;
  const wait = waitOnServer(life);
  const changed = () => {
    version.update((now) => now + 1);
    wait(isLoading());
  };
  const read = <R>(now: () => R): Signal<R> =>
    computed(() => {
      version();
      return now();
    });
  const subscriber = new DemandSubscriber<T>(
    {
      next: (row) => {
        rows.push(row);
        changed();
      },
      error: (error) => {
        ending = { error };
        changed();
      },
      complete: () => {
        ending = {};
        changed();
      },
    },
    { operator: 'demandList', capacity },
  );
  const request = (n: number) => {
    subscriber.request(n);
    changed();
  };
  endWith(life, subscriber);
  subscriber.add(() => wait(false));
  source$.subscribe(subscriber);
  if (first > 0) {
    request(first);
  }
  if (!life.onServer) {
    if (requests$ !== undefined) {
      watchNotifier(requests$, subscriber, request);
    }
    if (end !== undefined) {
      const inView$ = toObservable(end, life).pipe(
        switchMap((found) => (found === undefined ? EMPTY : requestsFromViewport(found.nativeElement))),
      );
      watchNotifier(inView$, subscriber, () => {
        if (subscriber.requested === 0) {
          request(page);
        }
      });
    }
  }
  return {
    items: read<readonly T[]>(() => [...rows]),
    isLoading: read(isLoading),
    isComplete: read(() => ending !== undefined && !('error' in ending)),
    error: read(() => ending?.error),
    request,
  };
}
