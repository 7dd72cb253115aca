import { defer, distinctUntilChanged, fromEvent, map, type Observable, startWith } from 'rxjs';
import { pageGlobal } from './pageGlobal.js';

/** What is asked of a `Document`. */
export interface VisibilitySource {
  readonly visibilityState: string;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
}

/**
 * Emits whether the page is hidden, at once and whenever that changes: a `paused$` for `losslessPause` and `lossyPause`.
 *
 * @param document default: that of the page, looked up at subscription
 *
 * @example
 * ```ts
 * import { losslessPause, pullFrom } from 'rxjs-backpressure';
 * import { pausedWhileHidden } from 'rxjs-backpressure/web';
 *
 * const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
 * pullFrom(['a', 'b']).pipe(losslessPause(pausedWhileHidden(page))).subscribe(console.log);
 * ```
 *
 * @see the Page Visibility specification
 */
export function pausedWhileHidden(document?: VisibilitySource): Observable<boolean> {
  return defer(() => {
    const page = document ?? pageGlobal<VisibilitySource>('document');
    if (page === undefined) {
      throw new TypeError('pausedWhileHidden: there is no document here; give one');
    }
    return fromEvent(page, 'visibilitychange').pipe(
      startWith(undefined),
      map(() => page.visibilityState === 'hidden'),
      distinctUntilChanged(),
    );
  });
}
