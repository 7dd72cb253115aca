/** Pipelines that an item subscribes to, and operators of ours inside what native ones open. */
import { describe, expect, it } from '@jest/globals';
import {
  asapScheduler,
  BehaviorSubject,
  concatAll,
  concatMap,
  delay,
  endWith,
  filter,
  from,
  groupBy,
  interval,
  map,
  merge,
  mergeAll,
  mergeMap,
  NEVER,
  type Observable,
  observeOn,
  of,
  Subject,
  startWith,
  switchMap,
  timer,
  windowCount,
  zip,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  boundedBuffer,
  bufferWithCount,
  bufferWithTimeOrCount,
  DemandSubscriber,
  dropLatest,
  prefetch,
  pullFrom,
  rateLimit,
  shareWithDemand,
  tapDemand,
  windowWithCount,
} from '../../src/index.js';
import { requesting } from '../recorder.js';
import { counting, inVirtualTime, WINDOW } from './counting.js';

type Numbers = Observable<number>;

const slow = (n: number) => timer(1).pipe(map(() => n));
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** How far an endless source is drawn while the consumer, who asked for so many values, waits. */
function drawnFor(pipeline: (numbers$: Numbers) => Observable<unknown>, asked = 1): number {
  const source = counting('pulled');
  inVirtualTime(200, (at) => {
    const { log, consumer } = requesting<unknown>(asked);
    pipeline(source.source$).subscribe(consumer);
    at(199, () => {
      expect(log).not.toContainEqual({ error: expect.anything() });
      consumer.unsubscribe();
    });
  });
  return source.drawn;
}

