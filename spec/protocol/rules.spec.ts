import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, jest } from '@jest/globals';
import { EMPTY, map, mergeMap, type Observable, of, Subject, throwError } from 'rxjs';
import {
  type Demand,
  DemandObservable,
  type DemandObserver,
  DemandSubscriber,
  pullFrom,
} from '../../src/index.js';
import { ControllableSource, DemandProbe } from '../../src/testing/index.js';
import { unhandledDuring } from '../unhandled.js';

const MILLION = Number(process.env['MANY'] ?? 1_000_000);

/** Answers each request at once, inside it, counting from 0: the producer that everybody writes first. */
function naive(end = Infinity): Observable<number> {
  return new DemandObservable<number>((sink) => {
    let value = 0;
    return {
      request(n) {
        for (let i = 0; i < n && !sink.closed; i++) {
          if (value === end) {
            sink.complete();
            return;
          }
          sink.next(value++);
        }
      },
      unsubscribe() {},
    };
  });
}

const one = (demand: Demand) => demand.request(1);

describe('Reactive Streams, the side that emits', () => {
  it('1.1 delivers no more than was requested, from a source that honours demand and from one that does not', () => {
    for (const source$ of [pullFrom([1, 2, 3, 4, 5]), of(1, 2, 3, 4, 5), naive().pipe(map((n) => n + 1))]) {
      const consumer = new DemandProbe<number>();
      source$.subscribe(consumer);
      expect(consumer.received).toEqual([]);
      consumer.request(2);
      expect(consumer.received).toEqual([1, 2]);
      consumer.request(1);
      expect(consumer.received).toEqual([1, 2, 3]);
      consumer.unsubscribe();
    }
  });

  it('1.2 a source may send less than was requested, and end', () => {
    const consumer = new DemandProbe<number>();
    naive(2).subscribe(consumer);
    consumer.request(10);
    expect(consumer.received).toEqual([0, 1, '|']);
  });

  it('1.3 signals are serial: a value emitted from inside next follows when next has returned', () => {
    const log: string[] = [];
    const source$ = new ControllableSource<number>();
    source$.subscribe(
      new DemandSubscriber<number>({
        start: (demand) => demand.request(3),
        next: (value) => {
          log.push(`begin ${value}`);
          if (value === 1) {
            source$.connection.next(2);
            source$.connection.complete();
          }
          log.push(`end ${value}`);
        },
        complete: () => log.push('complete'),
      }),
    );
    source$.connection.next(1);
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'complete']);
  });

  it('1.3 signals are serial with a source that knows no demand', () => {
    const log: string[] = [];
    const source$ = new Subject<number>();
    source$.subscribe(
      new DemandSubscriber<number>({
        start: (demand) => demand.request(3),
        next: (value) => {
          log.push(`begin ${value}`);
          if (value === 1) {
            source$.next(2);
            source$.error('broken');
          }
          log.push(`end ${value}`);
        },
        error: (error) => log.push(String(error)),
      }),
    );
    source$.next(1);
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'broken']);
  });

  it('1.4 a producer that fails is an error, with no demand needed', () => {
    const consumer = new DemandProbe<number>();
    throwError(() => 'broken').subscribe(consumer);
    expect(consumer.received).toEqual([{ error: 'broken' }]);
  });

  it('1.4 a producer that throws while it connects or while it is asked ends with that error and is released', () => {
    const connecting = new DemandProbe<number>({ start: one });
    new DemandObservable<number>(() => {
      throw 'no connection';
    }).subscribe(connecting);
    expect(connecting.received).toEqual([{ error: 'no connection' }]);

    const released = jest.fn();
    const asking = new DemandProbe<number>({ start: one });
    new DemandObservable<number>(() => ({
      request() {
        throw 'no answer';
      },
      unsubscribe: released,
    })).subscribe(asking);
    expect(asking.received).toEqual([{ error: 'no answer' }]);
    expect(released).toHaveBeenCalledTimes(1);
  });

  it('1.5 an empty source completes, with no demand needed', () => {
    for (const source$ of [EMPTY, pullFrom<number>([])]) {
      const consumer = new DemandProbe<number>();
      source$.subscribe(consumer);
      consumer.request(1);
      expect(consumer.received).toEqual(['|']);
    }
  });

  it('1.6 a subscription that has ended is closed, and its producer released once', () => {
    for (const end of ['complete', 'error'] as const) {
      const source$ = new ControllableSource<number>();
      const consumer = new DemandProbe<number>({ start: one });
      source$.subscribe(consumer);
      expect(consumer.closed).toBe(false);
      source$.connection[end](undefined);
      expect(consumer.closed).toBe(true);
      expect(source$.released).toBe(1);
    }
  });

  it('1.7 signals after the end are ignored', () => {
    const source$ = new ControllableSource<number>();
    const consumer = new DemandProbe<number>({ start: (demand) => demand.request(5) });
    source$.subscribe(consumer);
    source$.connection.next(1);
    source$.connection.complete();
    source$.connection.next(2);
    source$.connection.error('late');
    source$.connection.complete();
    expect(consumer.received).toEqual([1, '|']);
    expect(source$.connection.closed).toBe(true);
  });

  it('1.7 a value after the end is ignored even while an earlier one still waits', () => {
    const source$ = new ControllableSource<number>();
    const consumer = new DemandProbe<number>({ start: one });
    source$.subscribe(consumer);
    source$.connection.next(1);
    source$.connection.next(2);
    source$.connection.complete();
    source$.connection.next(3);
    consumer.request(5);
    expect(consumer.received).toEqual([1, 2, '|']);
  });

  it('1.8 a consumer that has left gets nothing more', () => {
    const source$ = new ControllableSource<number>();
    const consumer = new DemandProbe<number>({ start: (demand) => demand.request(5) });
    source$.subscribe(consumer);
    source$.connection.next(1);
    consumer.unsubscribe();
    source$.connection.next(2);
    source$.connection.complete();
    expect(consumer.received).toEqual([1]);
  });

  it('1.9 start comes once, and before any value or ending', () => {
    for (const source$ of [of(1), pullFrom([1]), EMPTY, throwError(() => 'broken'), naive(1)]) {
      const order: string[] = [];
      source$.subscribe(
        new DemandSubscriber<unknown>({
          start: (demand) => {
            order.push('start');
            demand.request(2);
          },
          next: () => order.push('next'),
          error: () => order.push('end'),
          complete: () => order.push('end'),
        }),
      );
      expect(order[0]).toBe('start');
      expect(order.filter((signal) => signal === 'start')).toHaveLength(1);
      expect(order.at(-1)).toBe('end');
    }
  });

  it('1.11 each subscription of a source has demand and values of its own', () => {
    const source$ = pullFrom(new Set([1, 2, 3])).pipe(map((n) => n * 10));
    const first = new DemandProbe<number>();
    const second = new DemandProbe<number>();
    source$.subscribe(first);
    source$.subscribe(second);
    first.request(2);
    second.request(1);
    expect([first.received, second.received]).toEqual([[10, 20], [10]]);
  });
});

