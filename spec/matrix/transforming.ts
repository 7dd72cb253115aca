import * as rx from 'rxjs';
import { all, exact, freely, inAnyOrder, type Rows, timed, whenSlow, windowed } from './claims.js';
import { after25, double, even, every25, later, silent, sum, twice } from './inner.js';

const INNER_TIMER = 'each item waits for its inner timer';

/** Operators that make other values of what comes, one for one, many for one or one for many. */
export const transforming: Rows = {
  map: exact(1, 3, (source$) => source$.pipe(rx.map(double))),
  mapTo: exact(1, 3, (source$) => source$.pipe(rx.mapTo('x'))),
  pluck: exact(1, 3, (source$) =>
    source$.pipe(
      rx.map((n) => ({ n })),
      rx.pluck('n'),
    ),
  ),
  scan: exact(1, 3, (source$) => source$.pipe(rx.scan(sum, 0))),
  'scan without seed': exact(1, 3, (source$) => source$.pipe(rx.scan(sum))),
  materialize: exact(1, 3, (source$) => source$.pipe(rx.materialize())),
  dematerialize: exact(1, 3, (source$) => source$.pipe(rx.materialize(), rx.dematerialize())),
  pairwise: exact(2, 4, (source$) => source$.pipe(rx.pairwise())),
  timestamp: timed(exact(1, 3, (source$) => source$.pipe(rx.timestamp()))),
  timeInterval: timed(exact(1, 3, (source$) => source$.pipe(rx.timeInterval()))),

  mergeMap: exact(1, 3, (source$) => source$.pipe(rx.mergeMap((n) => rx.of(double(n))))),
  'mergeMap, two for one': exact(1, 2, (source$) => source$.pipe(rx.mergeMap(twice))),
  'mergeMap, none for the odd ones': exact(2, 6, (source$) =>
    source$.pipe(rx.mergeMap((n) => (even(n) ? rx.of(n) : rx.EMPTY))),
  ),
  'mergeMap over timers': windowed(INNER_TIMER, (source$) => source$.pipe(rx.mergeMap(later))),
  'mergeMap over timers, two at a time': windowed(INNER_TIMER, (source$) =>
    source$.pipe(rx.mergeMap(later, 2)),
  ),
  'mergeMap over timers, none for the odd ones': windowed(
    INNER_TIMER,
    (source$) => source$.pipe(rx.mergeMap((n) => later(n).pipe(rx.filter(even)))),
    2,
  ),
  'mergeMap into demand sources': inAnyOrder(
    windowed('each item waits until its inner source ends', (source$, other$) =>
      source$.pipe(rx.mergeMap(() => rx.concat(later(0), other$).pipe(rx.take(3)))),
    ),
  ),
  flatMap: exact(1, 2, (source$) => source$.pipe(rx.flatMap(twice))),
  mergeMapTo: exact(1, 2, (source$) => source$.pipe(rx.mergeMapTo(['a', 'b']))),
  mergeScan: exact(1, 3, (source$) => source$.pipe(rx.mergeScan((total, n) => rx.of(total + n), 0))),
  'mergeScan over timers, one at a time': windowed(INNER_TIMER, (source$) =>
    source$.pipe(rx.mergeScan((total, n) => later(total + n), 0, 1)),
  ),
  concatMap: exact(1, 2, (source$) => source$.pipe(rx.concatMap(twice))),
  'concatMap over timers': windowed(INNER_TIMER, (source$) => source$.pipe(rx.concatMap(later))),
  'concatMap into demand sources': windowed(
    'each item waits until the inner source before ends',
    (source$, other$) => source$.pipe(rx.concatMap(() => rx.concat(later(0), other$).pipe(rx.take(3)))),
  ),
  concatMapTo: exact(1, 2, (source$) => source$.pipe(rx.concatMapTo(['a', 'b']))),
  switchMap: exact(1, 2, (source$) => source$.pipe(rx.switchMap(twice))),
  'switchMap over timers': whenSlow(
    freely('each item gives up the one before', (source$) => source$.pipe(rx.switchMap(later))),
  ),
  switchMapTo: exact(1, 2, (source$) => source$.pipe(rx.switchMapTo(['a', 'b']))),
  switchScan: exact(1, 3, (source$) => source$.pipe(rx.switchScan((total, n) => rx.of(total + n), 0))),
  exhaustMap: exact(1, 2, (source$) => source$.pipe(rx.exhaustMap(twice))),
  'exhaustMap over timers': whenSlow(
    windowed(
      'an item ignored beside an inner timer waits for it',
      (source$) => source$.pipe(rx.exhaustMap(later)),
      16,
    ),
  ),
  expand: exact(1, 2, (source$) => source$.pipe(rx.expand((n) => (n < 1000 ? rx.of(n + 1000) : rx.EMPTY)))),
  'expand over timers': timed(
    windowed(INNER_TIMER, (source$) =>
      source$.pipe(rx.expand((n) => (n < 1000 ? later(n + 1000) : rx.EMPTY))),
    ),
  ),

  groupBy: exact(1, 3, (source$) =>
    source$.pipe(
      rx.groupBy(even),
      rx.mergeMap((group$) => group$.pipe(rx.map((n) => [group$.key, n]))),
    ),
  ),
  'groupBy, each group to an array': all('a group ends with the source', (source$) =>
    source$.pipe(
      rx.groupBy(even),
      rx.mergeMap((group$) => group$.pipe(rx.toArray())),
    ),
  ),
  buffer: freely('only its notifier lets go of what it keeps', (source$) =>
    source$.pipe(rx.buffer(every25())),
  ),
  bufferCount: exact(3, 9, (source$) => source$.pipe(rx.bufferCount(3))),
  'bufferCount, overlapping': exact(3, 5, (source$) => source$.pipe(rx.bufferCount(3, 1))),
  'bufferCount, with gaps': exact(2, 8, (source$) => source$.pipe(rx.bufferCount(2, 3))),
  bufferTime: freely('only its timer lets go of what it keeps', (source$) => source$.pipe(rx.bufferTime(25))),
  'bufferTime, four at most': exact(4, 12, (source$) => source$.pipe(rx.bufferTime(5_000, null, 4))),
  bufferToggle: freely('what arrives while it is closed is gone', (source$) =>
    source$.pipe(rx.bufferToggle(every25(), () => rx.timer(15))),
  ),
  bufferWhen: freely('only its notifier lets go of what it keeps', (source$) =>
    source$.pipe(rx.bufferWhen(after25)),
  ),
  window: exact(1, 3, (source$) => source$.pipe(rx.window(silent()), rx.mergeAll())),
  'window, each to an array': freely('only its notifier ends a window', (source$) =>
    source$.pipe(
      rx.window(every25()),
      rx.mergeMap((window$) => window$.pipe(rx.toArray())),
    ),
  ),
  windowCount: exact(3, 9, (source$) =>
    source$.pipe(
      rx.windowCount(3),
      rx.mergeMap((window$) => window$.pipe(rx.toArray())),
    ),
  ),
  windowTime: freely('only its timer ends a window', (source$) =>
    source$.pipe(
      rx.windowTime(25),
      rx.mergeMap((window$) => window$.pipe(rx.toArray())),
    ),
  ),
  windowToggle: freely('what arrives while none is open is gone', (source$) =>
    source$.pipe(
      rx.windowToggle(every25(), () => rx.timer(15)),
      rx.mergeMap((window$) => window$.pipe(rx.toArray())),
    ),
  ),
  windowWhen: freely('only its notifier ends a window', (source$) =>
    source$.pipe(
      rx.windowWhen(after25),
      rx.mergeMap((window$) => window$.pipe(rx.toArray())),
    ),
  ),

  toArray: all('its output is all there was', (source$) => source$.pipe(rx.toArray())),
  reduce: all('its output is made of all there was', (source$) => source$.pipe(rx.reduce(sum, 0))),
  count: all('its output is made of all there was', (source$) => source$.pipe(rx.count(even))),
  max: all('its output is made of all there was', (source$) => source$.pipe(rx.max())),
  min: all('its output is made of all there was', (source$) => source$.pipe(rx.min())),
};
