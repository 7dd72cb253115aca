import { Observable } from 'rxjs';
import { pageGlobal } from './pageGlobal.js';

interface Observer<E> {
  observe(element: E): void;
  unobserve(element: E): void;
  disconnect(): void;
}

interface ObserverConstructor<E> {
  new (seen: (entries: readonly { readonly isIntersecting: boolean }[]) => void): Observer<E>;
}

/**
 * Emits 1 each time that `element`, which stands at the end of a list, is in the viewport: the requests of an endless list, for
 * `controlledRequest`. While it stays in the viewport it emits again, as soon as the page was laid out anew.
 *
 * **Errors.** Without an `IntersectionObserver` it errors with a `TypeError`.
 *
 * @param element what comes into view when the list has been scrolled to its end
 *
 * @example
 * ```ts
 * import { controlledRequest, pullFrom } from 'rxjs-backpressure';
 * import { requestsFromViewport } from 'rxjs-backpressure/web';
 *
 * const showMore = (end: object) => pullFrom(['a', 'b']).pipe(controlledRequest(requestsFromViewport(end)));
 * ```
 *
 * @see the Intersection Observer specification
 */
export function requestsFromViewport<E extends object>(element: E): Observable<number> {
  return new Observable((subscriber) => {
    const Observer = pageGlobal<ObserverConstructor<E>>('IntersectionObserver');
    if (Observer === undefined) {
      throw new TypeError('requestsFromViewport(element): there is no IntersectionObserver here');
    }
    const observer = new Observer((entries) => {
      if (entries.at(-1)?.isIntersecting === true) {
        subscriber.next(1);
        // To observe anew reports anew, also where nothing has moved.
        observer.unobserve(element);
        if (!subscriber.closed) {
          observer.observe(element);
        }
      }
    });
    observer.observe(element);
    return () => observer.disconnect();
  });
}