describe('an endless source is held at the window', () => {
  it.each<[string, (numbers$: Numbers) => Observable<unknown>]>([
    ['endWith, a startWith above it', ($) => $.pipe(startWith(0), concatMap(slow), endWith(0))],
    [
      'startWith, another above it',
      ($) => $.pipe(startWith(0), concatMap(slow), startWith(0), concatMap(slow)),
    ],
    ['switchMap', ($) => timer(1).pipe(switchMap(() => $.pipe(startWith(0), concatMap(slow))))],
    ['mergeMap of ours', ($) => pullFrom([1]).pipe(mergeMap(() => $.pipe(startWith(0), concatMap(slow))))],
    ['concatMap', ($) => of(1).pipe(concatMap(() => merge(new BehaviorSubject(0), $).pipe(concatMap(slow))))],
    [
      'groups',
      ($) =>
        $.pipe(
          groupBy((n) => n % 2),
          mergeMap((g$) => g$.pipe(startWith(0), concatMap(slow))),
        ),
    ],
  ])('inside %s', (_, pipeline) => {
    expect(drawnFor(pipeline)).toBeLessThanOrEqual(16 + 4);
  });

  it.each<[string, (n: number) => Numbers]>([
    ['at once, or later', (n) => (n % 2 === 1 ? of(-1) : timer(50).pipe(map(() => n)))],
    ['both at once and later', (n) => merge(of(-1), timer(50).pipe(map(() => n)))],
  ])('though what is answered %s is partly filtered away', (_, answer) => {
    const drawn = drawnFor((numbers$) =>
      numbers$.pipe(
        mergeMap(answer),
        filter((n) => n >= 0),
      ),
    );
    expect(drawn).toBeLessThanOrEqual(2 * 16);
  });

  it('though a source inside ends while its value is on its way', async () => {
    const source = counting('pulled');
    const { consumer } = requesting<number>(1);
    source.source$
      .pipe(
        concatMap((n) => pullFrom([n]).pipe(observeOn(asapScheduler))),
        mergeMap((n) => NEVER.pipe(map(() => n))),
      )
      .subscribe(consumer);
    for (let turn = 0; turn < 100; turn++) {
      await Promise.resolve();
    }
    consumer.unsubscribe();
    expect(source.drawn).toBe(WINDOW);
  });

  it('though work that came with the item has ended with it', () => {
    const pieces = (n: number) => (n < 0 ? of(n) : timer(50).pipe(map(() => n)));
    const drawn = drawnFor((numbers$) =>
      numbers$.pipe(
        mergeMap((n) => of(n, -1)),
        mergeMap(pieces),
        filter((n) => n >= 0),
      ),
    );
    expect(drawn).toBeLessThanOrEqual(16);
  });

  it.each<[string, (group$: Numbers) => Observable<unknown>]>([
    ['prefetch', (group$) => group$.pipe(prefetch(4))],
    ['bufferWithCount', (group$) => group$.pipe(bufferWithCount(2))],
    ['windowWithCount', (group$) => group$.pipe(windowWithCount(2), mergeAll())],
    ['tapDemand', (group$) => group$.pipe(tapDemand())],
  ])('though %s stands between a group and slow work', (_, ours) => {
    const drawn = drawnFor((numbers$) =>
      numbers$.pipe(
        groupBy((n) => n % 2),
        mergeMap((group$) => ours(group$).pipe(concatMap((value) => timer(1).pipe(map(() => value))))),
      ),
    );
    // A window of arrays of two for each group, and one for what waits above it.
    expect(drawn).toBeLessThanOrEqual(2 * 2 * 16 + 2 * 16);
  });

  it.each<[string, number, (group$: Numbers) => Observable<unknown>]>([
    ['tapDemand', WINDOW, (group$) => group$.pipe(concatMap(slow), tapDemand())],
    ['tapDemand, after more of it', WINDOW, (group$) => group$.pipe(concatMap(slow), delay(1), tapDemand())],
    ['two of ours', 3 * WINDOW, (group$) => group$.pipe(tapDemand(), concatMap(slow), tapDemand())],
    ['prefetch', 2 * WINDOW, (group$) => group$.pipe(mergeMap(slow, 2), prefetch(2))],
    [
      'bufferWithTimeOrCount',
      2 * WINDOW,
      (group$) => group$.pipe(delay(1), bufferWithTimeOrCount({ count: 2, time: 2 })),
    ],
    ['rateLimit', WINDOW, (group$) => group$.pipe(concatMap(slow), rateLimit({ permits: 1, per: 50 }))],
    [
      'groups again',
      4 * WINDOW,
      (group$) =>
        group$.pipe(
          tapDemand(),
          groupBy((n) => n % 3),
          mergeMap((inner$) => inner$.pipe(concatMap(slow), tapDemand())),
        ),
    ],
  ])('though slow work stands between a group and %s', (_, bound, ours) => {
    const drawn = drawnFor((numbers$) =>
      numbers$.pipe(
        groupBy((n) => n % 2),
        mergeMap(ours),
      ),
    );
    expect(drawn).toBeLessThanOrEqual(bound);
  });

  it('though each item that comes out of a group by itself has the next one drawn', () => {
    const drawn = drawnFor(
      (numbers$) =>
        numbers$.pipe(
          groupBy(() => 0),
          mergeMap((group$) => group$.pipe(delay(1), bufferWithTimeOrCount({ count: 2, time: 2 }))),
        ),
      3,
    );
    expect(drawn).toBeLessThanOrEqual(2 * WINDOW);
  });

  it('though sources inside a group are drawn from when nothing else is on its way', () => {
    const drawn = drawnFor(
      (numbers$) =>
        numbers$.pipe(
          groupBy(() => 0),
          mergeMap((group$) =>
            group$.pipe(
              concatMap((n) => pullFrom([n])),
              prefetch(1),
            ),
          ),
        ),
      3,
    );
    expect(drawn).toBeLessThanOrEqual(WINDOW);
  });
});

describe('all that there is comes and completes, with a window of two,', () => {
  it.each<[string, (group$: Numbers) => Observable<unknown>]>([
    ['startWith', (group$) => group$.pipe(startWith(-1), tapDemand())],
    ['endWith', (group$) => group$.pipe(delay(1), endWith(-1), rateLimit({ permits: 3, per: 1 }))],
    ['mergeMap', (group$) => group$.pipe(mergeMap(slow, 2), tapDemand())],
    ['windowWithCount', (group$) => group$.pipe(startWith(-1), windowWithCount(3), concatAll(), prefetch(1))],
    [
      'groups of sources',
      (group$) =>
        group$.pipe(
          groupBy((n) => n % 5),
          mergeMap((inner$) =>
            inner$.pipe(
              startWith(-1),
              concatMap((n) => pullFrom([n])),
              tapDemand(),
            ),
          ),
        ),
    ],
  ])('through %s above an operator of ours in groups', (_, ours) => {
    inVirtualTime(1000, (at) => {
      const out: unknown[] = [];
      const consumer = new DemandSubscriber<unknown>(
        {
          start: (demand) => demand.request(Infinity),
          next: (value) => out.push(value),
          complete: () => out.push('complete'),
        },
        { inFlight: 2 },
      );
      pullFrom(numbers(40))
        .pipe(
          groupBy((n) => n % 3),
          mergeMap(ours),
        )
        .subscribe(consumer);
      at(999, () => {
        expect(out.at(-1)).toBe('complete');
        expect(out.filter((value) => Number(value) >= 0).sort((a, b) => Number(a) - Number(b))).toEqual(
          numbers(40),
        );
      });
    });
  });
});

