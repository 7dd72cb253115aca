import { isSignal, type Signal } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { defer, EMPTY, filter, map, type Observable, startWith, switchMap } from 'rxjs';
import { checkCount } from '../protocol/check.js';

/** What is asked of the `CdkVirtualScrollViewport` of `@angular/cdk/scrolling`. */
export interface VirtualScroll {
  readonly renderedRangeStream: Observable<{ readonly end: number }>;
  getDataLength(): number;
}

/**
 * Emits how many rows a virtual scroll lacks, whenever what it shows comes within `ahead` rows of those asked for: for
 * `controlledRequest` and `demandList`.
 *
 * **Demand.** Each row is asked for once, however often the range moves over it.
 *
 * **Errors.** An `ahead` that is no positive integer throws a `RangeError`.
 *
 * @param viewport a `CdkVirtualScrollViewport`, or the signal of `viewChild`, which needs an injection context
 * @param ahead how many rows behind the last rendered one are to be there; default 20
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { controlledRequest, pullFrom } from 'rxjs-backpressure';
 * import { requestsFromVirtualScroll, type VirtualScroll } from 'rxjs-backpressure/angular';
 *
 * const viewport: VirtualScroll = { renderedRangeStream: of({ end: 0 }), getDataLength: () => 0 };
 * pullFrom(['a', 'b', 'c'])
 *   .pipe(controlledRequest(requestsFromVirtualScroll(viewport, 2)))
 *   .subscribe((row) => console.log(row)); // a, b
 * ```
 */
export function requestsFromVirtualScroll(
  viewport: VirtualScroll | Signal<VirtualScroll | undefined>,
  ahead = 20,
): Observable<number> {
  checkCount('requestsFromVirtualScroll: ahead', ahead, 1);
  return isSignal(viewport)
    ? toObservable(viewport).pipe(switchMap((found) => (found === undefined ? EMPTY : lacking(found, ahead))))
    : lacking(viewport, ahead);
}

function lacking(viewport: VirtualScroll, ahead: number): Observable<number> {
  return defer(() => {
    // What was asked for and has not come yet is no part of the length.
    let asked = 0;
    return viewport.renderedRangeStream.pipe(
      startWith({ end: 0 }),
      map(({ end }) => {
        const there = Math.max(asked, viewport.getDataLength());
        asked = Math.max(there, end + ahead);
        return asked - there;
      }),
      filter((n) => n > 0),
    );
  });
}