describe('Reactive Streams, the side that receives', () => {
  it('2.1 a source that honours demand is asked for nothing before the first request, then for as much', () => {
    const source$ = new ControllableSource<number>();
    const consumer = new DemandProbe<number>();
    source$.subscribe(consumer);
    expect(source$.requests).toEqual([]);
    consumer.request(3);
    expect(source$.requests).toEqual([3]);
  });

  it('2.4 request and unsubscribe from inside complete and error do nothing', () => {
    for (const end of ['complete', 'error'] as const) {
      const source$ = new ControllableSource<number>();
      let demand: Demand | undefined;
      const again = () => {
        demand?.request(1);
        demand?.request(-1);
        demand?.unsubscribe();
      };
      const consumer = new DemandProbe<number>({
        start: (given) => {
          demand = given;
          given.request(1);
        },
        error: again,
        complete: again,
      });
      source$.subscribe(consumer);
      source$.connection[end]('broken');
      expect(consumer.received).toHaveLength(1);
      expect([source$.requests, source$.released]).toEqual([[1], 1]);
    }
  });

  it('2.8 a value that arrives after unsubscribe from inside next is dropped, whatever was requested', () => {
    const consumer = new DemandProbe<number>({
      start: (demand) => demand.request(Infinity),
      next: (value, demand) => (value === 2 ? demand.unsubscribe() : undefined),
    });
    of(1, 2, 3, 4).subscribe(consumer);
    expect(consumer.received).toEqual([1, 2]);
  });

  it('2.9 completion without a preceding request is delivered', () => {
    const source$ = new Subject<number>();
    const consumer = new DemandProbe<number>();
    source$.subscribe(consumer);
    source$.complete();
    expect(consumer.received).toEqual(['|']);
  });

  it('2.10 an error without a preceding request is delivered, undefined and null included', () => {
    for (const error of [new Error('broken'), undefined, null, 0, '']) {
      const source$ = new Subject<number>();
      const consumer = new DemandProbe<number>();
      source$.subscribe(consumer);
      source$.error(error);
      expect(consumer.received).toEqual([{ error }]);
    }
  });

  it.each(['start', 'next'] as const)(
    '2.13 a %s that throws ends that subscription with that error and releases the source',
    (callback) => {
      const source$ = new ControllableSource<number>();
      const thrown = new Error('mine');
      const consumer = new DemandProbe<number>({
        start: (demand) => {
          demand.request(2);
          if (callback === 'start') throw thrown;
        },
        next: () => {
          throw thrown;
        },
      });
      const other = new DemandProbe<number>({ start: one });
      source$.subscribe(other);
      const otherSink = source$.connection;
      source$.subscribe(consumer);
      if (callback === 'next') {
        source$.connection.next(1);
        source$.connection.next(2);
      }
      expect(consumer.received).toEqual(callback === 'next' ? [1, { error: thrown }] : [{ error: thrown }]);
      expect(consumer.closed).toBe(true);
      expect(source$.released).toBe(source$.connections.length - 1);
      otherSink.next(7);
      expect(other.received).toEqual([7]);
    },
  );

  it('2.13 a next that throws releases what stands above native operators as well', () => {
    const source$ = new ControllableSource<number>();
    const consumer = new DemandProbe<number>({
      start: one,
      next: () => {
        throw 'mine';
      },
    });
    source$.pipe(mergeMap((n) => of(n, n))).subscribe(consumer);
    source$.connection.next(1);
    expect(consumer.received).toEqual([1, { error: 'mine' }]);
    expect(source$.released).toBe(1);
  });

  it.each(['complete', 'error'] as const)(
    '2.13 a throwing %s is reported as unhandled, and the source is released',
    (callback) => {
      const source$ = new ControllableSource<number>();
      const consumer = new DemandProbe<number>({
        start: one,
        [callback]: () => {
          throw 'mine';
        },
      });
      source$.subscribe(consumer);
      expect(unhandledDuring(() => source$.connection[callback]('broken'))).toEqual(['mine']);
      expect(consumer.received).toEqual(callback === 'error' ? [{ error: 'broken' }] : ['|']);
      expect([consumer.closed, source$.released]).toEqual([true, 1]);
    },
  );

  it('reports an error that no callback takes', () => {
    const reported = unhandledDuring(() => {
      throwError(() => 'broken').subscribe(new DemandSubscriber());
    });
    expect(reported).toEqual(['broken']);
  });
});

