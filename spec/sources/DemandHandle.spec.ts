import { describe, expect, it } from '@jest/globals';
import { Observable } from 'rxjs';
import { controlledRequest, DemandHandle, pullFrom } from '../../src/index.js';

describe('DemandHandle', () => {
  it('is an Observable of the numbers that were requested', () => {
    const handle = new DemandHandle();
    const seen: number[] = [];
    expect(handle).toBeInstanceOf(Observable);
    handle.subscribe((n) => seen.push(n));
    handle.request(2);
    handle.request(Infinity);
    expect(seen).toEqual([2, Infinity]);
  });

  it('hands what was requested early to the first subscriber, as one sum, once', () => {
    const handle = new DemandHandle();
    handle.request(2);
    handle.request(3);
    const first: number[] = [];
    const second: number[] = [];
    handle.subscribe((n) => first.push(n));
    handle.subscribe((n) => second.push(n));
    handle.request(1);
    expect([first, second]).toEqual([[5, 1], [1]]);
  });

  it('refuses a bad request where it is made while nobody listens', () => {
    for (const n of [0, -1, 1.5, Number.NaN]) {
      expect(() => new DemandHandle().request(n)).toThrow(RangeError);
    }
  });

  it('ends with a RangeError in the stream on a bad request while somebody listens', () => {
    const handle = new DemandHandle();
    const log: unknown[] = [];
    pullFrom([1, 2])
      .pipe(controlledRequest(handle))
      .subscribe({ next: (value) => log.push(value), error: (error) => log.push((error as Error).name) });
    handle.request(1);
    handle.request(0);
    expect(log).toEqual([1, 'RangeError']);
  });

  it('takes a request made from inside next', () => {
    const handle = new DemandHandle();
    const log: unknown[] = [];
    pullFrom([1, 2, 3])
      .pipe(controlledRequest(handle))
      .subscribe({
        next: (value) => {
          log.push(value);
          if (value < 3) handle.request(1);
        },
        complete: () => log.push('|'),
      });
    handle.request(1);
    expect(log).toEqual([1, 2, 3, '|']);
  });

  it('is closed by unsubscribe: a request then does nothing', () => {
    const handle = new DemandHandle();
    const log: unknown[] = [];
    pullFrom([1, 2])
      .pipe(controlledRequest(handle))
      .subscribe((value) => log.push(value));
    handle.request(1);
    expect(handle.closed).toBe(false);
    handle.unsubscribe();
    expect(handle.closed).toBe(true);
    expect(() => handle.request(1)).not.toThrow();
    expect(log).toEqual([1]);
  });
});
