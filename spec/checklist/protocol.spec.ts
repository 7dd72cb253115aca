/** Subtle behaviour that other systems test, cases 1 to 17: the protocol; filtering, taking, scanning. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import {
  concat,
  EMPTY,
  filter,
  type MonoTypeOperatorFunction,
  mergeMap,
  type Observable,
  type OperatorFunction,
  reduce,
  Subject,
  scan,
  skip,
  startWith,
  switchMap,
  take,
  takeLast,
  throwError,
  timer,
} from 'rxjs';
import {
  boundedBuffer,
  DemandSubscriber,
  type Publisher,
  type PublisherSubscriber,
  prefetch,
  pullFrom,
  tapDemand,
} from '../../src/index.js';
import { ROWS } from '../properties/rows.js';
import { recorder, requesting } from '../recorder.js';
import { Counter, HandDriven, inVirtualTime } from './watched.js';

const unpaused$ = new Subject<boolean>();
/** Every operator of this library by name, with a drop callback that is not looked at. */
const PLAIN = ROWS.filter(({ name }) => !name.includes("'"));
const OPERATORS = PLAIN.map(
  ({ name, make, ahead }) => [name, () => make(() => {}, unpaused$), ahead] as const,
);
/** Those that answer at once, and value for value. */
const PROMPT = PLAIN.filter(({ waits, size }) => waits !== true && size === undefined).map(
  ({ name, make }) => [name, () => make(() => {}, unpaused$) as MonoTypeOperatorFunction<number>] as const,
);

describe.each(OPERATORS)('%s', (_, operator, ahead) => {
  it('case 1: never more is delivered than requested, at every step', () => {
    inVirtualTime((scheduler) => {
      let requested = 0;
      let delivered = 0;
      const consumer = new DemandSubscriber<unknown>({ next: () => delivered++ });
      const counter = new Counter(30);
      counter.source$.pipe(operator()).subscribe(consumer);
      for (let i = 0; i < 10; i++) {
        scheduler.schedule(() => {
          requested++;
          consumer.request(1);
          expect(delivered).toBeLessThanOrEqual(requested);
        }, i * 10);
        scheduler.schedule(() => expect(delivered).toBeLessThanOrEqual(requested), i * 10 + 9);
      }
      expect(delivered).toBe(0);
    });
  });

  it.each([0, -1, 1.5, Number.NaN])(
    'case 4: request(%p) gives one RangeError, releases the source once, and later signals are ignored',
    (n) => {
      const hand = new HandDriven<number>();
      const { log, consumer } = recorder<unknown>();
      hand.source$.pipe(operator()).subscribe(consumer);
      consumer.request(1);
      consumer.request(n);
      hand.next(1, 2, 3);
      hand.complete();
      consumer.request(n);
      consumer.request(1);
      expect(log).toEqual([{ error: expect.any(RangeError) }]);
      expect([hand.released, consumer.closed]).toEqual([1, true]);
    },
  );

  it('case 5: after unsubscribe, request and unsubscribe do nothing, in any order, any number of times', () => {
    const hand = new HandDriven<number>();
    const { log, consumer } = recorder<unknown>();
    hand.source$.pipe(operator()).subscribe(consumer);
    consumer.request(1);
    consumer.unsubscribe();
    const { total } = hand;
    for (const n of [1, -1, Infinity]) {
      consumer.request(n);
      consumer.unsubscribe();
    }
    hand.next(1);
    hand.error('late');
    expect([log, hand.total, hand.released]).toEqual([[], total, 1]);
  });

  it('case 6: completion and error need no demand where nothing is held', () => {
    const sources: [Observable<number>, unknown][] = [
      [EMPTY, '|'],
      [pullFrom<number>([]), '|'],
      [throwError(() => undefined), { error: undefined }],
    ];
    for (const [source$, ending] of sources) {
      const { log, consumer } = recorder<unknown>();
      source$.pipe(operator()).subscribe(consumer);
      expect(log).toEqual([ending]);
    }
  });

  it('case 11: never forwards request(0), nor anything else that is no positive integer', () => {
    const hand = new HandDriven<number>();
    const { consumer } = recorder<unknown>({ next: (__, demand) => demand.request(1) });
    hand.source$.pipe(operator()).subscribe(consumer);
    consumer.request(3);
    for (let i = 0; i < 20; i++) hand.next(i);
    consumer.unsubscribe();
    expect(hand.asked.filter((n) => !(Number.isInteger(n) && n > 0))).toEqual([]);
    expect(hand.total).toBeGreaterThan(ahead);
  });
});

