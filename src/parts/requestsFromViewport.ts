import { Observable } from 'rxjs';
import { checkCount } from '../protocol/check.js';
import { pageGlobal } from './pageGlobal.js';

/** What is asked of an `Element`: the list it stands in. */
export interface ListEnd {
  readonly parentNode: object | null;
}

/** Options of {@link requestsFromViewport}. */
export interface RequestsFromViewportOptions {
  /** How many values are requested at a time. Default 1. */
  readonly count?: number;
  /** How far outside of the viewport the element counts as seen, as a margin of CSS. Default none. */
  readonly rootMargin?: string;
}

interface Intersections {
  new (
    seen: (entries: readonly { readonly isIntersecting: boolean }[]) => void,
    options: { rootMargin: string | undefined },
  ): { observe(element: object): void; unobserve(element: object): void; disconnect(): void };
}

interface Mutations {
  new (changed: () => void): { observe(node: object, what: object): void; disconnect(): void };
}

/**
 * Emits `count` when `element`, which stands at the end of a list, comes into the viewport: the requests of an endless list, for
 * `controlledRequest`. While it stays there, it emits again when something was added to the list, so that a list which does
 * not fill the page yet grows on, and one that waits for an answer asks for no more.
 *
 * **Errors.** Without an `IntersectionObserver` or a `MutationObserver`, or where the element stands in no list (its parent), it errors with a
 * `TypeError`. A `count` that is no positive integer throws a `RangeError`.
 *
 * @param element what comes into view when the list has been scrolled to its end; the list is what it stands in
 * @param options `count`: how many values are requested at a time, default 1; `rootMargin`: how far outside of the viewport it
 * counts as seen
 *
 * @example
 * ```ts
 * import { controlledRequest, pullFrom } from 'rxjs-backpressure';
 * import { type ListEnd, requestsFromViewport } from 'rxjs-backpressure/web';
 *
 * const rowsFor = (end: ListEnd) =>
 *   pullFrom(['a', 'b']).pipe(controlledRequest(requestsFromViewport(end, { rootMargin: '200px' })));
 * ```
 *
 * @see the Intersection Observer specification
 */
export function requestsFromViewport(
  element: ListEnd,
  { count = 1, rootMargin }: RequestsFromViewportOptions = {},
): Observable<number> {
  checkCount('requestsFromViewport: count', count, 1);
  return new Observable((subscriber) => {
    const Intersections = pageGlobal<Intersections>('IntersectionObserver');
    const Mutations = pageGlobal<Mutations>('MutationObserver');
    const list = element.parentNode;
    if (Intersections === undefined || Mutations === undefined || list === null) {
      const missing =
        list === null
          ? 'the element stands in no list'
          : 'there is no IntersectionObserver or no MutationObserver here';
      throw new TypeError(`requestsFromViewport: ${missing}`);
    }
    const intersections = new Intersections(
      (entries) => {
        if (entries.at(-1)?.isIntersecting === true) {
          subscriber.next(count);
        }
      },
      { rootMargin },
    );
    const mutations = new Mutations(() => {
      // To observe anew reports anew, also what has not moved.
      intersections.unobserve(element);
      intersections.observe(element);
    });
    subscriber.add(() => {
      intersections.disconnect();
      mutations.disconnect();
    });
    intersections.observe(element);
    mutations.observe(list, { childList: true, subtree: true });
  });
}