describe('Reactive Streams, the subscription', () => {
  it('3.2 request may be called from start and from next', () => {
    const consumer = new DemandProbe<number>({ start: one, next: (_, demand) => demand.request(1) });
    pullFrom([1, 2, 3]).subscribe(consumer);
    expect(consumer.received).toEqual([1, 2, 3, '|']);
  });

  it.each<[string, () => Observable<number>]>([
    ['pullFrom', () => pullFrom({ length: MILLION, 0: 0 })],
    ['pullFrom under a native map', () => pullFrom({ length: MILLION, 0: 0 }).pipe(map(() => 1))],
    ['a producer that answers inside request', () => naive(MILLION)],
  ])('3.3 a million request(1) from inside next keep the stack flat: %s', (_, source) => {
    let count = 0;
    let ended: unknown;
    source().subscribe(
      new DemandSubscriber<number>({
        start: one,
        next: (__, demand) => {
          count++;
          demand.request(1);
        },
        error: (error) => {
          ended = error;
        },
        complete: () => {
          ended = '|';
        },
      }),
    );
    expect([count, ended]).toEqual([MILLION, '|']);
  });

  it.each<[string, () => Observable<number>]>([
    ['pullFrom', () => pullFrom(Array(1001).keys())],
    ['a producer that answers inside request', () => naive(1001)],
    ['such a producer under a native mergeMap', () => naive(1001).pipe(mergeMap((n) => of(n)))],
    ['a source that knows no demand', () => of(...Array(1001).keys())],
  ])('3.3 the stack is no deeper in the thousandth next than in the third: %s', (_, source) => {
    const depths: number[] = [];
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = Infinity;
    const consumer = new DemandProbe<number>({
      start: one,
      next: (value, demand) => {
        if (value === 3 || value === 1000) {
          depths.push(new Error().stack?.split('\n').length ?? 0);
        }
        demand.request(1);
      },
    });
    source().subscribe(consumer);
    Error.stackTraceLimit = stackTraceLimit;
    expect(depths).toHaveLength(2);
    expect(depths[0]).toBe(depths[1]);
  });

  it('3.6 request after unsubscribe does nothing, a bad one included', () => {
    const source$ = new ControllableSource<number>();
    const consumer = new DemandProbe<number>();
    source$.subscribe(consumer);
    consumer.request(1);
    consumer.unsubscribe();
    consumer.request(5);
    consumer.request(-1);
    expect([consumer.received, source$.requests, source$.released]).toEqual([[], [1], 1]);
  });

  it('3.7 unsubscribe after unsubscribe does nothing', () => {
    const source$ = new ControllableSource<number>();
    const consumer = new DemandProbe<number>({ start: one });
    source$.subscribe(consumer);
    consumer.unsubscribe();
    consumer.unsubscribe();
    expect([consumer.closed, source$.released]).toEqual([true, 1]);
  });

  it('3.8 requests add up, before the subscription, at once and later', () => {
    const source$ = new ControllableSource<number>();
    const consumer = new DemandProbe<number>({
      start: (demand) => {
        demand.request(2);
        demand.request(3);
      },
    });
    consumer.request(1);
    source$.subscribe(consumer);
    consumer.request(4);
    expect(source$.requests.reduce((sum, n) => sum + n)).toBe(10);
    expect(consumer.requested).toBe(10);
    for (let value = 1; value <= 12; value++) {
      source$.connection.next(value);
    }
    expect(consumer.received).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([consumer.requested, consumer.buffered]).toEqual([0, 2]);
  });

  it.each([0, -1, 1.5, Number.NaN, -Infinity, '2', undefined, null])(
    '3.9 request(%p) ends with a RangeError, releases the source and throws nothing (3.16)',
    (n) => {
      const source$ = new ControllableSource<number>();
      const consumer = new DemandProbe<number>({ start: one });
      source$.subscribe(consumer);
      consumer.request(n as number);
      consumer.request(1);
      source$.connection.next(1);
      expect(consumer.received).toEqual([{ error: expect.any(RangeError) }]);
      expect(consumer.received).toEqual([
        { error: expect.objectContaining({ message: expect.stringContaining(String(n)) }) },
      ]);
      expect([consumer.closed, source$.released]).toEqual([true, 1]);
    },
  );

  it('3.9 a bad request from inside next comes after next has returned, and nothing after it', () => {
    const order: unknown[] = [];
    of(1, 2, 3).subscribe(
      new DemandSubscriber<number>({
        start: (demand) => demand.request(3),
        next: (value, demand) => {
          demand.request(0);
          order.push(value);
        },
        error: (error) => order.push((error as Error).name),
      }),
    );
    expect(order).toEqual([1, 'RangeError']);
  });

  it('3.9 a bad request before the subscription ends it as it begins', () => {
    const source$ = new ControllableSource<number>();
    const consumer = new DemandProbe<number>();
    consumer.request(0);
    source$.subscribe(consumer);
    expect(consumer.received).toEqual([{ error: expect.any(RangeError) }]);
    expect(source$.connections.length).toBe(source$.released);
  });

  it('3.10 a request may deliver before it returns, and 3.11 complete', () => {
    const consumer = new DemandProbe<number>();
    pullFrom([1]).subscribe(consumer);
    consumer.request(1);
    expect(consumer.received).toEqual([1, '|']);
  });

  it.each(['start', 'next', 'complete', 'error'] as const)(
    '3.12 unsubscribe from inside %s releases the source once and ends all signals',
    (callback) => {
      const source$ = new ControllableSource<number>();
      let consumer: DemandSubscriber<number> | undefined;
      const leave = () => consumer?.unsubscribe();
      const recorded = new DemandProbe<number>({
        start: (demand) => {
          demand.request(5);
          if (callback === 'start') demand.unsubscribe();
        },
        ...(callback !== 'start' && { [callback]: leave }),
      });
      consumer = recorded;
      source$.subscribe(consumer);
      const sink = source$.connections.length > 0 ? source$.connection : undefined;
      sink?.next(1);
      if (callback === 'error') sink?.error('broken');
      sink?.next(2);
      sink?.complete();
      sink?.complete();
      const signals = { start: [], next: [1], complete: [1, 2, '|'], error: [1, { error: 'broken' }] };
      expect(recorded.received).toEqual(signals[callback]);
      expect(consumer.closed).toBe(true);
      expect(source$.released).toBe(source$.connections.length);
    },
  );

  it('3.13 unsubscribe forgets what waits', () => {
    const consumer = new DemandProbe<number>();
    of(1, 2, 3).subscribe(consumer);
    expect(consumer.buffered).toBe(3);
    consumer.unsubscribe();
    expect(consumer.buffered).toBe(0);
  });

  it('3.13 after unsubscribe a producer that lives on holds the consumer no more', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const source$ = new ControllableSource<number>();
    const subscribed = (() => {
      const observer: DemandObserver<number> = { next() {} };
      const consumer = new DemandSubscriber<number>(observer);
      source$.subscribe(consumer);
      consumer.request(1);
      consumer.unsubscribe();
      return new WeakRef(observer);
    })();
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(subscribed.deref()).toBeUndefined();
    expect(source$.connection.closed).toBe(true);
  });

  it('3.17 sums beyond the safe integers are unbounded, and never lose a unit', () => {
    const consumer = new DemandProbe<number>();
    consumer.request(Number.MAX_SAFE_INTEGER);
    expect(consumer.requested).toBe(Number.MAX_SAFE_INTEGER);
    consumer.request(1);
    expect(consumer.requested).toBe(Infinity);
    pullFrom([1, 2]).subscribe(consumer);
    expect(consumer.requested).toBe(Infinity);
    expect(consumer.received).toEqual([1, 2, '|']);
  });
});
