import { defer, finalize, map, NEVER, type Observable, timer } from 'rxjs';

/** Inner Observables and notifiers that are subscribed to right now. */
export const inner = { open: 0 };

/** Counts while it is subscribed to. */
export function counted<T>(source$: Observable<T>): Observable<T> {
  return defer(() => {
    inner.open++;
    return source$.pipe(finalize(() => inner.open--));
  });
}

/** `value`, three frames later. */
export const later = <T>(value: T): Observable<T> => counted(timer(3).pipe(map(() => value)));

/** Notifies after 25 frames, once. */
export const after25 = (): Observable<number> => counted(timer(25));

/** Notifies every 25 frames. */
export const every25 = (): Observable<number> => counted(timer(25, 25));

/** A notifier, or a source, from which nothing comes. */
export const silent = (): Observable<never> => counted(NEVER);

export const double = (n: number): number => n * 2;
export const even = (n: number): boolean => n % 2 === 0;
/** The same for 2 and 3, for 4 and 5, ... */
export const half = (n: number): number => Math.floor(n / 2);
export const twice = (n: number): number[] => [n, n];
export const sum = (total: number, n: number): number => total + n;
