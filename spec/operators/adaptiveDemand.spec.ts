import { describe, expect, it } from '@jest/globals';
import { type Capacity, settled, simulate } from '../../bench/simulation/adaptive.js';
import { adaptiveDemand, DemandSubscriber, pullFrom } from '../../src/index.js';

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

  it('throws a RangeError for a min or max out of range', () => {
    expect(() => adaptiveDemand({ min: 0, max: 1 })).toThrow(RangeError);
    expect(() => adaptiveDemand({ min: 2, max: 1 })).toThrow(RangeError);
  });
});
