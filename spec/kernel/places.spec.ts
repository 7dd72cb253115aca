/** Which items take a place of the window, and for how long: those that an operator holds, and no others. */
import { describe, expect, it } from '@jest/globals';
import {
  asyncScheduler,
  bufferTime,
  catchError,
  combineLatest,
  concat,
  defer,
  delay,
  EMPTY,
  expand,
  filter,
  groupBy,
  map,
  merge,
  mergeMap,
  NEVER,
  Observable,
  of,
  throttle,
  timer,
  zip,
} from 'rxjs';
import { DemandSubscriber, pullFrom } from '../../src/index.js';
import { requesting } from '../recorder.js';
import { counting, inVirtualTime, silent, WINDOW } from './counting.js';

/** Longer than what is looked at here. */
const LATER = 50;
const later = (n: number) => timer(LATER).pipe(map(() => n));
const rare = filter((n: number) => n % 100 === 99);

describe('a place is taken by an item', () => {
  it.each<[string, (source$: Observable<number>) => Observable<unknown>]>([
    [
      'of which one part is held, when another has been swallowed above that since',
      (source$) =>
        source$.pipe(
          mergeMap((n) => of(n, -1)),
          filter((n) => n >= 0),
          delay(LATER),
        ),
    ],
    [
      'of which the first part was swallowed, while its inner Observable goes on',
      (source$) =>
        source$.pipe(
          mergeMap((n) => concat(of(-1), later(n))),
          filter((n) => n >= 0),
        ),
    ],
    ['that combineLatest keeps beside one that has not begun', (source$) => combineLatest([source$, NEVER])],
    [
      'that combineLatest keeps beside one of ours that has not begun',
      (source$) => combineLatest([source$, silent()]),
    ],
    [
      'that the limit of expand sets aside, while another inner Observable is at work',
      (source$) => of(-2, -1).pipe(expand((n) => (n === -2 ? source$ : n === -1 ? NEVER : EMPTY), 2)),
    ],
  ])('%s', (_, operator) => {
    inVirtualTime(LATER, (at) => {
      const source = counting('pulled', 10_000);
      const { consumer } = requesting<unknown>(Infinity);
      operator(source.source$).subscribe(consumer);
      at(LATER - 10, () => {
        expect(source.drawn).toBe(WINDOW);
        consumer.unsubscribe();
      });
    });
  });
});

it('an item that waits in expand keeps its place while the inner Observable before it has more there than the window', () => {
  inVirtualTime(LATER, (at) => {
    const source = counting('pulled', 10_000);
    const many = Array.from({ length: 40 }, () => 1000);
    const { log, consumer } = requesting<number>(Infinity);
    source.source$
      .pipe(expand((n) => (n < 1000 ? concat(pullFrom(many), NEVER) : EMPTY), 1))
      .subscribe(consumer);
    at(LATER - 10, () => {
      expect([log, source.drawn]).toEqual([[0], 1 + WINDOW]);
      consumer.unsubscribe();
    });
  });
});

