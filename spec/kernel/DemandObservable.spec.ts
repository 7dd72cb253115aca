import { describe, expect, it, jest } from '@jest/globals';
import {
  finalize,
  firstValueFrom,
  lastValueFrom,
  map,
  merge,
  NEVER,
  Observable,
  type Observer,
  of,
  race,
  Subscriber,
  take,
  takeUntil,
  toArray,
} from 'rxjs';
import {
  DemandObservable,
  type DemandSink,
  DemandSubscriber,
  OverflowError,
  prefetch,
  pullFrom,
} from '../../src/index.js';
import { requesting } from '../recorder.js';
import { unhandledDuring } from '../unhandled.js';

/** Emits `n` values more than it was asked for, inside the request. */
function tooMany(surplus: number): Observable<number> {
  return new DemandObservable<number>((sink) => {
    let value = 0;
    return {
      request(n) {
        for (let i = 0; i < n + surplus; i++) {
          sink.next(value++);
        }
      },
      unsubscribe() {},
    };
  });
}

describe('DemandObservable', () => {
  it('is an Observable, and stays one through pipe', () => {
    const source$ = tooMany(0);
    expect(source$).toBeInstanceOf(Observable);
    expect(source$.pipe(map(String))).toBeInstanceOf(Observable);
  });

  it('refuses a connect that is no function where it is written', () => {
    expect(() => new DemandObservable({} as never)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining('connect') }),
    );
  });

  it('asks its producer for Infinity below a plain subscriber', async () => {
    const requests: number[] = [];
    const released = jest.fn();
    const source$ = new DemandObservable<number>((sink) => ({
      request(n) {
        requests.push(n);
        for (let i = 0; i < 5 && !sink.closed; i++) {
          sink.next(i);
        }
        sink.complete();
      },
      unsubscribe: released,
    }));
    expect(await lastValueFrom(source$.pipe(toArray()))).toEqual([0, 1, 2, 3, 4]);
    expect(await firstValueFrom(source$)).toBe(0);
    expect(requests).toEqual([Infinity, Infinity]);
    expect(released).toHaveBeenCalledTimes(2);
  });

  it('lets a plain take stop a producer that emits from inside request', () => {
    let made = 0;
    const source$ = new DemandObservable<number>((sink) => ({
      request() {
        while (!sink.closed) {
          sink.next(made++);
        }
      },
      unsubscribe() {},
    }));
    source$.pipe(take(3)).subscribe();
    expect(made).toBe(3);
  });

  it('connects once for each subscription', () => {
    const connect = jest.fn(() => ({ request() {}, unsubscribe() {} }));
    const source$ = new DemandObservable<number>(connect);
    source$.subscribe(requesting<number>(1).consumer);
    source$.subscribe();
    expect(connect).toHaveBeenCalledTimes(2);
  });

  it('calls start once, after the first request', () => {
    const order: string[] = [];
    const source$ = new DemandObservable<number>(() => ({
      request: (n) => void order.push(`request ${n}`),
      start: () => void order.push('start'),
      unsubscribe() {},
    }));
    const { consumer } = requesting<number>(2);
    source$.subscribe(consumer);
    consumer.request(1);
    expect(order).toEqual(['request 2', 'start', 'request 1']);
    order.length = 0;
    source$.subscribe();
    expect(order).toEqual(['request Infinity', 'start']);
  });

  it('keeps what a producer emits beyond the demand, and delivers it when it is requested', () => {
    const { log, consumer } = requesting<number>(1);
    tooMany(3).subscribe(consumer);
    expect(log).toEqual([0]);
    expect(consumer.buffered).toBe(3);
    consumer.request(2);
    expect(log).toEqual([0, 1, 2]);
  });

  it('takes what came too early for what is requested next, and asks only for the rest', () => {
    const requests: number[] = [];
    let sink: DemandSink<number> | undefined;
    const { consumer } = requesting<number>(1);
    new DemandObservable<number>((given) => {
      sink = given;
      return { request: (n) => void requests.push(n), unsubscribe() {} };
    }).subscribe(consumer);
    for (const value of [1, 2, 3]) {
      sink?.next(value);
    }
    consumer.request(5);
    expect(requests).toEqual([1, 3]);
  });

  it('ends with an OverflowError where a producer emits more than may wait, and releases it', () => {
    const { log, consumer } = requesting<number>(1, { capacity: 4 });
    const released = jest.fn();
    let made = 0;
    new DemandObservable<number>((sink) => ({
      request() {
        while (!sink.closed && made < 5000) {
          sink.next(made++);
        }
      },
      unsubscribe: released,
    }))
      .pipe(map((n) => n))
      .subscribe(consumer);
    const [first, { error }] = log as [number, { error: OverflowError }];
    expect(log).toHaveLength(2);
    expect(first).toBe(0);
    expect(error).toBeInstanceOf(OverflowError);
    expect(error.values.length).toBeLessThanOrEqual(4 + 16 + 1);
    expect(error.values).toEqual(error.values.map((_, i) => i + 1));
    expect(made).toBeLessThan(50);
    expect(released).toHaveBeenCalledTimes(1);
  });

  it('tells its producer through closed that nobody listens any more', () => {
    let sink: DemandSink<number> | undefined;
    const source$ = new DemandObservable<number>((given) => {
      sink = given;
      return { request() {}, unsubscribe() {} };
    });
    const { consumer } = requesting<number>(1);
    source$.subscribe(consumer);
    expect(sink?.closed).toBe(false);
    consumer.unsubscribe();
    expect(sink?.closed).toBe(true);
  });

  it('reports to the subscription what connect throws, below a plain subscriber too', () => {
    const error = jest.fn();
    new DemandObservable<number>(() => {
      throw 'no connection';
    }).subscribe({ error });
    expect(error).toHaveBeenCalledWith('no connection');
  });

  it('takes a connect that answers with no producer for an error of the stream', () => {
    const nothing$ = new DemandObservable<number>((() => {}) as never);
    const error = new TypeError('DemandObservable: connect(sink).request must be a function, got undefined');
    for (const consumer of ['asking', 'direct', 'plain'] as const) {
      const { log, consumer: asking, observer } = requesting<number>(1);
      const source$ = consumer === 'direct' ? nothing$ : nothing$.pipe(map((n) => n));
      source$.subscribe(consumer === 'plain' ? observer : asking);
      expect(log).toEqual([{ error }]);
    }
  });

  it.each(
    ['a completion', 'an error', 'take'].flatMap((ending) =>
      Object.entries({
        nothing: (source$: Observable<number>) => source$,
        map: map((n: number) => n),
        prefetch: prefetch<number>(1),
      }).map(([name, pipe]) => ({ ending, name, pipe })),
    ),
  )('ends by $ending below $name also where a teardown throws, releases the rest, and tells of it', (row) => {
    const teardown = () => {
      throw new Error('teardown');
    };
    const emit = (sink: Observer<number>) => {
      sink.next(1);
      if (row.ending === 'an error') sink.error('mine');
      if (row.ending === 'a completion') sink.complete();
    };
    const ours$ = new DemandObservable<number>((sink) => ({
      request: () => emit(sink),
      unsubscribe: teardown,
    }));
    const plain$ = new Observable<number>((sink) => {
      sink.add(teardown);
      emit(sink);
    });
    for (const source$ of [ours$, plain$]) {
      const { log, consumer } = requesting<number>(3);
      const sibling = jest.fn();
      const idle$ = NEVER.pipe(finalize(sibling));
      const all$ =
        row.ending === 'a completion' ? source$.pipe(row.pipe) : merge(idle$, source$.pipe(row.pipe));
      const reported = unhandledDuring(() => {
        (row.ending === 'take' ? all$.pipe(take(1)) : all$).subscribe(consumer);
      });
      expect(log).toEqual([1, row.ending === 'an error' ? { error: 'mine' } : '|']);
      expect(reported).toEqual([expect.objectContaining({ name: 'UnsubscriptionError' })]);
      expect(sibling).toHaveBeenCalledTimes(row.ending === 'a completion' ? 0 : 1);
    }
  });

  it('asks a producer that answers later for all that is requested, below native operators for half a window at least', () => {
    const requests: number[] = [];
    const sinks: DemandSink<number>[] = [];
    const source$ = new DemandObservable<number>((sink) => {
      sinks.push(sink);
      return { request: (n) => void requests.push(n), unsubscribe() {} };
    });
    source$.subscribe(requesting<number>(100).consumer);
    expect(requests).toEqual([100]);
    requests.length = 0;
    source$.pipe(map((n) => n)).subscribe(requesting<number>(100).consumer);
    const sum = () => requests.reduce((total, n) => total + n, 0);
    expect(sum()).toBe(16);
    for (let i = 0; i < 16; i++) {
      sinks[1]?.next(i);
      expect(sum() - i - 1).toBeLessThanOrEqual(16);
    }
    expect(sum()).toBeGreaterThan(16);
    expect(requests.length).toBeLessThan(8);
  });

  it('releases a producer that ended while it was connecting', () => {
    let released = 0;
    const started = jest.fn();
    new DemandObservable<number>((sink) => {
      sink.complete();
      return { request() {}, start: started, unsubscribe: () => void released++ };
    }).subscribe(new DemandSubscriber<number>({ start: (demand) => demand.request(1) }));
    expect(released).toBe(1);
    expect(started).not.toHaveBeenCalled();
  });

  it('does not connect for a subscriber that has left already', () => {
    const connect = jest.fn(() => ({ request() {}, unsubscribe() {} }));
    const left = new Subscriber<number>();
    left.unsubscribe();
    new DemandObservable<number>(connect).subscribe(left);
    expect(connect).not.toHaveBeenCalled();
  });

  it('takes callbacks as every Observable does, also below a native operator', () => {
    const log: unknown[] = [];
    const source$ = new DemandObservable<number>((sink) => ({
      request: () => {
        sink.next(1);
        sink.complete();
      },
      unsubscribe() {},
    }));
    const failing$ = source$.pipe(
      map(() => {
        throw 'mine';
      }),
    );
    const next = (value: number) => log.push(value);
    source$.pipe(map((n) => n)).subscribe(next, null, () => log.push('|'));
    source$.subscribe(null, null, () => log.push('only |'));
    failing$.subscribe(undefined, (error) => log.push({ error }));
    expect(log).toEqual([1, '|', 'only |', { error: 'mine' }]);
  });

  it('asks below native operators for one at a time where that is answered at once, else for the rest, and again when half has come', () => {
    const requests: number[] = [];
    let sink: DemandSink<number> | undefined;
    const later$ = new DemandObservable<number>((given) => {
      sink = given;
      return { request: (n) => requests.push(n), unsubscribe() {} };
    });
    later$.pipe(map((n) => n)).subscribe(requesting<number>(100).consumer);
    expect(requests).toEqual([1, 15]);
    for (let i = 0; i < 7; i++) sink?.next(i);
    expect(requests).toEqual([1, 15]);
    sink?.next(7);
    expect(requests).toEqual([1, 15, 8]);
    requests.length = 0;
    const atOnce$ = new DemandObservable<number>((given) => ({
      request: (n) => {
        requests.push(n);
        for (let i = 0; i < n; i++) given.next(i);
      },
      unsubscribe() {},
    }));
    atOnce$.pipe(map((n) => n)).subscribe(requesting<number>(3).consumer);
    expect(requests).toEqual([1, 1, 1]);
  });

  it('is closed to its producer after its end, though values wait, and after the consumer has left', () => {
    const sinks: DemandSink<number>[] = [];
    const source$ = new DemandObservable<number>((sink) => {
      sinks.push(sink);
      return { request() {}, unsubscribe() {} };
    });
    const [ending, leaving] = [requesting<number>(1).consumer, requesting<number>(1).consumer];
    source$.subscribe(ending);
    source$.subscribe(leaving);
    expect(sinks.map(({ closed }) => closed)).toEqual([false, false]);
    for (const value of [1, 2]) sinks[0]?.next(value);
    sinks[0]?.complete();
    leaving.unsubscribe();
    expect([ending.buffered, ...sinks.map(({ closed }) => closed)]).toEqual([1, true, true]);
  });

  it('is connected at subscription, and released by who leaves before anything was drawn', () => {
    const log: string[] = [];
    const source$ = new DemandObservable<number>(() => {
      log.push('connected');
      return { request: () => log.push('requested'), unsubscribe: () => log.push('released') };
    });
    const empty$ = pullFrom<number>([]);
    race(empty$, source$).subscribe(requesting<number>(1).consumer);
    expect(log).toEqual(['connected', 'released']);
    log.length = 0;
    const { consumer } = requesting<number>(1);
    source$.pipe(takeUntil(of(1))).subscribe(consumer);
    expect([consumer.closed, ...log]).toEqual([true]);
  });

  it('ends with what connect throws or says at once, and is released', () => {
    for (const end of ['throw', 'error', 'complete'] as const) {
      const released = jest.fn();
      const source$ = new DemandObservable<number>((sink) => {
        if (end === 'throw') throw new Error('at once');
        if (end === 'error') sink.error(new Error('at once'));
        else sink.complete();
        return { request() {}, unsubscribe: released };
      });
      for (const pipe of [map((n: number) => n), (same$: Observable<number>) => same$]) {
        released.mockClear();
        const { log, consumer } = requesting<number>(1);
        source$.pipe(pipe).subscribe(consumer);
        expect(log).toEqual([end === 'complete' ? '|' : { error: new Error('at once') }]);
        expect(released).toHaveBeenCalledTimes(end === 'throw' ? 0 : 1);
      }
    }
  });
});
