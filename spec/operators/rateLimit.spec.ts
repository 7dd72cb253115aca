import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { asyncScheduler, concatMap, from, Subject, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { requestInBatches } from '../../bench/consumers.js';
import { DemandSubscriber, pullFrom, rateLimit } from '../../src/index.js';

function virtually(run: (scheduler: TestScheduler) => void): void {
  const scheduler = new TestScheduler(() => {});
  scheduler.run(() => {
    run(scheduler);
    scheduler.flush();
  });
}

describe('rateLimit', () => {
  it('lets at most permits pass in any span of per ms, and no slower than the bucket allows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat({ max: 40 }), { maxLength: 40 }),
        (permits, per, burst, gaps) => {
          const times: number[] = [];
          const expected: number[] = [];
          virtually(() => {
            from(gaps)
              .pipe(
                concatMap((gap) => (gap === 0 ? [gap] : timer(gap))),
                rateLimit({ permits, per, burst }),
              )
              .subscribe(() => times.push(asyncScheduler.now()));
          });
          // The generic cell rate algorithm, as the standard has it.
          let arrival = 0;
          let theoretical = -Infinity;
          for (const gap of gaps) {
            arrival += gap;
            const earliest = theoretical - ((burst - 1) * per) / permits;
            const at = Math.max(arrival, earliest, expected.at(-1) ?? 0);
            expected.push(at);
            theoretical = Math.max(theoretical, at) + per / permits;
          }
          expect(times.length).toBe(expected.length);
          for (const [i, time] of times.entries()) {
            expect(Math.abs(time - (expected[i] ?? Number.NaN))).toBeLessThan(1e-4);
          }
          for (const [i, time] of times.entries()) {
            const next = times[i + permits + burst - 1];
            if (next !== undefined) expect(next - time).toBeGreaterThan(per - 1e-4);
          }
        },
      ),
    );
  });

  it('has not drifted after an hour', () => {
    const times: number[] = [];
    virtually(() => {
      pullFrom(new Array<number>(10_801).fill(0))
        .pipe(rateLimit({ permits: 3, per: 1000 }))
        .subscribe(() => times.push(asyncScheduler.now()));
    });
    expect(times.length).toBe(10_801);
    expect(Math.abs((times.at(-1) ?? 0) - 3_600_000)).toBeLessThan(1e-3);
  });

  it('is not slowed down by requests one at a time', () => {
    const times: number[] = [];
    virtually(() => {
      pullFrom([1, 2, 3, 4])
        .pipe(rateLimit({ permits: 2, per: 10, burst: 2 }))
        .subscribe(
          new DemandSubscriber<number>({
            start: (demand) => demand.request(1),
            next: (_, demand) => {
              times.push(asyncScheduler.now());
              demand.request(1);
            },
          }),
        );
    });
    expect(times).toEqual([0, 0, 5, 10]);
  });

  it('reads the clock once for each request, and not for each value that comes at once', () => {
    const clock = jest.spyOn(Date, 'now');
    try {
      const came = requestInBatches(
        pullFrom(new Array<number>(10_000).fill(0)).pipe(
          rateLimit({ permits: 1_000, per: 1, burst: 20_000 }),
        ),
      );
      expect(came).toBe(10_000);
      expect(clock.mock.calls.length).toBeLessThan(10_000 / 96 + 10);
    } finally {
      clock.mockRestore();
    }
  });

  it.each([
    [{ permits: 0, per: 1 }],
    [{ permits: 1, per: 0 }],
    [{ permits: 1, per: Number.NaN }],
    [{ permits: 1, per: 1, burst: 0 }],
    [{ permits: 1, per: 1, capacity: -1 }],
  ])('throws a RangeError for %o', (options) => {
    expect(() => rateLimit(options)).toThrow(RangeError);
  });

  it('keeps its rate when the clock is set back', () => {
    jest.useFakeTimers();
    const seen: number[] = [];
    const subscription = pullFrom([1, 2, 3, 4, 5, 6])
      .pipe(rateLimit({ permits: 2, per: 20, burst: 1 }))
      .subscribe((value) => seen.push(value));
    jest.advanceTimersByTime(20);
    expect(seen).toEqual([1, 2, 3]);
    jest.setSystemTime(Date.now() - 3_600_000);
    jest.advanceTimersByTime(20);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    subscription.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('counts its capacity in what sizeOf measures', () => {
    const source$ = new Subject<string>();
    const log: unknown[] = [];
    source$
      .pipe(rateLimit({ permits: 1, per: 10, capacity: 5, sizeOf: (text) => text.length }))
      .subscribe({ next: (value) => log.push(value), error: (error) => log.push(error) });
    for (const text of ['first', 'two', 'to', '!']) source$.next(text);
    expect(log).toEqual(['first', expect.objectContaining({ values: ['two', 'to', '!'] })]);
  });
});
