import { describe, expect, it } from '@jest/globals';
import {
  asyncScheduler,
  bufferCount,
  bufferTime,
  catchError,
  combineLatest,
  concat,
  concatMap,
  count,
  debounceTime,
  defer,
  delay,
  EMPTY,
  expand,
  filter,
  forkJoin,
  groupBy,
  interval,
  map,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  of,
  range,
  repeat,
  repeatWhen,
  retry,
  Subject,
  startWith,
  subscribeOn,
  switchMap,
  take,
  takeLast,
  takeUntil,
  throwError,
  timer,
  toArray,
  windowCount,
  zip,
  zipWith,
} from 'rxjs';
import { DemandSubscriber, pullFrom, windowWithCount } from '../../src/index.js';
import { recorder, requesting } from '../recorder.js';
import { counting, inVirtualTime, KINDS, silent, WINDOW } from './counting.js';

describe.each(KINDS)('a source %s', (kind) => {
  const within = kind === 'answering later' ? WINDOW : 0;

  it('is drawn from for exactly what synchronous operators need', () => {
    inVirtualTime(100, (at) => {
      const source = counting(kind);
      const { log, consumer } = recorder<number>();
      source.source$
        .pipe(
          filter((n) => n % 3 === 2),
          map((n) => n * 10),
        )
        .subscribe(consumer);
      consumer.request(2);
      at(50, () => {
        expect(log).toEqual([20, 50]);
        expect(source.drawn).toBeLessThanOrEqual(6 + within);
        expect(source.drawn).toBeGreaterThanOrEqual(6);
      });
    });
  });

  it('is asked again only when what one item brought has been taken', () => {
    inVirtualTime(100, (at) => {
      const source = counting(kind);
      const { log, consumer } = recorder<number>();
      source.source$.pipe(mergeMap((n) => of(n, n, n))).subscribe(consumer);
      consumer.request(2);
      at(10, () => consumer.request(1));
      at(20, () => {
        expect(log).toEqual([0, 0, 0]);
        expect(source.drawn).toBeLessThanOrEqual(1 + within);
      });
    });
  });

  it('is released by take, and not drawn past it', () => {
    inVirtualTime(100, (at) => {
      const source = counting(kind);
      const { log, consumer } = requesting<number>(100);
      source.source$.pipe(take(3)).subscribe(consumer);
      at(50, () => {
        expect(log).toEqual([0, 1, 2, '|']);
        expect([source.drawn, source.released]).toEqual([3, 1]);
      });
    });
  });

  it.each<[string, () => Observable<unknown>]>([
    ['NEVER', () => NEVER],
    ['a demand source that never answers', silent],
    ['a slow interval', () => interval(60)],
  ])('is held at the window by zip with %s, on either side', (_, idle) => {
    for (const swapped of [false, true]) {
      inVirtualTime(100, (at) => {
        const source = counting(kind);
        const { log, consumer } = requesting<unknown>(40);
        (swapped ? zip<unknown[]>(idle(), source.source$) : zip<unknown[]>(source.source$, idle())).subscribe(
          consumer,
        );
        at(50, () => {
          expect(log).toEqual([]);
          expect(source.drawn).toBeGreaterThanOrEqual(1);
          expect(source.drawn).toBeLessThanOrEqual(WINDOW);
        });
      });
    }
  });

  it.each<
    [string, (source$: Observable<number>, partner$: Observable<number>) => Observable<[number, number]>]
  >([
    [
      'deferred',
      (source$, partner$) =>
        zip(
          defer(() => source$),
          partner$,
        ),
    ],
    ['deferred and mapped', (source$, partner$) => zip(defer(() => source$).pipe(map((n) => n)), partner$)],
    ['in concat', (source$, partner$) => zip(concat(source$, of(1)), partner$)],
    ['in merge', (source$, partner$) => zip(merge(source$, NEVER), partner$)],
    ['brought by an item', (source$, partner$) => zip(of(1).pipe(mergeMap(() => source$)), partner$)],
    ['brought later', (source$, partner$) => zip(timer(1).pipe(mergeMap(() => source$)), partner$)],
    ['piped', (source$, partner$) => source$.pipe(zipWith(partner$))],
    [
      'piped, mapped before and after',
      (source$, partner$) =>
        source$.pipe(
          map((n) => n),
          zipWith(partner$),
          map((pair) => pair),
        ),
    ],
    ['below takeUntil', (source$, partner$) => zip(source$, partner$).pipe(takeUntil(NEVER))],
    ['piped, below takeUntil', (source$, partner$) => source$.pipe(zipWith(partner$), takeUntil(NEVER))],
    [
      'deferred, below takeUntil twice',
      (source$, partner$) =>
        zip(
          defer(() => source$),
          partner$,
        ).pipe(takeUntil(NEVER), takeUntil(NEVER)),
    ],
  ])('is held at the window by zip with an idle partner, %s', (_, within) => {
    inVirtualTime(1000, (at) => {
      const source = counting(kind, 1000);
      const partner = new Subject<number>();
      const { log, consumer } = requesting<[number, number]>(Infinity);
      within(source.source$, partner).subscribe(consumer);
      at(500, () => {
        expect(source.drawn).toBe(WINDOW);
        partner.next(7);
        expect(log).toEqual([[0, 7]]);
      });
      at(999, () => expect(source.drawn).toBe(WINDOW + 1));
    });
  });

  it.each<[string, Observable<number>]>([
    ['before it, by startWith', of(-1)],
    ['beside it, by merge', timer(0).pipe(map(() => -1))],
  ])('waits for the work of a value that knows no demand and comes %s', (_, plain$) => {
    inVirtualTime(100, (at) => {
      const source = counting(kind, 1000);
      const { consumer } = requesting<number>(Infinity);
      merge(plain$, source.source$)
        .pipe(concatMap((n) => timer(50).pipe(map(() => n))))
        .subscribe(consumer);
      at(40, () => expect(source.drawn).toBeLessThanOrEqual(WINDOW));
      at(60, () => expect(source.drawn).toBeLessThanOrEqual(WINDOW + 1));
    });
  });

  it('goes on in zip as its partner goes on, at most a window ahead', () => {
    inVirtualTime(600, (at) => {
      const source = counting(kind);
      let worst = 0;
      const { log, consumer } = requesting<[number, number]>(Infinity);
      zip(source.source$, interval(5)).subscribe(consumer);
      for (let frame = 0; frame < 500; frame++) {
        at(frame, () => {
          worst = Math.max(worst, source.drawn - log.length);
        });
      }
      at(501, () => {
        expect(log).toHaveLength(100);
        expect(log[99]).toEqual([99, 99]);
        expect(worst).toBeLessThanOrEqual(WINDOW);
      });
    });
  });

  it('is drawn for exactly what zip with a range can use', () => {
    inVirtualTime(100, (at) => {
      for (const swapped of [false, true]) {
        const source = counting(kind);
        const { log, consumer } = recorder<unknown>();
        const { source$ } = source;
        (swapped ? zip(range(0, 5), source$) : zip(source$, range(0, 5))).subscribe(consumer);
        consumer.request(2);
        at(20, () => {
          expect(log).toHaveLength(2);
          expect(source.drawn).toBeLessThanOrEqual(2 + within);
          consumer.request(10);
        });
        at(50, () => {
          expect(log).toHaveLength(6);
          expect(log[5]).toBe('|');
          expect(source.drawn).toBeLessThanOrEqual(5 + within);
        });
      }
    });
  });

  it.each<[string, () => Observable<number>]>([
    ['NEVER', () => NEVER],
    ['a demand source that never answers', silent],
  ])('keeps flowing in merge beside %s while its items are filtered away, on either side', (_, idle) => {
    for (const swapped of [false, true]) {
      inVirtualTime(20_000, (at) => {
        const filtered$ = counting(kind).source$.pipe(filter((n) => n % 200 === 199));
        const { log, consumer } = requesting<number>(3);
        (swapped ? merge(filtered$, idle()) : merge(idle(), filtered$)).subscribe(consumer);
        at(19_000, () => expect(log).toEqual([199, 399, 599]));
      });
    }
  });

  it('runs side by side with others of its kind in mergeMap', () => {
    inVirtualTime(200, (at) => {
      const sources = [counting(kind, 5, 10), counting(kind, 5, 20), counting(kind, 5, 30)];
      const { log, consumer } = requesting<number>(9);
      pullFrom(sources)
        .pipe(mergeMap(({ source$ }) => source$))
        .subscribe(consumer);
      at(100, () => {
        expect(log).toHaveLength(9);
        expect(sources.every(({ drawn }) => drawn > 0)).toBe(true);
        consumer.request(Infinity);
      });
      at(199, () => {
        expect(log.at(-1)).toBe('|');
        expect(new Set(log).size).toBe(16);
      });
    });
  });

  it('gets its turn beside others of its kind in merge', () => {
    inVirtualTime(200, (at) => {
      const sources = [counting(kind), counting(kind), counting(kind)];
      const { log, consumer } = requesting<number>(300);
      merge(...sources.map(({ source$ }) => source$)).subscribe(consumer);
      at(199, () => {
        expect(log).toHaveLength(300);
        expect(Math.min(...sources.map(({ drawn }) => drawn))).toBeGreaterThan(80);
      });
    });
  });

  it('keeps its turn while it may not be drawn from, and others of its kind come and go', () => {
    inVirtualTime(200, (at) => {
      const source = counting(kind, 4);
      source.source$
        .pipe(
          concatMap((n) => timer(1).pipe(map(() => n))),
          bufferTime(2),
          map(({ length }) => length),
          expand((n) => (n < 100 ? pullFrom([n + 100]) : EMPTY)),
          concatMap((n) => pullFrom([n, n, n]).pipe(delay(3))),
        )
        .subscribe(
          new DemandSubscriber<number>(
            { start: (demand) => demand.request(1), next: (_, demand) => demand.request(1) },
            { inFlight: 1 },
          ),
        );
      at(199, () => expect(source.drawn).toBe(4));
    });
  });

  it('keeps its turn in merge however little is asked for at a time', () => {
    inVirtualTime(200, (at) => {
      const sources = [counting(kind), counting(kind), counting(kind)];
      const { log, consumer } = recorder<number>();
      merge(...sources.map(({ source$ }) => source$)).subscribe(consumer);
      for (let time = 0; time < 60; time++) at(time, () => consumer.request(2));
      at(199, () => {
        expect(log).toHaveLength(120);
        const drawn = sources.map((source) => source.drawn);
        expect(Math.max(...drawn) - Math.min(...drawn)).toBeLessThanOrEqual(16);
      });
    });
  });

  it('lets timers fire under bufferTime though it has no end', () => {
    inVirtualTime(200, (at) => {
      const source = counting(kind);
      const { log, consumer } = requesting<number[]>(3);
      source.source$.pipe(bufferTime(2)).subscribe(consumer);
      at(100, () => {
        expect(log).toHaveLength(3);
        expect((log as number[][]).every((values) => values.length > 0)).toBe(true);
        expect((log as number[][]).flat().slice(0, 3)).toEqual([0, 1, 2]);
        consumer.unsubscribe();
      });
    });
  });

  it('is drawn from on and on where next to nothing comes out, with turns of the event loop between', () => {
    inVirtualTime(200, (at) => {
      const source = counting(kind);
      const { log, consumer } = requesting<number>(1);
      source.source$.pipe(filter((n) => n % 20_000 === 19_999)).subscribe(consumer);
      expect(log).toEqual([]);
      expect(source.drawn).toBeLessThan(20_000);
      at(100, () => {
        expect([log, source.drawn]).toEqual([[19_999], 20_000]);
        consumer.request(1);
        expect(log).toEqual([19_999]);
      });
      at(199, () => {
        expect([log, source.drawn]).toEqual([[19_999, 39_999], 40_000]);
        consumer.unsubscribe();
      });
    });
  });

  it('stays within the window in delay and in concatMap behind it', () => {
    inVirtualTime(2000, (at) => {
      const source = counting(kind, 100);
      let worst = 0;
      const { log, consumer } = requesting<number>(Infinity);
      source.source$
        .pipe(
          delay(5),
          concatMap((n) => timer(3).pipe(map(() => n))),
        )
        .subscribe(consumer);
      for (let frame = 0; frame < 1000; frame++) {
        at(frame, () => {
          worst = Math.max(worst, source.drawn - log.length);
        });
      }
      at(1999, () => {
        expect(log).toEqual([...Array(100).keys(), '|']);
        expect(worst).toBeLessThanOrEqual(WINDOW);
        expect(worst).toBeGreaterThan(1);
      });
    });
  });

  it('keeps four at work in mergeMap(async, 4), though a filter above lets few items through', () => {
    inVirtualTime(3000, (at) => {
      const source = counting(kind, 1000);
      let active = 0;
      const idle: number[] = [];
      const { log, consumer } = requesting<number>(Infinity);
      source.source$
        .pipe(
          filter((n) => n % 10 === 0),
          mergeMap((n) => {
            active++;
            return timer(20).pipe(
              map(() => {
                active--;
                return n;
              }),
            );
          }, 4),
        )
        .subscribe(consumer);
      for (let frame = 10; frame < 400; frame += 20) {
        at(frame, () => void idle.push(4 - active));
      }
      at(2999, () => {
        expect(idle.every((missing) => missing === 0)).toBe(true);
        expect(log).toHaveLength(101);
      });
    });
  });

  it('does not deadlock in groupBy with more keys than the window', () => {
    inVirtualTime(5000, (at) => {
      const source = counting(kind, 200);
      const { log, consumer } = requesting<number>(Infinity);
      source.source$
        .pipe(
          groupBy((n) => n % 40),
          mergeMap((group$) => group$.pipe(concatMap((n) => timer(5).pipe(map(() => n))))),
        )
        .subscribe(consumer);
      at(4999, () => {
        expect(log).toHaveLength(201);
        expect(new Set(log).size).toBe(201);
        expect(log.at(-1)).toBe('|');
      });
    });
  });

  it('is drawn to its end by forkJoin and by combineLatest, beside one of its kind', () => {
    inVirtualTime(2000, (at) => {
      const forked = requesting<number[]>(1);
      forkJoin([counting(kind, 100).source$, counting(kind, 50).source$]).subscribe(forked.consumer);
      const latest = requesting<number[]>(Infinity);
      combineLatest([counting(kind, 100).source$, counting(kind, 50).source$]).subscribe(latest.consumer);
      at(1999, () => {
        expect(forked.log).toEqual([[99, 49], '|']);
        expect(latest.log.slice(-2)).toEqual([[99, 49], '|']);
      });
    });
  });

  it('is drawn to its end by a join that an item, or the end of another source, brought', () => {
    inVirtualTime(2000, (at) => {
      const forked = () => forkJoin([counting(kind, 100).source$, counting(kind, 50).source$]);
      const inner = requesting<number[]>(Infinity);
      counting(kind, 3).source$.pipe(concatMap(forked)).subscribe(inner.consumer);
      const next = requesting<number | number[]>(Infinity);
      concat(counting(kind, 1).source$, forked()).subscribe(next.consumer);
      at(1999, () => {
        expect(inner.log).toEqual([[99, 49], [99, 49], [99, 49], '|']);
        expect(next.log).toEqual([0, [99, 49], '|']);
      });
    });
  });

  it('is drawn to the end of the shorter one by a zip of deferred ones that an item brought', () => {
    inVirtualTime(2000, (at) => {
      const deferred = (count: number) => defer(() => counting(kind, count).source$);
      const { log, consumer } = requesting<number[]>(Infinity);
      counting(kind, 1)
        .source$.pipe(mergeMap(() => zip(deferred(40), deferred(60))))
        .subscribe(consumer);
      at(1999, () => {
        expect(log).toHaveLength(41);
        expect(log.slice(-2)).toEqual([[39, 39], '|']);
      });
    });
  });

  it('is drawn from while it is subscribed to, when no item is on its way', () => {
    inVirtualTime(2000, (at) => {
      const { log, consumer } = requesting<number>(Infinity);
      counting(kind, 3)
        .source$.pipe(
          concatMap(() =>
            defer(() => counting(kind, 25).source$).pipe(concatMap((n) => timer(1).pipe(map(() => n)))),
          ),
        )
        .subscribe(consumer);
      at(1999, () => {
        expect(log).toHaveLength(76);
        expect(log.at(-1)).toBe('|');
      });
    });
  });

  it('does not stall under filter and takeUntil(NEVER), deferred or not', () => {
    inVirtualTime(20_000, (at) => {
      const piped$ = counting(kind).source$.pipe(
        filter((n) => n % 100 === 99),
        takeUntil(NEVER),
      );
      const deferred = requesting<number>(3);
      const { source$ } = counting(kind);
      defer(() =>
        source$.pipe(
          filter((n) => n % 100 === 99),
          takeUntil(NEVER),
        ),
      ).subscribe(deferred.consumer);
      const outside = requesting<number>(3);
      piped$.subscribe(outside.consumer);
      at(19_000, () => {
        expect(deferred.log).toEqual([99, 199, 299]);
        expect(outside.log).toEqual([99, 199, 299]);
      });
    });
  });

  it('takes over the demand that one before it in concat has left, and startWith spends some', () => {
    inVirtualTime(200, (at) => {
      const first = counting(kind, 2);
      const second = counting(kind);
      const { log, consumer } = requesting<unknown>(5);
      concat(first.source$, second.source$).pipe(startWith('first')).subscribe(consumer);
      at(100, () => {
        expect(log).toEqual(['first', 0, 1, 0, 1]);
        expect(second.drawn).toBeLessThanOrEqual(2 + within);
      });
    });
  });

  it('meets only the unmet demand when repeat or retry subscribes to it again', () => {
    inVirtualTime(200, (at) => {
      const repeated = requesting<number>(5);
      defer(() => counting(kind, 2).source$)
        .pipe(repeat())
        .subscribe(repeated.consumer);
      const retried = requesting<number>(5);
      defer(() =>
        concat(
          counting(kind, 2).source$,
          throwError(() => 'broken'),
        ),
      )
        .pipe(retry())
        .subscribe(retried.consumer);
      at(100, () => {
        expect(repeated.log).toEqual([0, 1, 0, 1, 0]);
        expect(retried.log).toEqual([0, 1, 0, 1, 0]);
        repeated.consumer.unsubscribe();
        retried.consumer.unsubscribe();
      });
    });
  });

  it('hands unmet demand to the next inner source of switchMap, not a multiple of it', () => {
    inVirtualTime(200, (at) => {
      const inners = [silent(), silent(), counting(kind).source$];
      const { log, consumer } = requesting<number>(3);
      interval(10)
        .pipe(
          take(3),
          switchMap((i) => inners[i] ?? NEVER),
        )
        .subscribe(consumer);
      at(100, () => expect(log).toEqual([0, 1, 2]));
    });
  });

  it('is drawn to its end by operators that answer only then', () => {
    inVirtualTime(2000, (at) => {
      const source = counting(kind, 1000);
      const { log, consumer } = requesting<number[]>(1);
      source.source$.pipe(toArray()).subscribe(consumer);
      at(1999, () => {
        expect(log).toEqual([[...Array(1000).keys()], '|']);
        expect(source.drawn).toBe(1000);
      });
    });
  });

  it('is released when the consumer leaves in the middle of asynchronous work', () => {
    inVirtualTime(200, (at) => {
      const source = counting(kind);
      const { log, consumer } = requesting<number>(Infinity);
      source.source$.pipe(mergeMap((n) => timer(20).pipe(map(() => n)), 2)).subscribe(consumer);
      at(50, () => consumer.unsubscribe());
      let drawn = 0;
      at(51, () => {
        drawn = source.drawn;
      });
      at(199, () => {
        expect(log.length).toBe(4);
        expect(source.released).toBe(1);
        expect(source.drawn).toBe(drawn);
      });
    });
  });
});