describe.each(PROMPT)('%s', (_, operator) => {
  it('case 2: twenty thousand requests from inside next do not grow the stack', () => {
    let delivered = 0;
    new Counter(20_000).source$.pipe(operator()).subscribe(
      new DemandSubscriber<unknown>({
        start: (demand) => demand.request(1),
        next: (__, demand) => {
          delivered++;
          demand.request(1);
        },
      }),
    );
    expect(delivered).toBe(20_000);
  });

  it('case 3: requests made before any value add up, and sums beyond the integers become unbounded', () => {
    const counter = new Counter(50);
    const { log, consumer } = recorder<unknown>();
    counter.source$.pipe(operator()).subscribe(consumer);
    consumer.request(2);
    consumer.request(3);
    expect(log).toHaveLength(5);
    consumer.request(Number.MAX_SAFE_INTEGER);
    consumer.request(Number.MAX_SAFE_INTEGER);
    expect(log).toHaveLength(51);
    const hand = new HandDriven<number>();
    const late = recorder<unknown>();
    hand.source$.pipe(operator()).subscribe(late.consumer);
    late.consumer.request(2);
    late.consumer.request(3);
    hand.next(1, 2, 3, 4, 5);
    expect(late.log).toEqual([1, 2, 3, 4, 5]);
  });

  it('case 3: requests whose sum is beyond the integers do not stall what concat goes on with', () => {
    const { log, consumer } = recorder<unknown>();
    concat(pullFrom([1, 2]), pullFrom([3, 4]).pipe(operator())).subscribe(consumer);
    consumer.request(Number.MAX_SAFE_INTEGER - 1);
    consumer.request(Number.MAX_SAFE_INTEGER - 1);
    expect(log).toEqual([1, 2, 3, 4, '|']);
    const part = recorder<unknown>();
    concat(pullFrom([1, 2]).pipe(operator()), pullFrom([3, 4])).subscribe(part.consumer);
    part.consumer.request(1);
    part.consumer.request(Number.MAX_SAFE_INTEGER);
    expect(part.log).toEqual([1, 2, 3, 4, '|']);
  });

  it('case 7: exactly n requested of n completes at once, with no request for more', () => {
    const { log, consumer } = recorder<unknown>();
    pullFrom([1, 2, 3]).pipe(operator()).subscribe(consumer);
    consumer.request(3);
    expect(log).toEqual([1, 2, 3, '|']);
  });
});

describe('a source', () => {
  it('case 8: asks its iterator nothing once demand or interest has ended', () => {
    for (const [operator, drawn] of [
      [boundedBuffer<number>({ capacity: 1 }), 3],
      [take<number>(2), 2],
      [filter<number>((n) => n % 2 === 1), 6],
    ] as const) {
      let asked = 0;
      const { log, consumer } = recorder<number>();
      const numbers = { next: () => ({ done: false, value: asked++ }), [Symbol.iterator]: () => numbers };
      pullFrom<number>(numbers as Iterable<number>)
        .pipe(operator)
        .subscribe(consumer);
      expect(asked).toBe(0);
      consumer.request(3);
      expect(asked).toBe(drawn);
      expect(log.filter((entry) => typeof entry === 'number')).toHaveLength(Math.min(3, drawn));
    }
  });

  it('case 9: unsubscribe lets go of what waits, and of the observer', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const source$ = new Subject<object>();
    const keep: unknown[] = [];
    const waits = () => {
      const value = {};
      const observer = { next: () => {} };
      const consumer = new DemandSubscriber<object>(observer);
      source$.pipe(boundedBuffer({ capacity: 5 }), prefetch(2)).subscribe(consumer);
      for (let i = 0; i < 4; i++) source$.next(value);
      consumer.unsubscribe();
      keep.push(consumer);
      return [new WeakRef(value), new WeakRef(observer)];
    };
    const references = waits();
    await new Promise((resolve) => setImmediate(resolve));
    gc();
    expect(keep).toHaveLength(1);
    expect(references.map((reference) => reference.deref())).toEqual([undefined, undefined]);
  });

  it('case 10: that comes late is asked once, for the sum of what was requested before', () => {
    const asked: number[] = [];
    let subscriber: PublisherSubscriber<number> | undefined;
    const publisher: Publisher<number> = {
      subscribe: (given) => {
        subscriber = given;
      },
    };
    const { consumer } = recorder<number>();
    pullFrom(publisher)
      .pipe(boundedBuffer({ capacity: 1 }))
      .subscribe(consumer);
    consumer.request(2);
    consumer.request(3);
    subscriber?.onSubscribe({ request: (n) => void asked.push(n), cancel() {} });
    expect(asked).toEqual([5]);
    inVirtualTime((scheduler) => {
      const counter = new Counter();
      const { log, consumer } = recorder<number>();
      timer(5)
        .pipe(switchMap(() => counter.source$))
        .subscribe(consumer);
      consumer.request(2);
      consumer.request(3);
      scheduler.schedule(() => expect([log.length, counter.total]).toEqual([5, 5]), 10);
    });
  });
});