it('goes on in a zip above an operator of ours in a group, at most a window ahead', () => {
  inVirtualTime(200, (at) => {
    const source = counting('pulled', 1000);
    const { log, consumer } = requesting<unknown>(Infinity);
    source.source$
      .pipe(
        groupBy(() => 0),
        mergeMap((group$) => zip(group$, interval(1)).pipe(tapDemand())),
      )
      .subscribe(consumer);
    at(100, () => {
      expect(log.length).toBeGreaterThanOrEqual(99);
      expect(source.drawn - log.length).toBeLessThanOrEqual(WINDOW + 1);
      consumer.unsubscribe();
    });
  });
});

describe('an operator of ours loses nothing', () => {
  /** Each stretch of such an operator has a window of its own; one alone sees all in order. */
  it.each<[string, (source$: Numbers) => Observable<unknown>]>([
    [
      'groups, bufferWithCount',
      ($) =>
        $.pipe(
          groupBy((n) => n % 2),
          mergeMap((g$) => g$.pipe(bufferWithCount(2))),
        ),
    ],
    [
      'groups, dropLatest',
      ($) =>
        $.pipe(
          groupBy((n) => n % 2),
          mergeMap((g$) => g$.pipe(dropLatest())),
        ),
    ],
    [
      'groups, windowWithCount',
      ($) =>
        $.pipe(
          groupBy((n) => n % 2),
          mergeMap((g$) => g$.pipe(windowWithCount(2), mergeAll())),
        ),
    ],
    [
      'windows, prefetch',
      ($) =>
        $.pipe(
          windowCount(3),
          mergeMap((w$) => w$.pipe(prefetch(2))),
        ),
    ],
    [
      'more groups than the window has places',
      ($) =>
        $.pipe(
          groupBy((n) => n % 20),
          mergeMap((g$) => g$.pipe(bufferWithCount(2))),
        ),
    ],
    [
      'more shared groups than the window has places',
      ($) =>
        $.pipe(
          groupBy((n) => n % 20),
          mergeMap((g$) => g$.pipe(shareWithDemand())),
        ),
    ],
  ])('inside %s', (_, pipeline) => {
    for (const source of [pullFrom, from]) {
      const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
      scheduler.run(() => {
        const { log, consumer } = requesting<unknown>(Infinity);
        pipeline(source(numbers(60))).subscribe(consumer);
        scheduler.schedule(() => {
          expect(log.at(-1)).toBe('|');
          expect([...log.slice(0, -1).flat()].sort((a, b) => Number(a) - Number(b))).toEqual(numbers(60));
        }, 50);
      });
    }
  });

  it('of what a hot source sends in the moment it is subscribed to', () => {
    const go = new Subject<void>();
    const hot = new Subject<string>();
    const { log, consumer } = requesting<string>(9);
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    scheduler.run(() => {
      go.pipe(switchMap(() => hot.pipe(boundedBuffer({ capacity: 0 })))).subscribe(consumer);
      go.next();
      hot.next('a');
      hot.next('b');
      scheduler.schedule(() => expect(log).toEqual(['a', 'b']), 1);
    });
  });

  it('but keeps to its policy as to what is more than was requested', () => {
    const go = new Subject<void>();
    const hot = new Subject<number>();
    const dropped: number[] = [];
    const { log, consumer } = requesting<number>(2);
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    scheduler.run(() => {
      go.pipe(switchMap(() => hot.pipe(dropLatest({ onDrop: (n) => dropped.push(n) })))).subscribe(consumer);
      go.next();
      for (const n of numbers(4)) {
        hot.next(n);
      }
      scheduler.schedule(
        () =>
          expect([log, dropped]).toEqual([
            [0, 1],
            [2, 3],
          ]),
        1,
      );
    });
  });

  it('between a share and the join that it feeds twice', () => {
    const shared$ = pullFrom(new Set([1, 2])).pipe(shareWithDemand());
    const { log, consumer } = requesting<number>(Infinity);
    merge(shared$, shared$.pipe(prefetch(3))).subscribe(consumer);
    expect(log).toEqual([1, 1, 2, 2, '|']);
  });
});
