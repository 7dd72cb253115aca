import { describe, expect, it } from '@jest/globals';
import {
  asyncScheduler,
  concat,
  concatMap,
  defer,
  delay,
  mergeMap,
  NEVER,
  of,
  type SchedulerAction,
  Subject,
  throwError,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
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
});
