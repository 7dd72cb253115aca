/** Subtle behaviour that other systems test, cases 36 to 48: batching; prefetch and pace. */
import { describe, expect, it, jest } from '@jest/globals';
import { type OperatorFunction, Subject } from 'rxjs';
import {
  batchWhileBusy,
  bufferWithCount,
  bufferWithTimeOrCount,
  controlledRequest,
  prefetch,
  pullFrom,
  rateLimit,
} from '../../src/index.js';
import { recorder } from '../recorder.js';
import { Counter, HandDriven, inVirtualTime } from './watched.js';

describe('bufferWithCount', () => {
  it.each<[string, number, number, number[], number[]]>([
    ['exact', 3, 3, [1, 2], [3, 6]],
    ['gap', 2, 5, [1, 2], [2, 10]],
    ['overlap', 5, 2, [3, 3], [9, 6]],
  ])('case 36: the first and later requests in values: %s', (_, count, skip, requests, asked) => {
    const hand = new HandDriven<number>();
    const { consumer } = recorder<number[]>();
    hand.source$.pipe(bufferWithCount(count, skip)).subscribe(consumer);
    for (const n of requests) consumer.request(n);
    expect(hand.asked).toEqual(asked);
  });

  it('case 37: where arrays overlap, the open ones come one a request after the end, and it rides with the last', () => {
    const { log, consumer } = recorder<number[]>();
    pullFrom([1, 2, 3, 4]).pipe(bufferWithCount(3, 1)).subscribe(consumer);
    consumer.request(2);
    expect(log).toEqual([
      [1, 2, 3],
      [2, 3, 4],
    ]);
    consumer.request(1);
    expect(log.slice(2)).toEqual([[3, 4]]);
    consumer.request(1);
    expect(log.slice(2)).toEqual([[3, 4], [4], '|']);
  });

  it('case 38: where values are left out, the last array completes with no demand to spare', () => {
    const { log, consumer } = recorder<number[]>();
    pullFrom([1, 2, 3, 4, 5, 6]).pipe(bufferWithCount(2, 3)).subscribe(consumer);
    consumer.request(2);
    expect(log).toEqual([
      [1, 2],
      [4, 5],
    ]);
    const shorter = recorder<number[]>();
    pullFrom([1, 2, 3, 4]).pipe(bufferWithCount(2, 3)).subscribe(shorter.consumer);
    shorter.consumer.request(2);
    expect(shorter.log).toEqual([[1, 2], [4], '|']);
  });

  it('case 39: a product beyond the integers is unbounded', () => {
    for (const [count, skip] of [
      [3, 3],
      [2, 5],
      [5, 2],
    ] as const) {
      const hand = new HandDriven<number>();
      const { consumer } = recorder<number[]>();
      hand.source$.pipe(bufferWithCount(count, skip)).subscribe(consumer);
      consumer.request(Number.MAX_SAFE_INTEGER);
      expect(hand.asked).toEqual([Infinity]);
    }
  });
});

describe('bufferWithTimeOrCount', () => {
  it('case 40: a due array waits for demand, and nothing fails', () => {
    inVirtualTime((scheduler) => {
      const hand = new HandDriven<number>();
      const { log, consumer } = recorder<number[]>();
      hand.source$.pipe(bufferWithTimeOrCount({ count: 3, time: 5 })).subscribe(consumer);
      hand.next(1, 2);
      scheduler.schedule(() => expect(log).toEqual([]), 100);
      scheduler.schedule(() => {
        consumer.request(1);
        expect(log).toEqual([[1, 2]]);
        consumer.unsubscribe();
      }, 101);
    });
  });

  it('case 41: an array that is due early asks for as many more as it took, never for more than an array', () => {
    inVirtualTime((scheduler) => {
      const hand = new HandDriven<number>();
      const { consumer } = recorder<number[]>();
      hand.source$.pipe(bufferWithTimeOrCount({ count: 4, time: 5 })).subscribe(consumer);
      consumer.request(Infinity);
      let emitted = 0;
      for (let time = 0; time < 60; time += 3) {
        scheduler.schedule(() => {
          hand.next(emitted++);
          expect(hand.total - emitted).toBeLessThanOrEqual(4);
          expect(hand.total - emitted).toBeGreaterThan(0);
        }, time);
      }
      scheduler.schedule(() => {
        expect(hand.total).toBe(emitted + 4);
        consumer.unsubscribe();
      }, 100);
    });
  });
});

