import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, defer, delay, finalize, mergeMap, NEVER, type Observable, of, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { requestInBatches } from '../../bench/consumers.js';
import { type Capacity, settled, simulate } from '../../bench/simulation/adaptive.js';
import {
  adaptiveDemand,
  type Demand,
  DemandSubscriber,
  losslessPause,
  prefetch,
  pullFrom,
  rateLimit,
  shareWithDemand,
} from '../../src/index.js';
import { ConcurrencyLimit } from '../../src/parts/ConcurrencyLimit.js';
import { InFlight } from '../../src/parts/InFlight.js';

/** The least fixed limit with which nothing more is handled than with any other. */
function bestFixed(capacity: Omit<Capacity, 'from'>): number {
  const limits = Array.from({ length: Math.ceil(capacity.workers * 1.5) }, (_, i) => i + 1);
  const handled = limits.map((limit) => simulate([{ from: 0, ...capacity }], 400, limit).handled.length);
  return limits[handled.indexOf(Math.max(...handled))] ?? Number.NaN;
}

/** Expects every limit to be within 10% of `best`. */
function expectWithin(limits: readonly number[], best: number): void {
  expect(limits.length).toBeGreaterThan(0);
  for (const limit of limits) expect(Math.abs(limit - best)).toBeLessThanOrEqual(best / 10);
}

describe('adaptiveDemand', () => {
  it.each([
    { workers: 10, work: 10 },
    { workers: 20, work: 3 },
    { workers: 40, work: 10 },
  ])('settles within 10%% of the best fixed limit, and does not oscillate: %o', (capacity) => {
    const best = bestFixed(capacity);
    expect(best).toBe(capacity.workers);
    const limits = settled(simulate([{ from: 0, ...capacity }], 8_000, 'adaptive'), 3_000, 8_000);
    expectWithin(limits, best);
    expect(Math.max(...limits) - Math.min(...limits)).toBeLessThanOrEqual(2);
  });

  it('costs no more than two in a hundred of what the best fixed limit handles, probes included', () => {
    const capacity = { from: 0, workers: 20, work: 10 };
    const handled = (limit: number | 'adaptive') =>
      simulate([capacity], 8_000, limit).handled.filter((time) => time > 3_000).length;
    expect(handled('adaptive') / handled(20)).toBeGreaterThanOrEqual(0.98);
  });

  it('follows a consumer whose capacity halves and doubles', () => {
    const trace = simulate(
      [
        { from: 0, workers: 40, work: 10 },
        { from: 5_000, workers: 20, work: 10 },
        { from: 10_000, workers: 40, work: 10 },
      ],
      15_000,
      'adaptive',
    );
    for (const [from, workers] of [
      [3_000, 40],
      [6_000, 20],
      [12_000, 40],
    ] as const) {
      expectWithin(settled(trace, from, Math.floor(from / 5_000 + 1) * 5_000), workers);
    }
  });

  it.each([
    ['twice as long', 10, 20],
    ['half as long', 20, 10],
  ])('follows a consumer whose work takes %s', (_, before, after) => {
    const trace = simulate(
      [
        { from: 0, workers: 20, work: before },
        { from: 4_000, workers: 20, work: after },
      ],
      20_000,
      'adaptive',
    );
    const limits = settled(trace, 14_000, 20_000);
    expectWithin(limits, 20);
  });

  it('is not misled by latency that is merely uneven', () => {
    const capacity = { from: 0, workers: 20, work: 10, spread: 5 };
    const handled = (limit: number | 'adaptive') =>
      simulate([capacity], 10_000, limit).handled.filter((time) => time > 4_000).length;
    expect(handled('adaptive') / handled(20)).toBeGreaterThanOrEqual(0.95);
  });

  it('stands still while there are not enough values to know', () => {
    const limits: number[] = [];
    const consumer = new DemandSubscriber<number>({ start: (demand) => demand.request(3) });
    pullFrom(Array.from({ length: 1000 }, (_, i) => i))
      .pipe(adaptiveDemand({ min: 10, max: 100, clock: { now: () => 0 }, onLimit: (n) => limits.push(n) }))
      .subscribe(consumer);
    for (let i = 0; i < 200; i++) consumer.request(1);
    expect(limits).toEqual([]);
  });

  it('reads the clock once for each request, and not for each value that comes at once', () => {
    let read = 0;
    const came = requestInBatches(
      pullFrom(new Array<number>(10_000).fill(0)).pipe(
        adaptiveDemand({ min: 128, max: 128, clock: { now: () => read++ } }),
      ),
    );
    expect(came).toBe(10_000);
    expect(read).toBeLessThan(10_000 / 96 + 10);
  });

  it('reads it anew for a value that comes later', () => {
    let time = 0;
    const limits: number[] = [];
    const source$ = new Subject<number>();
    const consumer = new DemandSubscriber<number>({ start: (demand) => demand.request(100) });
    source$
      .pipe(adaptiveDemand({ min: 1, max: 100, clock: { now: () => time }, onLimit: (n) => limits.push(n) }))
      .subscribe(consumer);
    // Each takes 10, whenever it came: latency stays. Two at a time are never there, and the limit doubles once.
    for (let i = 0; i < 200; i++) {
      time += 1000;
      source$.next(i);
      time += 10;
      consumer.request(1);
    }
    expect(limits).toEqual([2]);
  });

  it('tells onDrop of what still waits when it is left, and of nothing that is in flight', () => {
    const source$ = new Subject<number>();
    const dropped: [number, string][] = [];
    const consumer = new DemandSubscriber<number>({ start: (demand) => demand.request(2) });
    source$
      .pipe(adaptiveDemand({ min: 1, max: 2, onDrop: (value, reason) => dropped.push([value, reason]) }))
      .subscribe(consumer);
    for (const value of [1, 2, 3]) source$.next(value);
    consumer.unsubscribe();
    expect(dropped).toEqual([
      [2, 'unsubscribed'],
      [3, 'unsubscribed'],
    ]);
  });

  it('throws a RangeError for a min, max or patience out of range', () => {
    expect(() => adaptiveDemand({ min: 0, max: 1 })).toThrow(RangeError);
    expect(() => adaptiveDemand({ min: 2, max: 1 })).toThrow(RangeError);
    expect(() => adaptiveDemand({ min: 1, max: 1, patience: 0 })).toThrow(RangeError);
  });
});

