import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  asyncScheduler,
  concat,
  concatMap,
  defer,
  delay,
  mergeMap,
  NEVER,
  Observable,
  of,
  type SchedulerAction,
  Subject,
  throwError,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  batchWhileBusy,
  boundedBuffer,
  DemandObservable,
  DemandSubscriber,
  LATENCY_BOUNDS,
  MonitorRegistry,
  monitor,
  OverflowError,
  pullFrom,
} from '../../src/index.js';

/** Values that honour demand, `ms` after each other. */
function every(ms: number, count: number) {
  let next = 0;
  return new DemandObservable<number>((sink) => {
    const timer = asyncScheduler.schedule(function (this: SchedulerAction<unknown>) {
      sink.next(next++);
      if (next < count) this.schedule(undefined, ms);
    });
    return { request: () => {}, unsubscribe: () => timer.unsubscribe() };
  });
}

/** The bucket, the count and the sum of each bucket that counts any. */
function latencies(registry: MonitorRegistry) {
  const [snapshot] = registry.snapshot();
  return snapshot?.latency.counts
    .map((count, i) => [LATENCY_BOUNDS[i], count, snapshot.latency.sums[i]])
    .filter(([, count]) => count);
}

describe('monitor', () => {
  it('counts requests, values and endings, and adds up the subscriptions of one name', () => {
    const registry = new MonitorRegistry();
    const counted = monitor<number>('rows', { registry });
    pullFrom([1, 2, 3]).pipe(counted).subscribe();
    const open = new DemandSubscriber<number>();
    pullFrom([1, 2, 3]).pipe(counted).subscribe(open);
    open.request(2);
    const failed = concat(
      of(1),
      throwError(() => 'broken'),
    ).pipe(counted);
    failed.subscribe(new DemandSubscriber<number>({ start: (demand) => demand.request(5), error: () => {} }));
    expect(registry.snapshot()).toMatchObject([
      {
        name: 'rows',
        active: 1,
        requested: Infinity,
        delivered: 6,
        completed: 1,
        failed: 1,
        lastError: 'broken',
      },
    ]);
    expect(registry.subscriptions('rows')).toMatchObject([
      { active: 1, requested: 2, delivered: 2, unsubscribed: 0 },
    ]);
    open.unsubscribe();
    expect(registry.snapshot()).toMatchObject([{ active: 0, delivered: 6, unsubscribed: 1 }]);
    expect(registry.subscriptions('rows')).toEqual([]);
  });

  it('tells what waits, now and at most', () => {
    const registry = new MonitorRegistry();
    const subject = new Subject<number>();
    const subscriber = new DemandSubscriber<number>();
    subject.pipe(monitor('rows', { registry })).subscribe(subscriber);
    for (let i = 0; i < 5; i++) subject.next(i);
    subscriber.request(3);
    expect(registry.snapshot()).toMatchObject([{ waiting: 2, mostWaiting: 5, delivered: 5 }]);
    subscriber.unsubscribe();
    expect(registry.snapshot()).toMatchObject([{ waiting: 0, mostWaiting: 5 }]);
  });

  it('tells who is slow', () => {
    const registry = new MonitorRegistry();
    new TestScheduler(() => {}).run(({ flush }) => {
      const options = { registry, clock: asyncScheduler };
      const slowSource = new DemandSubscriber<number>({ start: (demand) => demand.request(1) });
      of(1).pipe(delay(30), monitor('source', options)).subscribe(slowSource);
      const slowConsumer = new DemandSubscriber<number>();
      pullFrom([1]).pipe(monitor('consumer', options)).subscribe(slowConsumer);
      asyncScheduler.schedule(() => slowConsumer.request(1), 20);
      flush();
    });
    expect(registry.snapshot()).toMatchObject([
      { name: 'source', starved: 30, stalled: 0 },
      { name: 'consumer', starved: 0, stalled: 20 },
    ]);
  });

  it('hands on what nobody has asked for, so that the buffer below decides, and sees what that drops', () => {
    const registry = new MonitorRegistry();
    const hot$ = new Subject<number>();
    const dropped: number[] = [];
    const consumer = new DemandSubscriber<number>();
    hot$
      .pipe(
        monitor('prices', { registry }),
        boundedBuffer({ capacity: 4, overflow: 'dropOldest', onDrop: (value) => dropped.push(value) }),
      )
      .subscribe(consumer);
    for (let i = 0; i < 6; i++) hot$.next(i);
    expect(dropped).toEqual([0, 1]);
    const counts = {
      delivered: 6,
      waiting: 4,
      mostWaiting: 4,
      fill: 1,
      dropped: { overflow: 2, age: 0, unsubscribed: 0 },
    };
    expect(registry.snapshot()).toMatchObject([counts]);
    consumer.unsubscribe();
    expect(registry.snapshot()).toMatchObject([{ waiting: 0, fill: 0 }]);
  });

  it('sees what is in flight in native operators below, and not above', () => {
    const registry = new MonitorRegistry();
    const consumer = new DemandSubscriber<number>();
    pullFrom(Array.from({ length: 100 }, (_, i) => i))
      .pipe(
        monitor('above', { registry }),
        mergeMap(() => NEVER),
        monitor('below', { registry }),
      )
      .subscribe(consumer);
    consumer.request(1);
    expect(registry.snapshot()).toMatchObject([
      { name: 'below', delivered: 0, inFlight: 0 },
      { name: 'above', delivered: 16, inFlight: 16 },
    ]);
    consumer.unsubscribe();
  });

  it('sees the failure of the consumer below, which never comes by', () => {
    const registry = new MonitorRegistry();
    const hot$ = new Subject<number>();
    hot$
      .pipe(monitor('prices', { registry }), boundedBuffer({ capacity: 1 }))
      .subscribe(new DemandSubscriber<number>({ error: () => {} }));
    hot$.next(1);
    hot$.next(2);
    expect(registry.snapshot()).toMatchObject([
      { active: 0, failed: 1, unsubscribed: 0, lastError: expect.any(OverflowError) },
    ]);
  });

  it('does not count as stalled what has neither demand nor values', () => {
    const registry = new MonitorRegistry();
    new TestScheduler(() => {}).run(({ flush }) => {
      const hot$ = new Subject<number>();
      const consumer = new DemandSubscriber<number>();
      hot$.pipe(monitor('clicks', { registry, clock: asyncScheduler })).subscribe(consumer);
      asyncScheduler.schedule(() => hot$.next(1), 10);
      asyncScheduler.schedule(() => consumer.request(2), 30);
      asyncScheduler.schedule(() => consumer.unsubscribe(), 60);
      flush();
    });
    expect(registry.snapshot()).toMatchObject([
      { idle: 10, stalled: 20, starved: 30, consumerBound: 0.4, latency: { counts: expect.any(Array) } },
    ]);
  });

  it('tells how long values took to the consumer below, those that were dropped left out', () => {
    const registry = new MonitorRegistry();
    new TestScheduler(() => {}).run(({ flush }) => {
      const hot$ = new Subject<number>();
      const consumer = new DemandSubscriber<number>();
      hot$
        .pipe(
          monitor('prices', { registry, clock: asyncScheduler }),
          boundedBuffer({ capacity: 2, overflow: 'dropOldest' }),
        )
        .subscribe(consumer);
      for (const [at, value] of [
        [0, 1],
        [10, 2],
        [20, 3],
      ] as const) {
        asyncScheduler.schedule(() => hot$.next(value), at);
      }
      asyncScheduler.schedule(() => consumer.request(3), 60);
      asyncScheduler.schedule(() => hot$.next(4), 70);
      flush();
    });
    const [snapshot] = registry.snapshot();
    const seen = snapshot?.latency.counts
      .map((count, i) => [LATENCY_BOUNDS[i], count])
      .filter(([, count]) => count);
    // 2 waited for 50 ms, 3 for 40 ms, 4 not at all; 1 was dropped.
    expect(seen).toEqual([
      [1, 1],
      [50, 2],
    ]);
    expect(snapshot?.latency.sums.reduce((sum, one) => sum + one)).toBe(90);
  });

  it('does not take the value that finds no room for the one that waits longest', () => {
    const registry = new MonitorRegistry();
    new TestScheduler(() => {}).run(({ flush }) => {
      const hot$ = new Subject<number>();
      const consumer = new DemandSubscriber<number>();
      hot$
        .pipe(
          monitor('prices', { registry, clock: asyncScheduler }),
          boundedBuffer({ capacity: 1, overflow: 'dropLatest' }),
        )
        .subscribe(consumer);
      hot$.next(1);
      asyncScheduler.schedule(() => hot$.next(2), 10);
      asyncScheduler.schedule(() => consumer.request(1), 60);
      flush();
    });
    expect(registry.snapshot()[0]?.latency.sums.reduce((sum, one) => sum + one)).toBe(60);
  });

  it('tells how long values took through native operators, each from when it came until it left them', () => {
    const registry = new MonitorRegistry();
    new TestScheduler(() => {}).run(({ flush }) => {
      const consumer = new DemandSubscriber<number>({ start: (demand) => demand.request(10) });
      every(100, 4)
        .pipe(
          monitor('rows', { registry, clock: asyncScheduler }),
          mergeMap((n) => of(n).pipe(delay(30))),
          delay(5),
        )
        .subscribe(consumer);
      flush();
      consumer.unsubscribe();
    });
    expect(latencies(registry)).toEqual([[50, 4, 140]]);
  });

  it.each([
    ['dropOldest', 50 + 60],
    ['dropLatest', 90 + 100],
    // The value that is replaced hands its place on.
    ['replaceLatest', 90 + 100],
  ] as const)('tells who was dropped by %s, of equal values too', (overflow, sum) => {
    for (const values of [
      [1, 2, 3, 4, 5, 6],
      [1, 1, 1, 1, 1, 1],
    ]) {
      const registry = new MonitorRegistry();
      new TestScheduler(() => {}).run(({ flush }) => {
        const hot$ = new Subject<number>();
        const consumer = new DemandSubscriber<number>();
        hot$
          .pipe(
            monitor('prices', { registry, clock: asyncScheduler }),
            boundedBuffer({ capacity: 2, overflow }),
          )
          .subscribe(consumer);
        values.forEach((value, i) => {
          asyncScheduler.schedule(() => hot$.next(value), 10 * i);
        });
        asyncScheduler.schedule(() => consumer.request(2), 100);
        flush();
      });
      const [snapshot] = registry.snapshot();
      expect(snapshot?.dropped.overflow).toBe(4);
      expect(snapshot?.latency.sums.reduce((left, right) => left + right)).toBe(sum);
    }
  });

  it('counts what is asked for from inside a delivery, and by others before it began no more', () => {
    const registry = new MonitorRegistry();
    const came: number[] = [];
    const consumer = new DemandSubscriber<number>({
      start: (demand) => demand.request(3),
      next: (value, demand) => {
        came.push(value);
        demand.request(1);
      },
    });
    concat(
      of(1, 2),
      defer(() => pullFrom([3, 4]).pipe(monitor('rows', { registry }))),
    ).subscribe(consumer);
    expect(came).toEqual([1, 2, 3, 4]);
    expect(registry.snapshot()).toMatchObject([{ requested: 5, delivered: 2, completed: 1 }]);
  });

  it('knows demand without bound for what it is, also where it is taken back', () => {
    const registry = new MonitorRegistry();
    const consumer = new DemandSubscriber<number>({ start: (demand) => demand.request(1) });
    const hot$ = new Subject<number>();
    hot$.pipe(monitor('before', { registry })).subscribe(consumer);
    expect(registry.snapshot()).toMatchObject([{ requested: 1 }]);
    consumer.request(Infinity);
    expect(registry.snapshot()).toMatchObject([{ requested: Infinity }]);
    consumer.unsubscribe();
    expect(registry.snapshot()).toMatchObject([{ requested: Infinity }]);
  });

  it('counts the time that a consumer spends on a value as its own', () => {
    const registry = new MonitorRegistry();
    let now = 0;
    pullFrom([1, 2, 3])
      .pipe(monitor('rows', { registry, clock: { now: () => now } }))
      .subscribe(() => {
        now += 5;
      });
    expect(registry.snapshot()).toMatchObject([{ stalled: 15, starved: 0, consumerBound: 1 }]);
  });

  it('counts what a consumer spends around a request from inside as its own too', () => {
    const registry = new MonitorRegistry();
    let now = 0;
    pullFrom([1, 2, 3])
      .pipe(monitor('rows', { registry, clock: { now: () => now } }))
      .subscribe(
        new DemandSubscriber<number>({
          start: (demand) => demand.request(2),
          next: (_, demand) => {
            now += 5;
            demand.request(1);
            now += 5;
          },
        }),
      );
    expect(registry.snapshot()).toMatchObject([{ stalled: 30, starved: 0, requested: 5 }]);
  });

  it('counts what goes to a plain subscriber, who has no demand, whatever the source', () => {
    const registry = new MonitorRegistry();
    let now = 0;
    const hot$ = new Subject<number>();
    const subscription = hot$.pipe(monitor('plain', { registry, clock: { now: () => now } })).subscribe();
    now += 10;
    hot$.next(1);
    expect(registry.subscriptions('plain')).toMatchObject([
      { active: 1, requested: Infinity, delivered: 1, waiting: 0, mostWaiting: 0, fill: 0, starved: 10 },
    ]);
    subscription.unsubscribe();
  });

  it('counts nothing that comes after the ending', () => {
    const registry = new MonitorRegistry();
    let next = () => {};
    const unruly$ = new Observable<number>((subscriber) => {
      next = () => subscriber.next(2);
      subscriber.next(1);
      subscriber.complete();
    });
    unruly$.pipe(monitor('rows', { registry })).subscribe({ complete: () => next() });
    expect(registry.snapshot()).toMatchObject([{ delivered: 1, completed: 1 }]);
  });

  it('counts what waits below no more once the source has ended, as nobody tells when that is over', () => {
    const registry = new MonitorRegistry();
    const consumer = new DemandSubscriber<number>();
    of(1, 2, 3).pipe(monitor('rows', { registry })).subscribe(consumer);
    expect(consumer.buffered).toBe(3);
    expect(registry.snapshot()).toMatchObject([{ active: 0, waiting: 0, fill: 0, mostWaiting: 3 }]);
    consumer.unsubscribe();
  });

  it('counts a full window below as stalled: there is demand, and the source may not be asked', () => {
    const registry = new MonitorRegistry();
    let now = 0;
    const consumer = new DemandSubscriber<number>({ start: (demand) => demand.request(100) });
    pullFrom(Array.from({ length: 100 }, (_, i) => i))
      .pipe(
        monitor('rows', { registry, clock: { now: () => now } }),
        mergeMap(() => NEVER),
      )
      .subscribe(consumer);
    now += 10;
    expect(registry.snapshot()).toMatchObject([{ inFlight: 16, stalled: 10, starved: 0, idle: 0 }]);
    consumer.unsubscribe();
  });

  it('counts what waits ahead of any request as stalled, though more may come', () => {
    const registry = new MonitorRegistry();
    let now = 0;
    const hot$ = new Subject<number>();
    const consumer = new DemandSubscriber<number[]>();
    hot$
      .pipe(monitor('rows', { registry, clock: { now: () => now } }), batchWhileBusy({ max: 4 }))
      .subscribe(consumer);
    hot$.next(1);
    now += 10;
    expect(registry.snapshot()).toMatchObject([{ waiting: 1, stalled: 10, starved: 0 }]);
    consumer.unsubscribe();
  });

  it('counts what came at once beside what took a while that ends in the same bucket', () => {
    const registry = new MonitorRegistry();
    let now = 0;
    const hot$ = new Subject<number>();
    const consumer = new DemandSubscriber<number>({ start: (demand) => demand.request(1) });
    hot$.pipe(monitor('rows', { registry, clock: { now: () => now } })).subscribe(consumer);
    hot$.next(1);
    hot$.next(2);
    now += 1;
    consumer.request(1);
    expect(latencies(registry)).toEqual([[1, 2, 1]]);
    consumer.unsubscribe();
  });

  it('keeps maxNames names apart', () => {
    const registry = new MonitorRegistry({ maxNames: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'a']) {
      pullFrom([1]).pipe(monitor(name, { registry })).subscribe();
    }
    expect(registry.snapshot().map(({ name, delivered }) => [name, delivered])).toEqual([
      ['a', 2],
      ['b', 1],
      ['other', 2],
    ]);
    expect(() => new MonitorRegistry({ maxNames: 0 })).toThrow(RangeError);
  });

  it('leaves nothing with the consumer when inner monitors come and go', () => {
    const registry = new MonitorRegistry();
    const values: number[] = [];
    pullFrom(Array.from({ length: 100 }, (_, i) => i))
      .pipe(concatMap((n) => pullFrom([n, n]).pipe(monitor('inner', { registry }))))
      .subscribe(
        new DemandSubscriber<number>({
          start: (demand) => demand.request(1),
          next: (value, demand) => {
            values.push(value);
            demand.request(1);
          },
        }),
      );
    expect(values.length).toBe(200);
    expect(registry.snapshot()).toMatchObject([{ delivered: 200, completed: 100, active: 0 }]);
    expect(registry.subscriptions('inner')).toEqual([]);
  });

  describe('without a clock, so that time is not read for each value', () => {
    /** A consumer that takes every value, and what it makes of time; how often time was read since the last question. */
    function watched({ spend = (_: number): number => 0, wait = (_: number): number => 0 } = {}) {
      const registry = new MonitorRegistry();
      const hot$ = new Subject<number>();
      let now = 0;
      let count = 0;
      const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
      const consumer = new DemandSubscriber<number>({
        start: (demand) => demand.request(Infinity),
        next: () => {
          now += spend(count++);
        },
      });
      hot$.pipe(monitor('rows', { registry })).subscribe(consumer);
      const readings = () => {
        const { length } = clock.mock.calls;
        clock.mockClear();
        return length;
      };
      readings();
      return {
        consumer,
        readings,
        registry,
        pass: (ms: number) => {
          now += ms;
        },
        send: (n: number) => {
          for (let i = 0; i < n; i++) {
            now += wait(count);
            hot$.next(i);
          }
        },
      };
    }

    afterEach(() => {
      jest.restoreAllMocks();
    });

    it('reads it around the first value of a turn of the event loop, and around each 64th that follows', async () => {
      const { consumer, readings, send } = watched();
      send(1);
      expect(readings()).toBe(2);
      send(63);
      expect(readings()).toBe(0);
      send(1);
      expect(readings()).toBe(2);
      send(127);
      expect(readings()).toBe(2);
      await Promise.resolve();
      send(1);
      expect(readings()).toBe(2);
      send(63);
      expect(readings()).toBe(0);
      consumer.unsubscribe();
    });

    it('reads it once for a request of a new turn, and not for others, nor from inside a delivery', async () => {
      const { consumer, readings, send } = watched({
        spend: () => {
          consumer.request(1);
          return 0;
        },
      });
      await Promise.resolve();
      consumer.request(1);
      expect(readings()).toBe(1);
      consumer.request(1);
      send(1);
      expect(readings()).toBe(2);
      consumer.request(1);
      expect(readings()).toBe(0);
      consumer.unsubscribe();
    });

    it('has one turn begin at a time, however often it is read', async () => {
      const { consumer, readings, send } = watched();
      await Promise.resolve();
      const seen: number[] = [];
      const later = () =>
        Promise.resolve().then(() => {
          send(1);
          seen.push(readings());
        });
      send(1);
      const first = later();
      send(64);
      const second = later();
      readings();
      await Promise.all([first, second]);
      expect(seen).toEqual([2, 0]);
      consumer.unsubscribe();
    });

    it('reads it around each value while they are slow, and no more when they are not', () => {
      const { consumer, readings, send } = watched({ spend: (i) => (i < 100 ? 5 : 0) });
      send(100);
      expect(readings()).toBe(200);
      send(1);
      expect(readings()).toBe(2);
      send(63);
      expect(readings()).toBe(0);
      consumer.unsubscribe();
    });

    it('does not take the time before a turn for a slow value', async () => {
      const { consumer, pass, readings, send } = watched();
      await Promise.resolve();
      pass(1000);
      send(2);
      expect(readings()).toBe(2);
      consumer.unsubscribe();
    });

    it.each([
      ['quick', 0.001, 0],
      ['slow', 5, 0],
      ['slow, as is their source', 5, 1],
      ['quicker than their source', 0, 5],
    ])('takes values in between to be like the one that it times: %s', (_, ms, ofSource) => {
      const { consumer, registry, send } = watched({
        spend: (i) => (i === 0 ? 0 : ms),
        wait: (i) => (i === 0 ? 0 : ofSource),
      });
      send(1 + 64);
      consumer.unsubscribe();
      const [{ starved, stalled } = { starved: 0, stalled: 0 }] = registry.snapshot();
      expect(stalled).toBeCloseTo(64 * ms, 6);
      expect(starved).toBeCloseTo(64 * ofSource, 6);
    });

    it('tells how long values took of which some were dropped before it looked', async () => {
      const registry = new MonitorRegistry();
      let now = 0;
      jest.spyOn(performance, 'now').mockImplementation(() => now);
      const hot$ = new Subject<number>();
      const consumer = new DemandSubscriber<number>();
      hot$
        .pipe(monitor('rows', { registry }), boundedBuffer({ capacity: 1, overflow: 'dropOldest' }))
        .subscribe(consumer);
      for (let i = 0; i < 20; i++) hot$.next(i);
      expect(registry.snapshot()).toMatchObject([{ dropped: { overflow: 19 }, waiting: 1 }]);
      await Promise.resolve();
      now += 40;
      consumer.request(1);
      expect(latencies(registry)).toEqual([[50, 1, 40]]);
      consumer.unsubscribe();
    });
  });
});
