import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { concat, of, Subject, throwError } from 'rxjs';
import { bufferWithTimeOrCount, DemandSubscriber, OverflowError } from '../../src/index.js';
import { recorder } from '../recorder.js';
import { unhandledDuring } from '../unhandled.js';

describe('bufferWithTimeOrCount', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('lets a due array wait for demand, fill up to count, and no further', () => {
    const source$ = new Subject<number>();
    const { log, consumer } = recorder();
    source$.pipe(bufferWithTimeOrCount({ count: 3, time: 10 })).subscribe(consumer);
    source$.next(1);
    jest.advanceTimersByTime(100);
    for (const value of [2, 3, 4]) source$.next(value);
    consumer.request(1);
    expect(log).toEqual([[1, 2, 3]]);
    consumer.request(1);
    expect(log).toEqual([[1, 2, 3]]);
    jest.advanceTimersByTime(10);
    expect(log).toEqual([[1, 2, 3], [4]]);
    consumer.unsubscribe();
  });

  it.each(['complete', 'error', 'unsubscribe', 'bad request', 'overflow'] as const)(
    'leaves no timer behind after %s',
    (ending) => {
      const source$ = new Subject<number>();
      const { log, consumer } = recorder();
      source$.pipe(bufferWithTimeOrCount({ count: 3, time: 10, capacity: 0 })).subscribe(consumer);
      source$.next(1);
      expect(jest.getTimerCount()).toBe(1);
      if (ending === 'complete') source$.complete();
      if (ending === 'error') source$.error('broken');
      if (ending === 'unsubscribe') consumer.unsubscribe();
      if (ending === 'bad request') consumer.request(-1);
      if (ending === 'overflow') for (const value of [2, 3, 4]) source$.next(value);
      consumer.request(1);
      expect(jest.getTimerCount()).toBe(0);
      expect([consumer.closed, source$.observed]).toEqual([true, false]);
      expect(log).toEqual(
        {
          complete: [[1], '|'],
          error: [[1], { error: 'broken' }],
          unsubscribe: [],
          'bad request': [{ error: expect.any(RangeError) }],
          overflow: [{ error: expect.any(OverflowError) }],
        }[ending],
      );
    },
  );

  it("lets an error overtake where errors is 'first', and reports all that waits as dropped, once", () => {
    const source$ = new Subject<number>();
    const onDrop = jest.fn<(value: number, reason: string) => void>();
    const { log, consumer } = recorder();
    source$.pipe(bufferWithTimeOrCount({ count: 2, time: 10, errors: 'first', onDrop })).subscribe(consumer);
    for (const value of [1, 2, 3]) source$.next(value);
    source$.error('broken');
    expect(log).toEqual([{ error: 'broken' }]);
    expect(onDrop.mock.calls.map(([value]) => value).sort()).toEqual([1, 2, 3]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('reports what its onDrop throws as unhandled where downstream leaves, and releases the source', () => {
    const source$ = new Subject<number>();
    const onDrop = () => {
      throw 'mine';
    };
    const subscription = source$.pipe(bufferWithTimeOrCount({ count: 5, time: 10, onDrop })).subscribe();
    source$.next(1);
    expect(unhandledDuring(() => subscription.unsubscribe())).toEqual(['mine']);
    expect(source$.observed).toBe(false);
  });

  it('asks for another array from inside next', () => {
    const source$ = new Subject<number>();
    const log: number[][] = [];
    source$.pipe(bufferWithTimeOrCount({ count: 2, time: 10 })).subscribe(
      new DemandSubscriber<number[]>({
        start: (demand) => demand.request(1),
        next: (values, demand) => {
          demand.request(1);
          if (values[0] === 1) for (const value of [3, 4, 5]) source$.next(value);
          log.push(values);
        },
      }),
    );
    for (const value of [1, 2]) source$.next(value);
    source$.complete();
    expect(log).toEqual([[1, 2], [3, 4], [5]]);
  });

  it.each([
    { count: 0, time: 1 },
    { count: 1.5, time: 1 },
    { count: 1, time: 0 },
    { count: 1, time: 2 ** 31 },
  ])('throws a RangeError for %o', (options) => {
    expect(() => bufferWithTimeOrCount(options)).toThrow(RangeError);
  });

  it.each([
    ['an OverflowError of another', new OverflowError('boundedBuffer', 1, [])],
    ['an error that only looks like its own', { operator: 'bufferWithTimeOrCount' }],
    ['undefined', undefined],
  ])('lets no error but its own overflow overtake: %s', (_, error) => {
    const { log, consumer } = recorder<number[]>();
    concat(
      of(1),
      throwError(() => error),
    )
      .pipe(bufferWithTimeOrCount({ count: 2, time: 10_000 }))
      .subscribe(consumer);
    expect(log).toEqual([]);
    consumer.request(1);
    expect(log).toEqual([[1], { error }]);
  });
});