describe('below it, a consumer that is silent', () => {
  const VALUES = 1000;

  /** When each of the values came, in ms, of two minutes; `consume` subscribes to them and tells of each. */
  function comings(
    limits: { min: number; max: number },
    consume: (source$: Observable<number>, came: () => void) => Demand | undefined,
  ): number[] {
    const times: number[] = [];
    const scheduler = new TestScheduler(() => {});
    scheduler.run(() => {
      const source$ = pullFrom(Array.from({ length: VALUES }, (_, i) => i));
      const consumer = consume(source$.pipe(adaptiveDemand({ ...limits, clock: asyncScheduler })), () =>
        times.push(asyncScheduler.now()),
      );
      asyncScheduler.schedule(() => consumer?.unsubscribe(), 120_000);
      scheduler.flush();
    });
    return times;
  }

  /** Asks for `first`, and whenever `each` have come, `work` ms later, for so many more: at once, or one by one. */
  const inBatches =
    (first: number, each: number, work: number, apart = false) =>
    (source$: Observable<number>, came: () => void): Demand => {
      let left = each;
      const again = (demand: Demand) => {
        for (let i = 0; i < (apart ? each : 1); i++) demand.request(apart ? 1 : each);
      };
      const consumer = new DemandSubscriber<number>({
        start: (demand) => demand.request(first),
        next: (_, demand) => {
          came();
          left = left === 1 ? each : left - 1;
          if (left === each) asyncScheduler.schedule(() => again(demand), work);
        },
      });
      source$.subscribe(consumer);
      return consumer;
    };

  // The limit of 1 is doubled each second.
  it.each<[string, first: number, each: number, work: number, known: number]>([
    ['waits for all of its five', 5, 5, 0, 3000],
    ['works on its five for 10 ms', 5, 5, 10, 3000],
    ['asks for 96 of its 128', 128, 96, 0, 7000],
    ['asks for half of its ten', 10, 5, 1, 3000],
    ['takes as many as max', 100, 100, 10, 7000],
  ])('%s, and gets all, without a wait once that is known', (_, first, each, work, known) => {
    const times = comings({ min: 1, max: 100 }, inBatches(first, each, work));
    expect(times).toHaveLength(VALUES);
    expect(times[each - 1]).toBe(known);
    expect(times.at(-1)).toBeLessThanOrEqual(known + (VALUES / each) * work);
  });

  it.each([5, 16, VALUES])(
    'asks for %i, more than max, at once: it gets so much after a minute, and then always',
    (batch) => {
      const times = comings({ min: 1, max: 4 }, inBatches(batch, batch, 10));
      expect(times.filter((time) => time < 60_000)).toHaveLength(4);
      expect(times[batch - 1]).toBe(60_000 + 1000 * Math.ceil(Math.log2(batch / 8)));
      expect(times).toHaveLength(VALUES);
    },
  );

  it('asks in batches, but by requests of one: each batch waits, and comes', () => {
    const times = comings({ min: 1, max: 100 }, inBatches(5, 5, 10, true));
    for (const [from, to] of [
      [0, 20_000],
      [20_000, 40_000],
      [40_000, 60_000],
    ] as const) {
      expect(times.filter((time) => time >= from && time < to).length).toBeGreaterThanOrEqual(20);
    }
  });

  it.each<[string, (source$: Observable<number>) => Observable<number>]>([
    ['prefetch', (source$) => source$.pipe(prefetch(4))],
    ['losslessPause', (source$) => source$.pipe(losslessPause(NEVER))],
    ['shareWithDemand', (source$) => source$.pipe(shareWithDemand())],
    ['rateLimit', (source$) => source$.pipe(rateLimit({ permits: 1, per: 1, burst: 8 }))],
  ])('is %s, which asks in steps, and lets all through', (_, through) => {
    const times = comings({ min: 1, max: 16 }, (source$, came) => {
      const consumer = new DemandSubscriber<number>({
        start: (demand) => demand.request(Infinity),
        next: came,
      });
      through(source$).subscribe(consumer);
      return consumer;
    });
    expect(times).toHaveLength(VALUES);
    expect(times.at(-1)).toBeLessThanOrEqual(6000);
  });

  it.each([
    [1, 4],
    [2, 10],
  ])(
    'is a native operator that works asynchronously: from %i to %i are in it, and none waits',
    (min, max) => {
      let working = 0;
      const most: number[] = [];
      const work = (value: number) =>
        defer(() => {
          most.push(++working);
          return of(value).pipe(delay(10));
        }).pipe(finalize(() => working--));
      const times = comings({ min, max }, (source$, came) => {
        const consumer = new DemandSubscriber<number>({
          start: (demand) => demand.request(Infinity),
          next: came,
        });
        source$.pipe(mergeMap(work)).subscribe(consumer);
        return consumer;
      });
      expect(times).toHaveLength(VALUES);
      expect(most[0]).toBe(1);
      expect(Math.max(...most.slice(0, 20))).toBe(min);
      expect(Math.max(...most)).toBe(max);
      expect(times.at(-1)).toBeLessThan((1.3 * VALUES * 10) / max);
    },
  );

  it.each([
    [4, 5000],
    [1, 5000],
    [1, 30_000],
    [1, 59_000],
  ])('works for long: with a min of %i and %i ms, never more than max are in flight', (min, work) => {
    const handled: number[] = [];
    const times = comings({ min, max: 4 }, (source$, came) => {
      const consumer = new DemandSubscriber<number>({
        start: (demand) => demand.request(100),
        next: (_, demand) => {
          came();
          asyncScheduler.schedule(() => {
            handled.push(asyncScheduler.now());
            demand.request(1);
          }, work);
        },
      });
      source$.subscribe(consumer);
      return consumer;
    });
    const inFlightAt = (at: number) =>
      times.filter((time) => time <= at).length - handled.filter((time) => time <= at).length;
    const most = Array.from({ length: 1200 }, (_, i) => inFlightAt(100 * i));
    expect(Math.max(...most)).toBe(4);
  });

  it('is waited for as long as patience says', () => {
    const come = (patience: number) => {
      const times: number[] = [];
      const scheduler = new TestScheduler(() => {});
      scheduler.run(() => {
        const consumer = inBatches(
          2,
          2,
          0,
        )(pullFrom([1, 2]).pipe(adaptiveDemand({ min: 1, max: 2, patience, clock: asyncScheduler })), () =>
          times.push(asyncScheduler.now()),
        );
        asyncScheduler.schedule(() => consumer.unsubscribe(), 60_000);
      });
      return times;
    };
    expect(come(30)).toEqual([0, 30]);
    expect(come(20_000)).toEqual([0, 20_000]);
  });
});