describe('native operators', () => {
  it('case 12: filter replaces each rejected value: asked for as much as was accepted and rejected', () => {
    const counter = new Counter();
    const { log, consumer } = recorder<number>();
    counter.source$.pipe(filter((n) => n % 20 === 19)).subscribe(consumer);
    consumer.request(2);
    expect([log, counter.total, counter.drawn]).toEqual([[19, 39], 40, 40]);
  });

  it('case 13: take(n) never asks a source that answers at once for more than n, whatever is requested', () => {
    const counter = new Counter();
    const { log, consumer } = recorder<number>();
    counter.source$.pipe(take(5)).subscribe(consumer);
    consumer.request(2);
    expect(counter.total).toBe(2);
    consumer.request(1);
    expect(counter.total).toBe(3);
    consumer.request(Infinity);
    expect([log, counter.total, counter.released]).toEqual([[0, 1, 2, 3, 4, '|'], 5, 1]);
  });

  it('case 13: one that answers later is asked for the smaller of what is requested and the window', () => {
    for (const [n, asked] of [
      [3, 3],
      [Infinity, 16],
    ] as const) {
      const hand = new HandDriven<number>();
      hand.source$.pipe(take(5)).subscribe(requesting<number>(n).consumer);
      expect(hand.total).toBe(asked);
    }
  });

  it('case 13: nor does take(n) below an operator of ours, nor what makes many values of one ask for more than it needs', () => {
    for (const operator of [tapDemand<number>(), boundedBuffer<number>({ capacity: 1 })]) {
      const counter = new Counter();
      const { log, consumer } = requesting<number>(100);
      counter.source$.pipe(operator, take(5)).subscribe(consumer);
      expect([log, counter.total, counter.released]).toEqual([[0, 1, 2, 3, 4, '|'], 5, 1]);
      const twice = new Counter();
      const many = requesting<number>(10);
      twice.source$
        .pipe(
          operator,
          mergeMap((n) => [n, n]),
        )
        .subscribe(many.consumer);
      expect([many.log.length, twice.total]).toEqual([10, 5]);
    }
  });

  it('case 14: take(n) delivers n though its source emits from inside next, and take(0) does not subscribe', () => {
    const source$ = new Subject<number>();
    const { log, consumer } = recorder<number>({
      start: (demand) => demand.request(Infinity),
      next: (value) => source$.next(value + 1),
    });
    source$.pipe(boundedBuffer({ capacity: 5 }), take(3)).subscribe(consumer);
    source$.next(1);
    expect([log, source$.observed]).toEqual([[1, 2, 3, '|'], false]);
    const hand = new HandDriven<number>();
    const none = recorder<number>();
    hand.source$.pipe(take(0)).subscribe(none.consumer);
    expect([none.log, hand.connected]).toEqual([['|'], 0]);
  });

  it('case 15: startWith spends demand on its value; scan with a seed passes one value for one', () => {
    const counter = new Counter();
    const { log, consumer } = recorder<number>();
    counter.source$.pipe(startWith(-1)).subscribe(consumer);
    consumer.request(1);
    expect([log, counter.total]).toEqual([[-1], 0]);
    consumer.request(1);
    expect([log, counter.total]).toEqual([[-1, 0], 1]);
    const scanned = new Counter();
    const sums = recorder<number>();
    scanned.source$.pipe(scan((sum, n) => sum + n, 100)).subscribe(sums.consumer);
    sums.consumer.request(3);
    expect([sums.log, scanned.total]).toEqual([[100, 101, 103], 3]);
  });

  it('case 16: takeLast and reduce draw everything, deliver under demand, and are quiet once unsubscribed from', () => {
    const last: [OperatorFunction<number, number>, unknown[]][] = [
      [takeLast(2), [8, 9, '|']],
      [reduce((sum, n) => sum + n), [45, '|']],
    ];
    for (const [operator, expected] of last) {
      const { log, consumer } = recorder<number>();
      const source$: Observable<number> = new Counter(10).source$;
      source$.pipe(operator).subscribe(consumer);
      expect(log).toEqual([]);
      consumer.request(1);
      expect(log[0]).toBe(expected[0]);
      consumer.request(1);
      expect(log).toEqual(expected);
      const left = recorder<number>();
      const counter = new Counter(10);
      counter.source$.pipe(operator).subscribe(left.consumer);
      left.consumer.unsubscribe();
      left.consumer.request(1);
      expect([left.log, counter.drawn]).toEqual([[], 0]);
    }
  });

  it('case 17: skip(n) draws n more, and the largest request does not overflow', () => {
    const counter = new Counter(10);
    const { log, consumer } = recorder<number>();
    counter.source$.pipe(skip(3)).subscribe(consumer);
    consumer.request(1);
    expect([log, counter.total]).toEqual([[3], 4]);
    consumer.request(Number.MAX_SAFE_INTEGER);
    expect(log).toEqual([3, 4, 5, 6, 7, 8, 9, '|']);
  });
});
