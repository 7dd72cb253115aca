/**
 * What RxJS 4 tested of its backpressure operators, as ours have it. Turned round, as the defects they were: requests add up
 * instead of replacing each other, a bad request is an error, a pause made inside `next` holds at once, and all state
 * belongs to a subscription.
 */
import { describe, expect, it } from '@jest/globals';
import {
  BehaviorSubject,
  concatMap,
  defer,
  EMPTY,
  mergeAll,
  mergeMap,
  NEVER,
  type Observable,
  of,
  Subject,
  throwError,
  toArray,
} from 'rxjs';
import {
  bufferWithCount,
  controlledRequest,
  DemandHandle,
  dropLatest,
  losslessPause,
  lossyPause,
  prefetch,
  pullFrom,
  windowWithCount,
} from '../../src/index.js';
import { recorder } from '../recorder.js';
import { Counter, HandDriven, inVirtualTime } from './watched.js';

function listener<T>() {
  const log: unknown[] = [];
  return {
    log,
    next: (value: T) => void log.push(value),
    error: (error: unknown) => void log.push({ error }),
    complete: () => void log.push('|'),
  };
}

function controlled(source$: Observable<number> = pullFrom([...Array(1000).keys()])) {
  const requests$ = new DemandHandle();
  const seen = listener<number>();
  const subscription = source$.pipe(controlledRequest(requests$)).subscribe(seen);
  return { requests$, log: seen.log, subscription };
}

