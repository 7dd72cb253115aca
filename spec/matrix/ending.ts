import * as rx from 'rxjs';
import { exact, type Rows } from './claims.js';
import { later } from './inner.js';

/** Operators that look at, replace or repeat the ending. Each also runs over a source that fails. */
export const ending: Rows = {
  tap: exact(1, 3, (source$) => source$.pipe(rx.tap(rx.noop))),
  finalize: exact(1, 3, (source$) => source$.pipe(rx.finalize(rx.noop))),
  defaultIfEmpty: exact(1, 3, (source$) => source$.pipe(rx.defaultIfEmpty('x'))),
  'defaultIfEmpty, and it is': exact(1, 1, (source$) =>
    source$.pipe(rx.take(1), rx.skip(1), rx.defaultIfEmpty('x')),
  ),
  throwIfEmpty: exact(1, 3, (source$) => source$.pipe(rx.throwIfEmpty())),
  'throwIfEmpty, and it is': exact(1, 1, (source$) =>
    source$.pipe(rx.take(1), rx.skip(1), rx.throwIfEmpty()),
  ),
  catchError: exact(1, 3, (source$, other$) => source$.pipe(rx.catchError(() => other$))),
  'catchError of a callback': exact(1, 4, (source$, other$) =>
    source$.pipe(
      rx.map((n) => {
        if (n > 1) throw n;
        return n;
      }),
      rx.catchError(() => other$),
    ),
  ),
  retry: exact(1, 3, (source$) => source$.pipe(rx.retry(2))),
  'retry after a delay': exact(1, 3, (source$) => source$.pipe(rx.retry({ count: 2, delay: 3 }))),
  retryWhen: exact(1, 3, (source$) =>
    source$.pipe(
      rx.retryWhen((errors$) =>
        errors$.pipe(rx.mergeMap((e, i) => (i < 2 ? later(e) : rx.throwError(() => e)))),
      ),
    ),
  ),
  repeat: exact(1, 3, (source$) => source$.pipe(rx.repeat(2))),
  'repeat of two': exact(1, 3, (source$) => source$.pipe(rx.take(2), rx.repeat(2))),
  repeatWhen: exact(1, 3, (source$) =>
    source$.pipe(rx.repeatWhen((ends$) => ends$.pipe(rx.take(2), rx.mergeMap(later)))),
  ),
};
