import { describe, expect, it } from '@jest/globals';
import { bufferCount, concat, from, lastValueFrom, of, Subject, throwError, toArray } from 'rxjs';
import {
  bufferWithCount,
  DemandObservable,
  type DemandSink,
  DemandSubscriber,
  pullFrom,
} from '../../src/index.js';
import { recorder } from '../recorder.js';

describe('bufferWithCount', () => {
  it.each<[number, number, number[], number[]]>([
    // count, skip, requests for arrays, requests for values
    [2, 2, [1, 1, 3], [2, 2, 6]],
    [3, 3, [Infinity], [Infinity]],
    [3, 1, [1, 1, 2], [3, 1, 2]],
    [5, 2, [3, 3], [9, 6]],
    [3, 5, [1, 2], [3, 10]],
    [1, 4, [2, 1], [5, 4]],
    [2, 3, [Number.MAX_SAFE_INTEGER], [Infinity]],
    [2, 3, [1, Infinity, 5], [2, Infinity]],
  ])('(%d, %d) asks for %p arrays with %p values', (count, skip, requests, upstream) => {
    const asked: number[] = [];
    const { consumer } = recorder<number[]>();
    new DemandObservable<number>(() => ({ request: (n) => void asked.push(n), unsubscribe() {} }))
      .pipe(bufferWithCount(count, skip))
      .subscribe(consumer);
    for (const n of requests) consumer.request(n);
    expect(asked).toEqual(upstream);
  });

  it.each([
    [2, 2],
    [3, 1],
    [3, 2],
    [2, 5],
    [4, 4],
    [1, 1],
    [9, 9],
    [9, 2],
  ])('(%d, %d) draws exactly what n arrays need, and gives what bufferCount gives', async (count, skip) => {
    const expected = await lastValueFrom(from(Array(8).keys()).pipe(bufferCount(count, skip), toArray()));
    let drawn = 0;
    function* numbers() {
      while (drawn < 8) yield drawn++;
    }
    const { log, consumer } = recorder<number[]>();
    pullFrom(numbers()).pipe(bufferWithCount(count, skip)).subscribe(consumer);
    for (let n = 1; n <= expected.length + 1; n++) {
      expect(drawn).toBe(n === 1 ? 0 : Math.min(8, (n - 2) * skip + count));
      consumer.request(1);
      expect(log.filter((value) => value !== '|')).toEqual(expected.slice(0, n));
    }
    expect(log.at(-1)).toBe('|');
  });

  it('hands out the arrays that are open at the end one per request, and the end with the last', () => {
    const { log, consumer } = recorder<number[]>();
    pullFrom([1, 2, 3, 4, 5]).pipe(bufferWithCount(3, 1)).subscribe(consumer);
    consumer.request(3);
    expect(log).toEqual([
      [1, 2, 3],
      [2, 3, 4],
      [3, 4, 5],
    ]);
    consumer.request(1);
    expect(log.slice(3)).toEqual([[4, 5]]);
    consumer.request(1);
    expect(log.slice(3)).toEqual([[4, 5], [5], '|']);
  });

  it('needs no demand to end where no array is open', () => {
    const { log, consumer } = recorder<number[]>();
    pullFrom([1, 2]).pipe(bufferWithCount(2)).subscribe(consumer);
    consumer.request(1);
    expect(log).toEqual([[1, 2], '|']);
  });

  it.each([
    ['arrays that follow each other', 2, 2, 1, [3, 4, 5]],
    ['arrays that overlap', 3, 1, 1, [4, 5]],
    ['arrays that overlap, none of them taken', 3, 1, 0, [1, 2, 3, 4, 5]],
    ['an array that is not full', 2, 2, 3, [5]],
    ['an array that is not full, and overlaps', 3, 2, 3, []],
    ['arrays with a gap', 1, 2, 1, [2, 3, 4, 5]],
  ])('tells onDrop of each value that was in no array, once: %s', (_, count, skip, requested, told) => {
    const source$ = new Subject<number>();
    const dropped: unknown[] = [];
    const { consumer } = recorder<number[]>();
    const onDrop = (value: number, reason: string) => dropped.push([value, reason]);
    source$.pipe(bufferWithCount(count, skip, { onDrop })).subscribe(consumer);
    if (requested > 0) consumer.request(requested);
    for (const n of [1, 2, 3, 4, 5]) source$.next(n);
    consumer.unsubscribe();
    expect(dropped).toEqual(told.map((value) => [value, 'unsubscribed']));
  });

  it('tells onDrop of each value of the arrays that wait when left from inside next, once', () => {
    const source$ = new Subject<number>();
    const dropped: number[] = [];
    const { consumer } = recorder<number[]>({
      next: () => {
        for (const n of [4, 5, 6]) source$.next(n);
        source$.complete();
        consumer.unsubscribe();
      },
    });
    source$.pipe(bufferWithCount(3, 2, { onDrop: (value) => dropped.push(value) })).subscribe(consumer);
    consumer.request(3);
    for (const n of [1, 2, 3]) source$.next(n);
    expect(dropped).toEqual([4, 5, 6]);
  });

  it.each([
    ['leaves', 2, 2, (consumer: DemandSubscriber<number[]>) => consumer.unsubscribe()],
    ['leaves, where arrays overlap', 3, 1, (consumer: DemandSubscriber<number[]>) => consumer.unsubscribe()],
    [
      'throws',
      2,
      2,
      () => {
        throw 'mine';
      },
    ],
  ])(
    'tells onDrop of no value of a last, shorter array from inside which the consumer %s',
    (_, count, skip, end) => {
      const source$ = new Subject<number>();
      const dropped: number[] = [];
      const { log, consumer } = recorder<number[]>({
        start: (demand) => demand.request(9),
        next: (values) => {
          if (values.length < count) end(consumer);
        },
      });
      source$
        .pipe(bufferWithCount(count, skip, { onDrop: (value) => dropped.push(value) }))
        .subscribe(consumer);
      for (const n of [1, 2, 3]) source$.next(n);
      source$.complete();
      expect(log.flat()).toContain(3);
      expect(dropped).toEqual([]);
    },
  );

  it('discards the open arrays on an error, and hands out the full ones first', () => {
    const { log, consumer } = recorder<number[]>();
    concat(
      of(1, 2, 3),
      throwError(() => undefined),
    )
      .pipe(bufferWithCount(2))
      .subscribe(consumer);
    consumer.request(1);
    expect(log[0]).toEqual([1, 2]);
    consumer.request(1);
    expect(log).toEqual([[1, 2], { error: undefined }]);
  });

  it('tells onDrop of the open array that an error discards, and of nothing after the end', () => {
    const dropped: number[] = [];
    const onDrop = (value: number) => dropped.push(value);
    of(1, 2, 3)
      .pipe(bufferWithCount(2, 2, { onDrop }))
      .subscribe();
    expect(dropped).toEqual([]);
    concat(
      of(1, 2, 3),
      throwError(() => 'broken'),
    )
      .pipe(bufferWithCount(2, 2, { onDrop }))
      .subscribe({ error: () => {} });
    expect(dropped).toEqual([3]);
  });

  it('keeps the order when a hot source emits from inside next', () => {
    const source$ = new Subject<number>();
    const log: number[][] = [];
    source$.pipe(bufferWithCount(2)).subscribe(
      new DemandSubscriber<number[]>({
        start: (demand) => demand.request(Infinity),
        next: (values) => {
          if (values[0] === 1) {
            source$.next(3);
            source$.next(4);
          }
          log.push(values);
        },
      }),
    );
    source$.next(1);
    source$.next(2);
    expect(log).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('serves requests made from inside next', () => {
    const log: unknown[] = [];
    pullFrom([1, 2, 3, 4, 5])
      .pipe(bufferWithCount(2))
      .subscribe(
        new DemandSubscriber<number[]>({
          start: (demand) => demand.request(1),
          next: (values, demand) => {
            demand.request(1);
            log.push(values);
          },
          complete: () => log.push('|'),
        }),
      );
    expect(log).toEqual([[1, 2], [3, 4], [5], '|']);
  });

  it('keeps the state of each subscription apart, and releases the source', () => {
    const sinks: DemandSink<number>[] = [];
    let released = 0;
    const arrays$ = new DemandObservable<number>((sink) => {
      sinks.push(sink);
      return { request() {}, unsubscribe: () => void released++ };
    }).pipe(bufferWithCount(2));
    const first = recorder<number[]>();
    const second = recorder<number[]>();
    for (const { consumer } of [first, second]) {
      arrays$.subscribe(consumer);
      consumer.request(1);
    }
    sinks[0]?.next(1);
    sinks[1]?.next(10);
    sinks[0]?.next(2);
    expect([first.log, second.log]).toEqual([[[1, 2]], []]);
    second.consumer.unsubscribe();
    expect(released).toBe(1);
  });

  it.each<[unknown[], string]>([
    [[0], 'bufferWithCount: count must be an integer of at least 1, got 0'],
    [[2.5], 'count'],
    [['2'], "count must be an integer of at least 1, got '2'"],
    [[Infinity], 'count'],
    [[2, 0], 'skip must be an integer of at least 1, got 0'],
    [[2, -1], 'skip'],
    [[2, '1'], 'skip'],
  ])('refuses %p where they are written', (args, message) => {
    expect(() => bufferWithCount(...(args as [number, number]))).toThrow(message);
  });
});
