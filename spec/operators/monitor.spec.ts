import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, concat, delay, of, Subject, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandSubscriber, MonitorRegistry, monitor, pullFrom } from '../../src/index.js';

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
});