describe('RxJS 4 controlled', () => {
  it('RxJS 4 controlled: gets some values', () => {
    const { requests$, log } = controlled();
    expect(log).toEqual([]);
    requests$.request(5);
    expect(log).toEqual([0, 1, 2, 3, 4]);
  });

  it('RxJS 4 controlled: gets two sets of values', () => {
    const { requests$, log } = controlled();
    requests$.request(2);
    requests$.request(3);
    expect(log).toEqual([0, 1, 2, 3, 4]);
  });

  it('RxJS 4 controlled: completes behind the last value, with no demand to spare', () => {
    const { requests$, log } = controlled(pullFrom([0, 1]));
    requests$.request(2);
    expect(log).toEqual([0, 1, '|']);
  });

  it('RxJS 4 controlled: fires an error behind the values before it', () => {
    const source$ = new Subject<number>();
    const { requests$, log } = controlled(source$);
    source$.next(1);
    source$.error('broken');
    expect(log).toEqual([]);
    requests$.request(1);
    expect(log).toEqual([1, { error: 'broken' }]);
  });

  it.each([
    ['at once where nothing waits', [], 0],
    ['behind what waits', [1], 1],
  ] as const)('RxJS 4 controlled: completion and error come %s', (_, waiting, demand) => {
    for (const ending of ['complete', 'error'] as const) {
      const source$ = new Subject<number>();
      const { requests$, log } = controlled(source$);
      for (const value of waiting) source$.next(value);
      source$[ending](undefined);
      expect(log.length).toBe(1 - demand);
      requests$.request(1);
      expect(log).toEqual([...waiting, ending === 'complete' ? '|' : { error: undefined }]);
    }
  });

  it.each(['', 'complete', 'error'] as const)(
    'RxJS 4 controlled: with the queue off, drops what nobody asked for, and the ending passes at once: %s',
    (ending) => {
      const source$ = new Subject<number>();
      const { log, consumer } = recorder<number>();
      source$.pipe(dropLatest()).subscribe(consumer);
      source$.next(1);
      consumer.request(2);
      for (const value of [2, 3, 4]) source$.next(value);
      if (ending !== '') source$[ending]('broken');
      expect(log).toEqual([2, 3, ...{ '': [], complete: ['|'], error: [{ error: 'broken' }] }[ending]]);
    },
  );

  it('RxJS 4 controlled: requests from inside next, at once and later in turn, do not hang', () => {
    inVirtualTime((scheduler) => {
      const requests$ = new DemandHandle();
      const log: number[] = [];
      new Counter(100).source$.pipe(controlledRequest(requests$)).subscribe((value) => {
        log.push(value);
        if (value % 2 === 0) requests$.request(1);
        else scheduler.schedule(() => requests$.request(1), 1);
      });
      requests$.request(1);
      scheduler.schedule(() => expect(log).toHaveLength(100), 1000);
    });
  });

  it('RxJS 4 controlled: some delivered from the queue, the rest later', () => {
    const source$ = new Subject<number>();
    const { requests$, log } = controlled(source$);
    for (const value of [1, 2, 3]) source$.next(value);
    requests$.request(2);
    expect(log).toEqual([1, 2]);
    requests$.request(1);
    expect(log).toEqual([1, 2, 3]);
  });

  it('RxJS 4 controlled: queued, live, queued again, in order', () => {
    const source$ = new Subject<number>();
    const { requests$, log } = controlled(source$);
    source$.next(1);
    requests$.request(3);
    source$.next(2);
    source$.next(3);
    source$.next(4);
    expect(log).toEqual([1, 2, 3]);
    requests$.request(1);
    expect(log).toEqual([1, 2, 3, 4]);
  });

  it('RxJS 4 controlled: unsubscribed from in the middle of a request, delivers no more and releases all', () => {
    const source$ = new Subject<number>();
    const { requests$, log, subscription } = controlled(source$);
    requests$.request(5);
    source$.next(1);
    subscription.unsubscribe();
    source$.next(2);
    expect([log, source$.observed]).toEqual([[1], false]);
  });

  it('RxJS 4 controlled: a request before the subscription is remembered', () => {
    const requests$ = new DemandHandle();
    requests$.request(2);
    const seen = listener<number>();
    pullFrom([1, 2, 3]).pipe(controlledRequest(requests$)).subscribe(seen);
    expect(seen.log).toEqual([1, 2]);
  });

  it('RxJS 4 controlled, turned round: a second request adds to the one in flight, and a partly delivered one goes on', () => {
    const source$ = new Subject<number>();
    const { requests$, log } = controlled(source$);
    requests$.request(5);
    source$.next(0);
    requests$.request(2);
    for (let value = 1; value < 10; value++) source$.next(value);
    expect(log).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it.each([null, 0, -1, -5, undefined, '2', 1.5, Number.NaN])(
    'RxJS 4 controlled, turned round: request(%p) is an error, not a way to dequeue or to cancel',
    (n) => {
      const { requests$, log } = controlled();
      requests$.request(5);
      requests$.request(n as number);
      expect(log).toEqual([0, 1, 2, 3, 4, { error: expect.any(RangeError) }]);
    },
  );

  it('RxJS 4 controlled, turned round: demand travels up, each subscriber has its own, and a cold source runs anew', () => {
    const counter = new Counter(1000);
    const requests$ = new Subject<number>();
    counter.source$.pipe(controlledRequest(requests$)).subscribe();
    requests$.next(1);
    expect(counter.drawn).toBe(1);
    const cold$ = pullFrom([1, 2]).pipe(controlledRequest(requests$));
    for (let i = 0; i < 2; i++) {
      const seen = listener<number>();
      cold$.subscribe(seen);
      requests$.next(2);
      expect(seen.log).toEqual([1, 2, '|']);
    }
  });
});

describe('RxJS 4 pausable', () => {
  it('RxJS 4 pausable: no skip', () => {
    const source$ = new Subject<number>();
    const seen = listener<number>();
    source$.pipe(lossyPause(new BehaviorSubject(false))).subscribe(seen);
    for (const value of [1, 2, 3]) source$.next(value);
    source$.complete();
    expect(seen.log).toEqual([1, 2, 3, '|']);
  });

  it('RxJS 4 pausable: skips what comes while paused', () => {
    const source$ = new Subject<number>();
    const paused$ = new BehaviorSubject(false);
    const seen = listener<number>();
    source$.pipe(lossyPause(paused$)).subscribe(seen);
    for (let value = 0; value < 6; value++) {
      paused$.next(value === 2 || value === 3);
      source$.next(value);
    }
    expect(seen.log).toEqual([0, 1, 4, 5]);
  });

  it('RxJS 4 pausable: an error passes, also while paused', () => {
    for (const paused of [false, true]) {
      const source$ = new Subject<number>();
      const seen = listener<number>();
      source$.pipe(lossyPause(new BehaviorSubject(paused))).subscribe(seen);
      source$.error('broken');
      expect(seen.log).toEqual([{ error: 'broken' }]);
    }
  });

  it('RxJS 4 pausable: a synchronous source is paused from inside next', () => {
    const paused$ = new BehaviorSubject(false);
    const seen: number[] = [];
    of(1, 2, 3)
      .pipe(lossyPause(paused$))
      .subscribe((value) => {
        seen.push(value);
        paused$.next(true);
      });
    expect(seen).toEqual([1]);
  });

  it('RxJS 4 pausable, turned round: the source is subscribed to once, and released when one leaves after a resume', () => {
    const hand = new HandDriven<number>();
    const paused$ = new BehaviorSubject(true);
    const subscription = hand.source$.pipe(lossyPause(paused$)).subscribe();
    for (const paused of [false, true, false]) paused$.next(paused);
    subscription.unsubscribe();
    expect([hand.connected, hand.released, paused$.observed]).toEqual([1, 1, false]);
  });

  it('RxJS 4 pausable, turned round: a paused$ that fails is an error of the stream', () => {
    const source$ = new Subject<number>();
    const seen = listener<number>();
    source$.pipe(lossyPause(throwError(() => 'broken'))).subscribe(seen);
    expect([seen.log, source$.observed]).toEqual([[{ error: 'broken' }], false]);
  });

  it('RxJS 4 pausable, turned round: two subscribers have a state each, and one that leaves takes nothing from the other', () => {
    const source$ = new Subject<number>();
    const states = [new BehaviorSubject(false), new BehaviorSubject(true)];
    const seen = states.map(() => listener<number>());
    let nth = 0;
    const pausing$ = source$.pipe(lossyPause(defer(() => states[nth++] ?? NEVER)));
    const [first] = seen.map((one) => pausing$.subscribe(one));
    source$.next(1);
    states[1]?.next(false);
    source$.next(2);
    first?.unsubscribe();
    source$.next(3);
    expect(seen.map(({ log }) => log)).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });
});

describe('RxJS 4 pausableBuffered', () => {
  function paused(begins: boolean) {
    const source$ = new Subject<number>();
    const paused$ = new BehaviorSubject(begins);
    const seen = listener<number>();
    source$.pipe(losslessPause(paused$)).subscribe(seen);
    return { source$, paused$, log: seen.log };
  }

  it('RxJS 4 pausableBuffered: no skip', () => {
    const { source$, log } = paused(false);
    for (const value of [1, 2, 3]) source$.next(value);
    expect(log).toEqual([1, 2, 3]);
  });

  it('RxJS 4 pausableBuffered: keeps what comes before the first resume', () => {
    const { source$, paused$, log } = paused(true);
    for (const value of [1, 2]) source$.next(value);
    paused$.next(false);
    source$.next(3);
    expect(log).toEqual([1, 2, 3]);
  });

  it('RxJS 4 pausableBuffered: resumed before anything has come', () => {
    const { source$, paused$, log } = paused(true);
    paused$.next(false);
    source$.next(1);
    expect(log).toEqual([1]);
  });

  it('RxJS 4 pausableBuffered: pauses and resumes in the middle, and completes', () => {
    const { source$, paused$, log } = paused(false);
    source$.next(1);
    paused$.next(true);
    for (const value of [2, 3]) source$.next(value);
    expect(log).toEqual([1]);
    paused$.next(false);
    source$.next(4);
    source$.complete();
    expect(log).toEqual([1, 2, 3, 4, '|']);
  });

  it('RxJS 4 pausableBuffered: resumed while the source is finishing', () => {
    const { source$, paused$, log } = paused(true);
    source$.next(1);
    source$.complete();
    paused$.next(false);
    expect(log).toEqual([1, '|']);
  });

  it('RxJS 4 pausableBuffered: resumed after the end, and after an error: values first', () => {
    for (const error of [undefined, 'broken']) {
      const { source$, paused$, log } = paused(true);
      for (const value of [1, 2]) source$.next(value);
      source$.error(error);
      expect(log).toEqual([]);
      paused$.next(false);
      expect(log).toEqual([1, 2, { error }]);
    }
  });

  it('RxJS 4 pausableBuffered: an error before any value is not lost, paused or not', () => {
    for (const begins of [true, false]) {
      const { source$, paused$, log } = paused(begins);
      source$.error(undefined);
      paused$.next(false);
      expect(log).toEqual([{ error: undefined }]);
    }
  });

  it('RxJS 4 pausableBuffered: several pausers merged into one', () => {
    const source$ = new Subject<number>();
    const outside$ = new Subject<boolean>();
    const button$ = new Subject<boolean>();
    const seen = listener<number>();
    source$.pipe(losslessPause(of(outside$, button$).pipe(mergeAll()))).subscribe(seen);
    outside$.next(true);
    source$.next(1);
    button$.next(false);
    button$.next(true);
    source$.next(2);
    outside$.next(false);
    expect(seen.log).toEqual([1, 2]);
  });

  it('RxJS 4 pausableBuffered: completes with its source, and leaves the pauser', () => {
    const { source$, paused$, log } = paused(false);
    source$.complete();
    expect([log, paused$.observed]).toEqual([['|'], false]);
  });

  it('RxJS 4 pausableBuffered: regression #745', () => {
    const source$ = new Subject<number>();
    const paused$ = new Subject<boolean>();
    const seen = listener<number>();
    source$.pipe(losslessPause(paused$)).subscribe(seen);
    source$.next(1);
    paused$.next(true);
    paused$.next(false);
    expect(seen.log).toEqual([1]);
  });

  it('RxJS 4 pausableBuffered, turned round: a state change in the subscriber holds after that value', () => {
    const source$ = new Subject<number>();
    const paused$ = new BehaviorSubject(true);
    const seen: number[] = [];
    source$.pipe(losslessPause(paused$)).subscribe((value) => {
      seen.push(value);
      paused$.next(true);
    });
    for (const value of [3, 4]) source$.next(value);
    paused$.next(false);
    expect(seen).toEqual([3]);
    paused$.next(false);
    expect(seen).toEqual([3, 4]);
  });
});

describe('RxJS 4 bufferWithCount', () => {
  const buffers = (source$: Observable<number>, count: number, skip?: number) => {
    const { log, consumer } = recorder<number[]>();
    source$.pipe(bufferWithCount(count, skip)).subscribe(consumer);
    consumer.request(Infinity);
    return log;
  };

  it('RxJS 4 bufferWithCount: partial window', () => {
    expect(buffers(of(2, 3, 4, 5), 5)).toEqual([[2, 3, 4, 5], '|']);
  });

  it('RxJS 4 bufferWithCount: full windows', () => {
    expect(buffers(of(2, 3, 4, 5), 2)).toEqual([[2, 3], [4, 5], '|']);
  });

  it('RxJS 4 bufferWithCount: full and partial windows', () => {
    expect(buffers(of(2, 3, 4, 5), 3)).toEqual([[2, 3, 4], [5], '|']);
  });

  it('RxJS 4 bufferWithCount: an error discards the open array', () => {
    expect(
      buffers(pullFrom([2, 3, 4]).pipe(concatMap((n) => (n === 4 ? throwError(() => 'x') : of(n)))), 5),
    ).toEqual([{ error: 'x' }]);
  });

  it('RxJS 4 bufferWithCount: skip less than count', () => {
    expect(buffers(of(2, 3, 4, 5), 3, 1)).toEqual([[2, 3, 4], [3, 4, 5], [4, 5], [5], '|']);
  });

  it('RxJS 4 bufferWithCount: skip more than count', () => {
    expect(buffers(of(2, 3, 4, 5), 2, 3)).toEqual([[2, 3], [5], '|']);
  });

  it('RxJS 4 bufferWithCount: basic, (3, 2)', () => {
    expect(buffers(of(2, 3, 4, 5, 6), 3, 2)).toEqual([[2, 3, 4], [4, 5, 6], [6], '|']);
  });

  it('RxJS 4 bufferWithCount: disposed, with demand for one array', () => {
    const hand = new HandDriven<number>();
    const { log, consumer } = recorder<number[]>();
    hand.source$.pipe(bufferWithCount(3, 2)).subscribe(consumer);
    consumer.request(1);
    hand.next(1, 2, 3);
    consumer.unsubscribe();
    expect([log, hand.asked, hand.released]).toEqual([[[1, 2, 3]], [3], 1]);
  });

  it.each([0, -1, Infinity, 2.5])('RxJS 4 bufferWithCount: throws for %p where it is written', (n) => {
    expect(() => bufferWithCount(n)).toThrow(RangeError);
    expect(() => bufferWithCount(1, n)).toThrow(RangeError);
  });
});

describe('RxJS 4 windowWithCount', () => {
  const windows = (source$: Observable<number>, count: number) => {
    const { log, consumer } = recorder<number[]>();
    source$
      .pipe(
        windowWithCount(count),
        mergeMap((window$) => window$.pipe(toArray())),
      )
      .subscribe(consumer);
    consumer.request(Infinity);
    return { log, consumer };
  };

  it('RxJS 4 windowWithCount: basic', () => {
    expect(windows(of(2, 3, 4, 5, 6), 3).log).toEqual([[2, 3, 4], [5, 6], '|']);
  });

  it('RxJS 4 windowWithCount: disposed', () => {
    const source$ = new Subject<number>();
    const { log, consumer } = windows(source$, 2);
    for (const value of [1, 2, 3]) source$.next(value);
    consumer.unsubscribe();
    expect([log, source$.observed]).toEqual([[[1, 2]], false]);
  });

  it('RxJS 4 windowWithCount: an error reaches the open window and the stream', () => {
    const source$ = new Subject<number>();
    const { log } = windows(source$, 2);
    for (const value of [1, 2, 3]) source$.next(value);
    source$.error('broken');
    expect(log).toEqual([[1, 2], { error: 'broken' }]);
  });
});

describe.each([
  ['windowed', 3],
  ['stopAndWait', 1],
] as const)('RxJS 4 %s', (name, n) => {
  it(`RxJS 4 ${name}: never`, () => {
    const hand = new HandDriven<number>();
    const seen = listener<number>();
    hand.source$.pipe(prefetch(n, n)).subscribe(seen);
    expect([seen.log, hand.asked]).toEqual([[], [n]]);
  });

  it(`RxJS 4 ${name}: empty`, () => {
    const seen = listener<number>();
    EMPTY.pipe(prefetch<number>(n, n)).subscribe(seen);
    expect(seen.log).toEqual(['|']);
  });

  it(`RxJS 4 ${name}: basic, asking for ${n} after each ${n}`, () => {
    const hand = new HandDriven<number>();
    const seen = listener<number>();
    hand.source$.pipe(prefetch(n, n)).subscribe(seen);
    for (let value = 0; value < 6; value++) {
      expect(hand.total).toBe(n * (Math.floor(value / n) + 1));
      hand.next(value);
    }
    hand.complete();
    expect(seen.log).toEqual([0, 1, 2, 3, 4, 5, '|']);
    expect(new Set(hand.asked)).toEqual(new Set([n]));
  });

  it(`RxJS 4 ${name}: error`, () => {
    const hand = new HandDriven<number>();
    const seen = listener<number>();
    hand.source$.pipe(prefetch(n, n)).subscribe(seen);
    hand.next(1);
    hand.error('broken');
    expect(seen.log).toEqual([1, { error: 'broken' }]);
  });

  it(`RxJS 4 ${name}: an endless source stops with its consumer`, () => {
    const counter = new Counter();
    const { log, consumer } = recorder<number>();
    counter.source$.pipe(prefetch(n, n)).subscribe(consumer);
    consumer.request(7);
    expect(log).toHaveLength(7);
    expect(counter.drawn).toBeLessThanOrEqual(7 + n);
    consumer.unsubscribe();
    expect(counter.released).toBe(1);
  });

  it(`RxJS 4 ${name}: disposed, nothing is asked for afterwards, not for a next subscriber either`, () => {
    const hand = new HandDriven<number>();
    const piped$ = hand.source$.pipe(prefetch(n, n));
    const subscription = piped$.subscribe();
    for (let value = 0; value < n - 1; value++) hand.next(value);
    subscription.unsubscribe();
    hand.next(9);
    expect(hand.asked).toEqual([n]);
    const { log, consumer } = recorder<number>();
    piped$.subscribe(consumer);
    hand.next(1);
    expect([log, hand.asked]).toEqual([[], [n, n]]);
    consumer.unsubscribe();
  });
});