describe('the window', () => {
  it('is set by inFlight', () => {
    for (const inFlight of [1, 3, 40]) {
      inVirtualTime(100, (at) => {
        const source = counting('pulled');
        const consumer = new DemandSubscriber<number>(
          { start: (demand) => demand.request(1000) },
          { inFlight },
        );
        source.source$.pipe(delay(50)).subscribe(consumer);
        at(40, () => expect(source.drawn).toBe(inFlight));
      });
    }
  });

  it('gives each of several sources its own', () => {
    inVirtualTime(100, (at) => {
      const sources = [counting('pulled'), counting('pulled'), counting('answering later')];
      const { consumer } = requesting<number>(1000);
      merge(...sources.map(({ source$ }) => source$.pipe(delay(50)))).subscribe(consumer);
      at(40, () => expect(sources.map(({ drawn }) => drawn)).toEqual([WINDOW, WINDOW, WINDOW]));
    });
  });

  it.each<[string, (source$: Observable<number>) => Observable<unknown>]>([
    ['inner sources', concatMap((n) => pullFrom([n, n]))],
    [
      'inner sources of inner sources',
      (source$) =>
        source$.pipe(
          concatMap((n) => pullFrom([n])),
          mergeMap((n) => pullFrom([n])),
        ),
    ],
    [
      'windows of ours',
      (source$) =>
        source$.pipe(
          windowWithCount(4),
          mergeMap((window$) => window$),
        ),
    ],
    ['a source that is repeated', (source$) => source$.pipe(take(1), repeat(5000))],
    [
      'a source that is repeated later',
      (source$) =>
        source$.pipe(
          take(4),
          repeatWhen((ended) => ended.pipe(delay(1))),
        ),
    ],
    [
      'the inner sources of a branch of a zip',
      (source$) => zip(source$.pipe(mergeMap((n) => pullFrom([n]))), NEVER),
    ],
    [
      'what stands in groups',
      (source$) =>
        source$.pipe(
          groupBy((n) => n % 3),
          mergeMap((group$) => group$.pipe(mergeMap((n) => timer(700).pipe(map(() => n))))),
        ),
    ],
  ])('counts what came of %s also when that has ended', (_, operator) => {
    for (const last of [concatMap(() => NEVER), delay(900)]) {
      inVirtualTime(500, () => {
        const source = counting('pulled', 2000);
        operator(source.source$)
          .pipe(last)
          .subscribe(new DemandSubscriber<unknown>({ start: (demand) => demand.request(1) }));
        asyncScheduler.schedule(() => expect(source.drawn).toBeLessThanOrEqual(2 * WINDOW), 400);
      });
    }
  });

  it('does not take the next window for the item that opened it', () => {
    const log: unknown[] = [];
    inVirtualTime(100, () => {
      pullFrom([1, 2, 3])
        .pipe(
          windowCount(1),
          mergeMap((window) => window),
          filter((n) => n === 3),
        )
        .subscribe(
          new DemandSubscriber<number>(
            { start: (demand) => demand.request(1), next: (value) => void log.push(value) },
            { inFlight: 1 },
          ),
        );
    });
    expect(log).toEqual([3]);
  });

  it.each<[string, (group: Observable<number>) => Observable<number>]>([
    ['count', (group) => group.pipe(count())],
    ['a filter', (group) => group.pipe(filter((n) => n >= 60))],
    [
      'arrays',
      (group) =>
        group.pipe(
          bufferCount(2),
          map(([n = 0]) => n),
        ),
    ],
  ])(
    'is not held up by groups that swallow what opens them, with more keys than the window: %s',
    (_, within) => {
      const plain: number[] = [];
      range(0, 100)
        .pipe(
          groupBy((n) => n % 20),
          mergeMap(within),
        )
        .subscribe((n) => plain.push(n));
      for (const inFlight of [1, 2, WINDOW]) {
        const log: number[] = [];
        inVirtualTime(1000, () => {
          pullFrom(Array.from({ length: 100 }, (_n, i) => i))
            .pipe(
              groupBy((n) => n % 20),
              mergeMap(within),
            )
            .subscribe(
              new DemandSubscriber<number>(
                { start: (demand) => demand.request(Infinity), next: (n) => void log.push(n) },
                { inFlight },
              ),
            );
        });
        expect([...log].sort()).toEqual([...plain].sort());
      }
    },
  );

  it.each<[string, number, (source$: Observable<number>) => Observable<unknown>]>([
    [
      'an item that the limit of expand set aside, and that came on when its inner Observable had ended',
      1,
      (source$) =>
        source$.pipe(
          expand((n) => (n < 100 ? pullFrom([n + 100]).pipe(delay(3)) : EMPTY), 1),
          takeLast(2),
        ),
    ],
    [
      'what the limit of expand set aside, and what that brings, when its source has ended',
      1,
      () =>
        of(0, 1).pipe(
          expand((n) => (n < 100 ? timer(2).pipe(mergeMap(() => pullFrom([n + 100, n + 200]))) : EMPTY), 1),
          delay(1),
        ),
    ],
    [
      'inner Observables of expand that wait for a place which only their own ending frees',
      2,
      expand((n) => (n < 100 ? pullFrom([n + 100, n + 200, n + 300]) : EMPTY), 1),
    ],
    [
      'a source that subscribeOn subscribes to when all else stands',
      2,
      (source$) =>
        source$.pipe(
          concatMap(() => concat(timer(1), timer(1))),
          subscribeOn(asyncScheduler),
          debounceTime(3),
        ),
    ],
    [
      'a source that takes the place of one that has failed meanwhile',
      2,
      (source$) =>
        source$.pipe(
          mergeMap(() => timer(1).pipe(mergeMap(() => throwError(() => 'broken')))),
          catchError(() => source$.pipe(concatMap(() => concat(timer(1), timer(1))))),
          debounceTime(3),
        ),
    ],
    [
      'a window that waits to be filled above a branch of forkJoin',
      3,
      (source$) =>
        forkJoin([
          source$.pipe(
            windowCount(3),
            mergeMap((window) => window.pipe(take(2))),
          ),
          pullFrom([1]),
        ]),
    ],
    [
      'a group, taken at first for what holds the item that opened it',
      2,
      (source$) =>
        source$.pipe(
          groupBy((n) => n % 3),
          mergeMap((group) => group.pipe(mergeMap((n) => timer(2).pipe(map(() => n)), 2))),
          windowCount(3),
          mergeMap((window) => window.pipe(take(2))),
        ),
    ],
  ])('is not held up by %s', (_, inFlight, operator) => {
    let completed = false;
    inVirtualTime(1000, () => {
      operator(pullFrom([0, 1, 2, 3, 4, 5, 6])).subscribe(
        new DemandSubscriber<unknown>(
          {
            start: (demand) => demand.request(Infinity),
            complete: () => {
              completed = true;
            },
          },
          { inFlight },
        ),
      );
    });
    expect(completed).toBe(true);
  });

  it('is not held up by a deferred branch of a join', () => {
    const log: unknown[] = [];
    inVirtualTime(1000, () => {
      const later = (limit: number) => counting('answering later', limit).source$;
      concat(
        later(2),
        forkJoin([later(20), defer(() => pullFrom(Array.from({ length: 25 }, (_n, i) => i)))]),
      ).subscribe(
        new DemandSubscriber<unknown>({
          start: (demand) => demand.request(Infinity),
          next: (value) => void log.push(value),
        }),
      );
    });
    expect(log).toEqual([0, 1, [19, 24]]);
  });
});