describe('what it lets be in flight', () => {
  const PERIOD = 1000;

  /** `count` values are in flight, handed over at 0. */
  function inFlight(min: number, max: number, count: number): InFlight {
    const values = new InFlight(min, max);
    for (let i = 0; i < count; i++) values.handedOver(0);
    return values;
  }

  it('is not more than the limit for a silence before twice the time that values are known to take', () => {
    const values = inFlight(2, 100, 2);
    values.answered(1, 3 * PERIOD);
    values.handedOver(3 * PERIOD);
    const rooms = Array.from({ length: 8 }, () => {
      values.passed(PERIOD);
      return values.room;
    });
    // The first period is the one of the answer; the seventh is the sixth without one.
    expect(rooms).toEqual([0, 0, 0, 0, 0, 0, 2, 2]);
  });

  it('is not more for a period in which an answer came', () => {
    const values = inFlight(1, 100, 1);
    values.answered(1, 0);
    values.handedOver(0);
    values.passed(PERIOD);
    expect(values.room).toBe(0);
    values.passed(PERIOD);
    expect(values.room).toBe(1);
  });

  it('is not more than max where that is less than twice the limit', () => {
    const values = inFlight(3, 4, 3);
    values.passed(PERIOD);
    expect([values.room, values.waits]).toEqual([1, false]);
    values.handedOver(0);
    expect([values.room, values.waits]).toEqual([0, true]);
  });

  it('is not more for a period in which there was room', () => {
    const values = inFlight(2, 100, 1);
    values.passed(PERIOD);
    expect([values.room, values.waits]).toEqual([1, false]);
  });
});

