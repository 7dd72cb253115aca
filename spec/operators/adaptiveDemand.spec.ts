import { describe, expect, it } from '@jest/globals';
import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { adaptiveDemand, DemandObservable, DemandSubscriber } from '../../src/index.js';

/**
 * A consumer of `servers` workers, each of which takes `latency` ms a value: limits over time, and values handled.
 * `change` may alter it while it runs.
 */
function simulate(
  consumer: { servers: number; latency: number },
  end: number,
  change?: { at: number; run(): void },
) {
  const limits: { time: number; limit: number }[] = [];
  let handled = 0;
  const scheduler = new TestScheduler(() => {});
  scheduler.run(() => {
    let busy = 0;
    const waiting: (() => void)[] = [];
    const work = () => {
      busy++;
      asyncScheduler.schedule(() => {
        busy--;
        handled++;
        subscriber.request(1);
        while (busy < consumer.servers && waiting.length > 0) waiting.shift()?.();
      }, consumer.latency);
    };
    const subscriber = new DemandSubscriber<number>({
      start: (demand) => demand.request(500),
      next: () => {
        if (busy < consumer.servers) work();
        else waiting.push(work);
      },
    });
    new DemandObservable<number>((sink) => ({
      request: (n) => {
        for (let i = 0; i < n; i++) sink.next(i);
      },
      unsubscribe: () => {},
    }))
      .pipe(
        adaptiveDemand({
          min: 1,
          max: 500,
          clock: asyncScheduler,
          onLimit: (limit) => limits.push({ time: asyncScheduler.now(), limit }),
        }),
      )
      .subscribe(subscriber);
    if (change !== undefined) asyncScheduler.schedule(() => change.run(), change.at);
    asyncScheduler.schedule(() => subscriber.unsubscribe(), end);
    scheduler.flush();
  });
  return { limits, handled };
}

describe('adaptiveDemand', () => {
  it.each([10, 20, 50, 100])(
    'settles within 10%% of the best fixed limit, %d, and does not oscillate',
    (servers) => {
      const { limits, handled } = simulate({ servers, latency: 10 }, 20_000);
      const last = limits.filter(({ time }) => time > 5_000).map(({ limit }) => limit);
      const best = Math.max(...last);
      expect(best).toBeGreaterThanOrEqual(servers);
      expect(best).toBeLessThanOrEqual(servers * 1.1);
      // It stands still, apart from the probes, which halve it for one window and may leave it one lower for the next.
      for (const limit of last) {
        expect([best, best - 1, Math.round(best / 2), Math.round((best - 1) / 2)]).toContain(limit);
      }
      expect(handled).toBeGreaterThan(servers * 2_000 * 0.9);
    },
  );

  it.each([
    ['halves', 40, 20],
    ['doubles', 20, 40],
  ])('follows a consumer whose capacity %s', (_, before, after) => {
    const consumer = { servers: before, latency: 10 };
    const { limits } = simulate(consumer, 40_000, {
      at: 20_000,
      run: () => {
        consumer.servers = after;
      },
    });
    const standing = (from: number, to: number) =>
      Math.max(...limits.filter(({ time }) => time > from && time < to).map(({ limit }) => limit));
    expect(Math.abs(standing(15_000, 20_000) / before - 1)).toBeLessThanOrEqual(0.1);
    expect(Math.abs(standing(30_000, 40_000) / after - 1)).toBeLessThanOrEqual(0.1);
  });

  it('follows a consumer whose work takes twice as long', () => {
    const consumer = { servers: 30, latency: 10 };
    const { limits } = simulate(consumer, 80_000, {
      at: 20_000,
      run: () => {
        consumer.latency = 20;
      },
    });
    const last = limits.filter(({ time }) => time > 60_000).map(({ limit }) => limit);
    expect(Math.abs(Math.max(...last) / 30 - 1)).toBeLessThanOrEqual(0.1);
  });

  it('stays within min and max', () => {
    expect(() => adaptiveDemand({ min: 0, max: 1 })).toThrow(RangeError);
    expect(() => adaptiveDemand({ min: 2, max: 1 })).toThrow(RangeError);
  });
});