describe('no place is taken', () => {
  it.each<[string, (source$: Observable<number>) => Observable<number>]>([
    [
      'in a hand-written merge that said first what it has to release',
      (source$) =>
        new Observable((subscriber) => {
          subscriber.add(() => {});
          silent().pipe(rare).subscribe(subscriber);
          source$.pipe(rare).subscribe(subscriber);
        }),
    ],
    [
      'in a hand-written merge that says at last what it has to release',
      (source$) =>
        new Observable((subscriber) => {
          silent().pipe(rare).subscribe(subscriber);
          source$.pipe(rare).subscribe(subscriber);
          return () => {};
        }),
    ],
    [
      'in a hand-written operator with something to release, over a deferred source',
      (source$) =>
        new Observable((subscriber) => {
          subscriber.add(() => {});
          defer(() => source$)
            .pipe(rare)
            .subscribe(subscriber);
        }),
    ],
    [
      'in a hand-written inner Observable that hands on its own Subscriber',
      (source$) =>
        of(0).pipe(
          mergeMap(() => new Observable<number>((subscriber) => source$.pipe(rare).subscribe(subscriber))),
        ),
    ],
    [
      'in what takes the place of a source that failed at an item',
      (source$) =>
        pullFrom([0]).pipe(
          map((): number => {
            throw new Error('broken');
          }),
          catchError(() => source$.pipe(rare)),
        ),
    ],
    [
      'in a hand-written merge of what is deferred',
      (source$) =>
        new Observable((subscriber) => {
          defer(silent).pipe(rare).subscribe(subscriber);
          defer(() => source$)
            .pipe(rare)
            .subscribe(subscriber);
        }),
    ],
    ['in what is deferred', (source$) => defer(() => source$).pipe(rare)],
    ['above what is deferred', (source$) => defer(() => source$.pipe(rare))],
    ['beside a join', (source$) => merge(source$.pipe(rare), zip(silent(), silent()).pipe(map(() => 0)))],
  ])('by an item that is swallowed %s', (_, operator) => {
    for (const inFlight of [2, WINDOW]) {
      inVirtualTime(LATER, () => {
        const { log, consumer } = requesting<number>(3, { inFlight });
        operator(counting('pulled').source$).subscribe(consumer);
        expect(log).toEqual([99, 199, 299]);
        consumer.request(2);
        expect(log).toEqual([99, 199, 299, 399, 499]);
      });
    }
  });

  it('by an item that is swallowed in a hand-written merge that begins later', () => {
    inVirtualTime(LATER, (at) => {
      const { log, consumer } = requesting<number>(3, { inFlight: 2 });
      new Observable<number>((subscriber) => {
        asyncScheduler.schedule(() => {
          silent().pipe(rare).subscribe(subscriber);
          counting('pulled').source$.pipe(rare).subscribe(subscriber);
        });
      }).subscribe(consumer);
      at(1, () => expect(log).toEqual([99, 199, 299]));
    });
  });

  it('by an item that is swallowed while the consumer was given what has ended already', () => {
    inVirtualTime(LATER, (at) => {
      const { log, consumer } = requesting<number>(3);
      counting('pulled')
        .source$.pipe(
          filter((n) => {
            consumer.add(of(n).subscribe());
            return n % 100 === 99;
          }),
        )
        .subscribe(consumer);
      at(LATER - 10, () => expect(log).toEqual([99, 199, 299]));
    });
  });

  it('by what came out, though its inner Observable goes on', () => {
    inVirtualTime(LATER, (at) => {
      const source = counting('pulled', 10_000);
      const consumer = new DemandSubscriber<number>(
        { start: (demand) => demand.request(Infinity) },
        { inFlight: 4 },
      );
      source.source$
        .pipe(
          filter((n) => n !== 5),
          mergeMap((n) => (n < 5 ? concat(of(n), later(n)) : later(n))),
        )
        .subscribe(consumer);
      expect(source.drawn).toBe(6 + 4);
      at(LATER - 1, () => consumer.unsubscribe());
    });
  });

  it('by what is in groups, of a source that stands beside', () => {
    inVirtualTime(LATER, (at) => {
      const source = counting('pulled', 10_000);
      const beside = counting('pulled', 100);
      const { consumer } = requesting<number>(Infinity);
      merge(
        source.source$.pipe(
          groupBy((n) => n % 2),
          mergeMap((group$) => group$.pipe(mergeMap(later))),
        ),
        beside.source$,
      ).subscribe(consumer);
      at(LATER - 10, () => {
        expect([source.drawn, beside.drawn]).toEqual([WINDOW, 100]);
        consumer.unsubscribe();
      });
    });
  });

  it('by an item that came to nothing at once, the first to leave work behind', () => {
    inVirtualTime(LATER, (at) => {
      const source = counting('pulled', 10_000);
      const { consumer } = requesting<number>(Infinity);
      source.source$.pipe(mergeMap((n) => (n === 0 ? EMPTY : later(n)))).subscribe(consumer);
      expect(source.drawn).toBe(1 + WINDOW);
      at(LATER - 1, () => consumer.unsubscribe());
    });
  });

  it.each<[string, (source$: Observable<number>) => Observable<number[]>, number, number[]]>([
    ['at its time', bufferTime(2), 8192, [1, WINDOW]],
    ['when it is full', bufferTime(LATER, undefined, 20), 20, [1, WINDOW]],
    [
      'when it is full, though that is swallowed further down',
      (source$) =>
        source$.pipe(
          bufferTime(LATER, undefined, 20),
          filter(([first = 0]) => first % 100 === 0),
        ),
      20,
      // With more places the first items are not traced (docs/design.md).
      [1],
    ],
  ])('by what is to come when bufferTime has given an array, %s', (_, operator, least, windows) => {
    for (const inFlight of windows) {
      inVirtualTime(LATER, (at) => {
        const { log, consumer } = requesting<number[]>(4, { inFlight });
        operator(counting('pulled').source$).subscribe(consumer);
        at(LATER - 10, () => {
          expect(log).toHaveLength(4);
          expect((log as number[][]).every(({ length }) => length >= least)).toBe(true);
          consumer.unsubscribe();
        });
      });
    }
  });

  it('by what throttle has given up', () => {
    inVirtualTime(LATER, (at) => {
      const source = counting('pulled', 10_000);
      const { log, consumer } = requesting<number>(Infinity);
      source.source$.pipe(throttle(() => timer(5), { leading: true, trailing: true })).subscribe(consumer);
      at(LATER - 10, () => {
        expect(log.length).toBeGreaterThan(5);
        expect(source.drawn).toBeGreaterThan(5 * WINDOW);
        consumer.unsubscribe();
      });
    });
  });
});

describe('what a value leaves behind that knows no demand', () => {
  it('holds up those behind it, also where it comes by the same Subscriber', () => {
    inVirtualTime(LATER, (at) => {
      const source = counting('pulled', 1000);
      const { consumer } = requesting<number>(Infinity);
      new Observable<number>((subscriber) => {
        subscriber.next(-1);
        return source.source$.subscribe(subscriber);
      })
        .pipe(mergeMap((n) => later(n), 1))
        .subscribe(consumer);
      at(LATER - 10, () => {
        expect(source.drawn).toBe(WINDOW);
        consumer.unsubscribe();
      });
    });
  });
});