describe('its limit', () => {
  /** A limit, and what becomes of it after each window of values that all take `latency`, `inFlight` at a time. */
  function limitFrom(first: number) {
    const estimate = new ConcurrencyLimit(first, 10_000);
    const handle = (values: number, latency: number, inFlight: number) => {
      for (let i = 0; i < values; i++) estimate.handled(latency, inFlight);
    };
    const limitAfter = (latency: number, inFlight = estimate.limit) => {
      handle(Math.max(estimate.limit, 20), latency, inFlight);
      const { limit } = estimate;
      // Handed over before the limit moved: whatever they took, it counts for nothing.
      handle(2 * inFlight - 1, 1e9, inFlight);
      return limit;
    };
    return { limitAfter };
  }

  it.each<[string, first: number, ...windows: [limit: number, latency: number, inFlight?: number][]]>([
    ['doubles while latency stays', 5, [10, 10], [20, 10], [40, 10]],
    ['then is what is worked on and one that waits', 4, [8, 10], [5, 20], [6, 10]],
    ['above 20 a twentieth waits', 100, [200, 10], [110, 20]],
    ['does not move for too few values that take no longer', 100, [200, 10], [200, 10, 199]],
    ['follows too few values that take longer', 100, [200, 10], [110, 20, 50]],
    ['takes nine tenths for longer', 100, [200, 9], [190, 10], [181, 10, 50]],
    ['learns what is normal slowly', 100, [200, 10], [400, 9.5], [219, 20]],
    ['learns what is half as much again slowly too', 100, [200, 15], [400, 10], [220, 29]],
    ['learns what is more than that at once', 100, [200, 15.5], [400, 10], [220, 20]],
  ])('%s', (_, first, ...windows) => {
    const { limitAfter } = limitFrom(first);
    expect(windows.map(([, latency, inFlight]) => limitAfter(latency, inFlight))).toEqual(
      windows.map(([limit]) => limit),
    );
  });

  it('is halved in every 64th window, and doubles again where latency has changed by then', () => {
    const { limitAfter } = limitFrom(10);
    expect([limitAfter(10), limitAfter(10), limitAfter(20)]).toEqual([20, 40, 22]);
    for (let i = 0; i < 60; i++) expect(limitAfter(10, 21)).toBe(22);
    expect([limitAfter(10), limitAfter(40), limitAfter(40)]).toEqual([11, 22, 44]);
  });
});
