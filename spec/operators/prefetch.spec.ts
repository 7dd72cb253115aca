import { describe, expect, it } from '@jest/globals';
import { concat, map, mergeMap, of, Subject, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandSubscriber, OverflowError, prefetch, pullFrom } from '../../src/index.js';
import { ControllableSource } from '../../src/testing/index.js';
import { recorder } from '../recorder.js';

describe('prefetch', () => {
  it.each<[number, number | undefined, number[]]>([
    [4, undefined, [4, 3, 3, 3]],
    [4, 4, [4, 4, 4]],
    [4, 1, [4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
    [1, undefined, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
    [40, undefined, [40]],
    [Infinity, undefined, [Infinity]],
  ])(
    '(%p, %p) asks for n first, then for replenishAt each time so many are delivered',
    (n, replenishAt, requests) => {
      const source$ = new ControllableSource<number>();
      const seen: number[] = [];
      source$.pipe(prefetch(n, replenishAt)).subscribe((value) => seen.push(value));
      for (let i = 0; i < 11; i++) source$.next(i);
      expect(source$.requests).toEqual(requests);
      expect(seen).toEqual([...Array(11).keys()]);
    },
  );

  it('asks for n before anything is requested below, delivers what is requested, and keeps the rest', () => {
    const source$ = new ControllableSource<number>();
    const { log, consumer } = recorder<number>();
    source$.pipe(prefetch(4)).subscribe(consumer);
    expect(source$.requests).toEqual([4]);
    for (let i = 0; i < 4; i++) source$.next(i);
    expect(log).toEqual([]);
    consumer.request(2);
    expect([log, source$.requests]).toEqual([[0, 1], [4]]);
    consumer.request(1);
    expect([log, source$.requests]).toEqual([
      [0, 1, 2],
      [4, 3],
    ]);
  });

  it('turns a plain subscriber into one with at most n values in flight above', () => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    scheduler.run(() => {
      let drawn = 0;
      let delivered = 0;
      let worst = 0;
      function* numbers() {
        while (drawn < 60) {
          worst = Math.max(worst, drawn + 1 - delivered);
          yield drawn++;
        }
      }
      pullFrom(numbers())
        .pipe(
          mergeMap((value) => timer(5).pipe(map(() => value)), 2),
          prefetch(4),
        )
        .subscribe(() => void delivered++);
      scheduler.schedule(() => {
        expect([drawn, delivered]).toEqual([60, 60]);
        expect(worst).toBe(4);
      }, 400);
    });
  });

  it('never holds more than n that were asked for and not delivered', () => {
    let drawn = 0;
    function* numbers() {
      for (;;) yield drawn++;
    }
    const { log, consumer } = recorder<number>();
    pullFrom(numbers()).pipe(prefetch(5, 2)).subscribe(consumer);
    for (let i = 0; i < 30; i++) {
      expect(drawn - log.length).toBeLessThanOrEqual(5);
      expect(drawn - log.length).toBeGreaterThanOrEqual(4);
      consumer.request(1);
    }
    expect(log).toEqual([...Array(30).keys()]);
  });

  it('asks for nothing after the consumer has left from inside next', () => {
    const source$ = new ControllableSource<number>();
    source$.pipe(prefetch(1)).subscribe(
      new DemandSubscriber<number>({
        start: (demand) => demand.request(5),
        next: (_, demand) => demand.unsubscribe(),
      }),
    );
    source$.next(1);
    expect([source$.requests, source$.released]).toEqual([[1], 1]);
  });

  it('lets an ending follow the values that wait', () => {
    for (const [source$, ending] of [
      [of(1, 2), '|'],
      [
        concat(
          of(1, 2),
          throwError(() => undefined),
        ),
        'error',
      ],
    ] as const) {
      const log: unknown[] = [];
      const consumer = new DemandSubscriber<number>({
        next: (value) => log.push(value),
        error: () => log.push('error'),
        complete: () => log.push('|'),
      });
      source$.pipe(prefetch(4)).subscribe(consumer);
      consumer.request(1);
      expect(log).toEqual([1]);
      consumer.request(1);
      expect(log).toEqual([1, 2, ending]);
    }
  });

  it('tells onDrop of what it has read ahead when downstream leaves, once', () => {
    const dropped: unknown[] = [];
    const { consumer } = recorder<number>();
    pullFrom([1, 2, 3, 4, 5])
      .pipe(prefetch(3, 3, { onDrop: (value, reason) => dropped.push([value, reason]) }))
      .subscribe(consumer);
    consumer.request(1);
    for (let i = 0; i < 2; i++) consumer.unsubscribe();
    expect(dropped).toEqual([2, 3].map((value) => [value, 'unsubscribed']));
  });

  it('serves requests made from inside next on a flat stack', () => {
    let count = 0;
    pullFrom({ length: 100_000, 0: 0 })
      .pipe(prefetch(16))
      .subscribe(
        new DemandSubscriber<number>({
          start: (demand) => demand.request(1),
          next: (_, demand) => {
            count++;
            demand.request(1);
          },
        }),
      );
    expect(count).toBe(100_000);
  });

  it('keeps 1024 values of a source without demand beyond the n, then fails with an OverflowError', () => {
    const source$ = new Subject<number>();
    const errors: unknown[] = [];
    const consumer = new DemandSubscriber<number>({ error: (error) => errors.push(error) });
    source$.pipe(prefetch(4)).subscribe(consumer);
    for (let i = 0; i < 4 + 1024; i++) source$.next(i);
    expect(source$.observed).toBe(true);
    source$.next(1028);
    consumer.request(Infinity);
    expect(errors).toEqual([expect.objectContaining({ operator: 'prefetch', capacity: 1024 })]);
    expect(errors[0]).toBeInstanceOf(OverflowError);
  });

  it('keeps the state of each subscription apart', () => {
    const source$ = new ControllableSource<number>();
    const piped$ = source$.pipe(prefetch(3));
    piped$.subscribe();
    piped$.subscribe();
    expect(source$.requests).toEqual([3, 3]);
  });

  it.each<[unknown[], string]>([
    [[0], 'prefetch: n must be an integer of at least 1 or Infinity, got 0'],
    [[1.5], 'n must be'],
    [[Number.NaN], 'n must be'],
    [['2'], "got '2'"],
    [[4, 0], 'replenishAt must be an integer of at least 1'],
    [[4, 5], 'n must be an integer of at least 5 or Infinity, got 4'],
    [[4, 1.5], 'replenishAt'],
  ])('refuses %p where they are written', (args, message) => {
    expect(() => prefetch(...(args as [number, number]))).toThrow(message);
  });
});
