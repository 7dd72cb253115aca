import * as rx from 'rxjs';
import { all, exact, freely, type Rows, timed } from './claims.js';
import { after25, even, half, silent } from './inner.js';

/** Operators that let values pass, drop them, or decide by them that enough has come. */
export const filtering: Rows = {
  filter: exact(2, 6, (source$) => source$.pipe(rx.filter(even))),
  distinct: exact(1, 4, (source$) => source$.pipe(rx.distinct(half))),
  distinctUntilChanged: exact(1, 4, (source$) =>
    source$.pipe(rx.distinctUntilChanged((a, b) => half(a) === half(b))),
  ),
  distinctUntilKeyChanged: exact(1, 4, (source$) =>
    source$.pipe(
      rx.map((n) => ({ half: half(n) })),
      rx.distinctUntilKeyChanged('half'),
    ),
  ),
  ignoreElements: all('it has no output', (source$) => source$.pipe(rx.ignoreElements())),

  first: exact(1, 1, (source$) => source$.pipe(rx.first())),
  'first that is even': exact(2, 2, (source$) => source$.pipe(rx.first(even))),
  'first that is not there': all('nothing matches', (source$) =>
    source$.pipe(rx.first((n) => n < 0, 'none')),
  ),
  find: exact(7, 7, (source$) => source$.pipe(rx.find((n) => n > 6))),
  findIndex: exact(7, 7, (source$) => source$.pipe(rx.findIndex((n) => n > 6))),
  elementAt: exact(6, 6, (source$) => source$.pipe(rx.elementAt(5))),
  'elementAt beyond the end': all('it is not there', (source$) => source$.pipe(rx.elementAt(5_000))),
  isEmpty: exact(1, 1, (source$) => source$.pipe(rx.isEmpty())),
  every: exact(50, 50, (source$) => source$.pipe(rx.every((n) => n < 50))),
  'every, and they do': all('only the end proves it', (source$) => source$.pipe(rx.every((n) => n > 0))),
  last: all('only the end shows the last', (source$) => source$.pipe(rx.last())),
  single: all('only the end proves that it is the only one', (source$) =>
    source$.pipe(rx.single((n) => n === 7)),
  ),
  'single, and there are two': exact(4, 4, (source$) => source$.pipe(rx.single(even))),

  take: exact(1, 3, (source$) => source$.pipe(rx.take(5))),
  'take two': exact(1, 2, (source$) => source$.pipe(rx.take(2))),
  takeLast: all('only the end shows the last', (source$) => source$.pipe(rx.takeLast(2))),
  takeUntil: exact(1, 3, (source$) => source$.pipe(rx.takeUntil(silent()))),
  'takeUntil a timer': timed(exact(1, 1, (source$) => source$.pipe(rx.takeUntil(after25())), 3)),
  takeWhile: exact(1, 3, (source$) => source$.pipe(rx.takeWhile((n) => n < 3))),
  'takeWhile, inclusive': exact(1, 2, (source$) => source$.pipe(rx.takeWhile((n) => n < 2, true))),
  skip: exact(4, 6, (source$) => source$.pipe(rx.skip(3))),
  skipLast: exact(3, 5, (source$) => source$.pipe(rx.skipLast(2))),
  skipUntil: exact(1, 3, (source$) => source$.pipe(rx.skipUntil(rx.of(0)))),
  'skipUntil a timer': freely('what arrives before is skipped', (source$) =>
    source$.pipe(rx.skipUntil(after25())),
  ),
  skipWhile: exact(4, 6, (source$) => source$.pipe(rx.skipWhile((n) => n < 4))),
};