describe('arrays that are not full', () => {
  type OnDrop = (value: number, reason: string) => void;
  it.each<[string, (onDrop: OnDrop) => OperatorFunction<number, number[]>, number]>([
    ['bufferWithCount', (onDrop) => bufferWithCount(4, 4, { onDrop }), 1],
    [
      'bufferWithTimeOrCount',
      (onDrop) => bufferWithTimeOrCount({ count: 4, time: 5, errors: 'first', onDrop }),
      1,
    ],
    ['batchWhileBusy', (onDrop) => batchWhileBusy({ max: 4, errors: 'first', onDrop }), 0],
  ])(
    'case 42: are told to onDrop on unsubscribe, and on an error that does not wait for them: %s',
    (_, make, requested) => {
      for (const ending of ['unsubscribe', 'error'] as const) {
        const source$ = new Subject<number>();
        const dropped: [number, string][] = [];
        const { log, consumer } = recorder<number[]>();
        source$.pipe(make((value, reason) => void dropped.push([value, reason]))).subscribe(consumer);
        if (requested > 0) consumer.request(requested);
        source$.next(1);
        source$.next(2);
        if (ending === 'unsubscribe') consumer.unsubscribe();
        else source$.error('broken');
        expect(dropped).toEqual([
          [1, 'unsubscribed'],
          [2, 'unsubscribed'],
        ]);
        expect(log).toEqual(ending === 'unsubscribe' ? [] : [{ error: 'broken' }]);
      }
    },
  );

  it('case 42, the other way round: what a skip larger than count leaves out was never to be delivered, and is not told', () => {
    const dropped: number[] = [];
    const { log, consumer } = recorder<number[]>();
    pullFrom([1, 2, 3, 4, 5, 6])
      .pipe(bufferWithCount(2, 3, { onDrop: (value) => dropped.push(value) }))
      .subscribe(consumer);
    consumer.request(3);
    expect([log, dropped]).toEqual([[[1, 2], [4, 5], '|'], []]);
  });
});

describe('prefetch', () => {
  it.each<[number, number | undefined, number[]]>([
    [40, undefined, [40, 30, 30, 30]],
    [10, 8, [10, 8, 8, 8]],
    [10, 2, [10, 2, 2, 2]],
    [1, undefined, [1, 1, 1, 1]],
  ])('case 43: prefetch(%p, %p) asks for the first, then for the second, again and again', (n, at, asked) => {
    const hand = new HandDriven<number>();
    const seen: number[] = [];
    hand.source$.pipe(prefetch(n, at)).subscribe((value) => seen.push(value));
    for (let value = 0; value < 400 && value < hand.total; value++) hand.next(value);
    expect(hand.asked.slice(0, 4)).toEqual(asked);
    expect(seen).toHaveLength(400);
    expect(hand.total).toBeLessThanOrEqual(400 + n);
    expect(() => prefetch(10, 0)).toThrow(RangeError);
    expect(() => prefetch(10, 11)).toThrow(RangeError);
  });

  it('case 44: demand below the prefetch is met exactly, with one request', () => {
    for (let n = 1; n <= 11; n++) {
      const counter = new Counter();
      const { log, consumer } = recorder<number>();
      counter.source$.pipe(prefetch(12, 12)).subscribe(consumer);
      consumer.request(n);
      expect([log.length, counter.asked]).toEqual([n, [12]]);
    }
  });

  it('case 45: asks for nothing after unsubscribe from inside the first next', () => {
    for (const operator of [prefetch<number>(1), bufferWithTimeOrCount<number>({ count: 1, time: 5 })]) {
      const hand = new HandDriven<number>();
      const { consumer } = recorder<unknown>({
        start: (demand) => demand.request(5),
        next: (_, demand) => demand.unsubscribe(),
      });
      hand.source$.pipe(operator as ReturnType<typeof prefetch<unknown>>).subscribe(consumer);
      const before = hand.total;
      hand.next(1);
      expect([hand.total, hand.released]).toEqual([before, 1]);
    }
  });

  it('case 46: prefetch(Infinity) is a truly unbounded request', () => {
    const hand = new HandDriven<number>();
    const { consumer } = recorder<number>();
    hand.source$.pipe(prefetch(Infinity)).subscribe(consumer);
    expect(hand.asked).toEqual([Infinity]);
  });
});

describe('pace', () => {
  it('case 48: a request of a notifier that is none, or that throws, releases the source and fails downstream', () => {
    for (const request of ['bad', 'throw'] as const) {
      const hand = new HandDriven<number>();
      const requests$ = new Subject<number>();
      const { log, consumer } = recorder<number>();
      hand.source$.pipe(controlledRequest(requests$)).subscribe(consumer);
      consumer.request(1);
      if (request === 'bad') requests$.next(0);
      else requests$.error('mine');
      expect(log).toEqual([{ error: request === 'bad' ? expect.any(RangeError) : 'mine' }]);
      expect([hand.released, requests$.observed]).toEqual([1, false]);
    }
  });

  it('case 48: the timer of a pacer is stopped by every early ending', () => {
    jest.useFakeTimers();
    for (const ending of ['complete', 'error', 'unsubscribe'] as const) {
      const hand = new HandDriven<number>();
      const { consumer } = recorder<number>();
      hand.source$.pipe(rateLimit({ permits: 1, per: 100 })).subscribe(consumer);
      consumer.request(5);
      hand.next(1);
      expect(jest.getTimerCount()).toBe(1);
      if (ending === 'unsubscribe') consumer.unsubscribe();
      else hand[ending](undefined);
      expect(jest.getTimerCount()).toBe(0);
    }
    jest.useRealTimers();
  });
});
