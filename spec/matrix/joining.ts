import * as rx from 'rxjs';
import { all, exact, inAnyOrder, type Rows, takesTurns, whenSlow, windowed } from './claims.js';
import { double, half, later, silent } from './inner.js';

const WAITS = 'it waits in the join for the other';

/** Functions and operators with several sources. Where both know demand, the numbers are those of both together. */
export const joining: Rows = {
  concat: exact(1, 3, (source$, other$) => rx.concat(source$, other$)),
  'concat after two': exact(1, 3, (source$, other$) => rx.concat(source$.pipe(rx.take(2)), other$)),
  concatWith: exact(1, 3, (source$, other$) => source$.pipe(rx.take(2), rx.concatWith(other$))),
  concatAll: exact(1, 3, (source$, other$) => rx.of(source$, other$).pipe(rx.concatAll())),
  'concatAll over timers': windowed('each item waits for its inner timer', (source$) =>
    source$.pipe(rx.map(later), rx.concatAll()),
  ),
  startWith: exact(0, 2, (source$) => source$.pipe(rx.startWith('x'))),
  endWith: exact(1, 3, (source$) => source$.pipe(rx.endWith('x'))),
  'endWith after two': exact(1, 2, (source$) => source$.pipe(rx.take(2), rx.endWith('x'))),

  merge: inAnyOrder(exact(1, 3, (source$, other$) => rx.merge(source$, other$))),
  'merge with one that is silent': exact(1, 3, (source$) => rx.merge(silent(), source$)),
  mergeWith: inAnyOrder(exact(1, 3, (source$, other$) => source$.pipe(rx.mergeWith(other$)))),
  mergeAll: inAnyOrder(exact(1, 3, (source$, other$) => rx.of(source$, other$).pipe(rx.mergeAll()))),
  'mergeAll, one at a time': exact(1, 3, (source$, other$) => rx.of(source$, other$).pipe(rx.mergeAll(1))),
  'mergeAll over timers': windowed('each item waits for its inner timer', (source$) =>
    source$.pipe(rx.map(later), rx.mergeAll()),
  ),

  zip: takesTurns(exact(2, 6, (source$, other$) => rx.zip(source$, other$))),
  'zip with a range': takesTurns(exact(1, 3, (source$) => rx.zip(source$, rx.range(1, 200)))),
  'zip with one that is silent': windowed(WAITS, (source$) => rx.zip(source$, silent())),
  'zip with timers': windowed(WAITS, (source$) => rx.zip(source$, rx.timer(3, 3).pipe(rx.take(40)))),
  zipWith: takesTurns(exact(2, 6, (source$, other$) => source$.pipe(rx.zipWith(other$)))),
  zipAll: takesTurns(exact(2, 6, (source$, other$) => rx.of(source$, other$).pipe(rx.zipAll()))),

  combineLatest: whenSlow(exact(2, 4, (source$, other$) => rx.combineLatest([source$, other$]))),
  'combineLatest with a constant': exact(1, 3, (source$) => rx.combineLatest([rx.of('x'), source$])),
  combineLatestWith: whenSlow(exact(1, 3, (source$) => source$.pipe(rx.combineLatestWith(rx.of('x'))))),
  combineLatestAll: exact(1, 3, (source$) => rx.of(rx.of(0), source$).pipe(rx.combineLatestAll())),
  combineAll: exact(1, 3, (source$) => rx.of(rx.of(0), source$).pipe(rx.combineAll())),
  withLatestFrom: exact(1, 3, (source$) => source$.pipe(rx.withLatestFrom(rx.of('x')))),
  'withLatestFrom a demand source': whenSlow(
    windowed(WAITS, (source$, other$) => source$.pipe(rx.withLatestFrom(other$)), 2),
  ),
  forkJoin: all('its output is the last of each', (source$, other$) => rx.forkJoin([source$, other$])),

  race: exact(1, 3, (source$, other$) => rx.race(source$, other$)),
  'race with one that is silent': exact(1, 3, (source$) => rx.race(silent(), source$)),
  raceWith: exact(1, 3, (source$) => source$.pipe(rx.raceWith(silent()))),

  switchAll: exact(1, 3, (source$) => rx.of(source$).pipe(rx.switchAll())),
  // After an inner source that ends at once, RxJS 7.4.0 forgets to complete.
  exhaust: whenSlow(exact(1, 3, (source$) => rx.of(source$).pipe(rx.exhaust()))),
  exhaustAll: whenSlow(exact(1, 3, (source$) => rx.of(source$).pipe(rx.exhaustAll()))),

  sequenceEqual: takesTurns(exact(2, 2, (source$, other$) => source$.pipe(rx.sequenceEqual(other$)))),
  'sequenceEqual, and they are': all('only the ends prove it', (source$) =>
    source$.pipe(rx.map(double), rx.map(half), rx.sequenceEqual(source$)),
  ),
};
