import { describe, expect, it, jest } from '@jest/globals';
import {
  concat,
  firstValueFrom,
  lastValueFrom,
  map,
  NEVER,
  of,
  onErrorResumeNext,
  Subject,
  Subscriber,
  throwError,
} from 'rxjs';
import {
  type Demand,
  DemandSubscriber,
  type DemandSubscriberOptions,
  OverflowError,
  pullFrom,
} from '../../src/index.js';
import { recorder } from '../recorder.js';
import { unhandled, unhandledDuring } from '../unhandled.js';

describe('DemandSubscriber', () => {
  it('hears nothing more, once it has failed, of an operator that goes on where its source is released', () => {
    for (const next of [of(2), NEVER, pullFrom([2])]) {
      const values$ = new Subject<number>();
      const { log, consumer } = recorder<number>({ start: (demand) => demand.request(9) });
      onErrorResumeNext(values$, next).subscribe(consumer);
      values$.next(1);
      consumer.request(-1);
      expect(log).toEqual([1, { error: expect.any(RangeError) }]);
      expect(consumer.closed).toBe(true);
    }
  });

  it('is an RxJS Subscriber: what is added to it ends with it', () => {
    const { consumer } = recorder<number>();
    const released = jest.fn();
    consumer.add(released);
    const subscription = of(1).subscribe(consumer);
    expect(consumer).toBeInstanceOf(Subscriber);
    expect(subscription).toBe(consumer);
    consumer.unsubscribe();
    expect(released).toHaveBeenCalledTimes(1);
  });

  it('shows what is requested and not yet delivered, and what waits', () => {
    const source$ = new Subject<number>();
    const { consumer } = recorder<number>();
    source$.subscribe(consumer);
    consumer.request(3);
    source$.next(1);
    expect([consumer.requested, consumer.buffered]).toEqual([2, 0]);
    for (const value of [2, 3, 4, 5]) {
      source$.next(value);
    }
    expect([consumer.requested, consumer.buffered]).toEqual([0, 2]);
  });

  it('delivers undefined and null as values, also those that wait', () => {
    const { log, consumer } = recorder<unknown>();
    of(undefined, null, undefined).subscribe(consumer);
    consumer.request(2);
    consumer.request(2);
    expect(log).toEqual([undefined, null, undefined, '|']);
    const pulled = recorder<unknown>();
    pullFrom([undefined, null]).subscribe(pulled.consumer);
    pulled.consumer.request(2);
    expect(pulled.log).toEqual([undefined, null, '|']);
  });

  it('lets the ending follow the values that wait', () => {
    const completes = recorder<number>();
    of(1, 2).subscribe(completes.consumer);
    const fails = recorder<number>();
    concat(
      of(1, 2),
      throwError(() => undefined),
    ).subscribe(fails.consumer);
    for (const { log, consumer } of [completes, fails]) {
      expect(log).toEqual([]);
      consumer.request(1);
      expect(log).toEqual([1]);
      consumer.request(1);
    }
    expect(completes.log).toEqual([1, 2, '|']);
    expect(fails.log).toEqual([1, 2, { error: undefined }]);
  });

  it("lets an error overtake the values that wait where errors is 'first', and reports them as dropped", () => {
    const onDrop = jest.fn();
    const { log, consumer } = recorder<number>({}, { errors: 'first', onDrop });
    concat(
      of(1, 2),
      throwError(() => 'broken'),
    ).subscribe(consumer);
    expect(log).toEqual([{ error: 'broken' }]);
    expect(onDrop.mock.calls.map(([value]) => value)).toEqual([1, 2]);
  });

  it('ends with an OverflowError that carries all that waited and the value that found no room', () => {
    const source$ = new Subject<number>();
    const { log, consumer } = recorder<number>({}, { capacity: 2 });
    source$.subscribe(consumer);
    for (const value of [1, 2, 3, 4]) {
      source$.next(value);
    }
    const [{ error }] = log as [{ error: OverflowError }];
    expect(log).toHaveLength(1);
    expect(error).toBeInstanceOf(OverflowError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'OverflowError',
      operator: 'DemandSubscriber',
      capacity: 2,
      policy: 'error',
      values: [1, 2, 3],
    });
    for (const name of ['boundedBuffer', 'dropLatest', 'dropOldest', 'keepLatest', 'share']) {
      expect(error.message).toContain(name);
    }
    expect(error.message).toMatch(/^DemandSubscriber: .*2 values wait/);
    expect(source$.observed).toBe(false);
  });

  it('takes what it requested out of the buffer also where nobody looks at the values', () => {
    const hot$ = new Subject<number>();
    const consumer = new DemandSubscriber<number>();
    hot$.subscribe(consumer);
    for (let i = 0; i < 5; i++) hot$.next(i);
    consumer.request(3);
    expect([consumer.requested, consumer.buffered]).toEqual([0, 2]);
  });

  it('keeps 1024 values by default', () => {
    const source$ = new Subject<number>();
    const { log, consumer } = recorder<number>();
    source$.subscribe(consumer);
    for (let value = 0; value < 1024; value++) {
      source$.next(value);
    }
    expect([log, consumer.buffered]).toEqual([[], 1024]);
    source$.next(1024);
    expect(log).toEqual([{ error: expect.objectContaining({ capacity: 1024 }) }]);
  });

  it('an overflow from inside next waits for next to return and loses nothing', () => {
    const source$ = new Subject<number>();
    const order: unknown[] = [];
    source$.subscribe(
      new DemandSubscriber<number>(
        {
          start: (demand) => demand.request(1),
          next: (value) => {
            source$.next(value + 1);
            source$.next(value + 2);
            order.push(value);
          },
          error: (error) => order.push((error as OverflowError).values),
        },
        { capacity: 1 },
      ),
    );
    source$.next(1);
    expect(order).toEqual([1, [2, 3]]);
  });

  it('withdraw takes back what was requested and not delivered', () => {
    const source$ = new Subject<number>();
    const { log, consumer } = recorder<number>();
    source$.subscribe(consumer);
    consumer.request(5);
    source$.next(1);
    consumer.withdraw();
    expect(consumer.requested).toBe(0);
    source$.next(2);
    expect([log, consumer.buffered]).toEqual([[1], 1]);
    consumer.request(1);
    expect(log).toEqual([1, 2]);
  });

  it('reports what waits as dropped when it is unsubscribed', () => {
    const onDrop = jest.fn();
    const { consumer } = recorder<number>({}, { onDrop });
    of(1, 2).subscribe(consumer);
    consumer.unsubscribe();
    consumer.unsubscribe();
    expect(onDrop.mock.calls).toEqual([
      [1, 'unsubscribed'],
      [2, 'unsubscribed'],
    ]);
  });

  it('ends all the same where onDrop throws for what it gives up: by unsubscribe, by a bad request, by an error', () => {
    const reported = unhandled();
    for (const ending of ['unsubscribe', 'bad request', 'error'] as const) {
      const source$ = new Subject<number>();
      const { log, consumer } = recorder<number>(
        {},
        {
          errors: 'first',
          onDrop: () => {
            throw 'mine';
          },
        },
      );
      source$.subscribe(consumer);
      source$.next(1);
      if (ending === 'unsubscribe') consumer.unsubscribe();
      else if (ending === 'error') source$.error('broken');
      else consumer.request(0);
      expect([ending, source$.observed, consumer.closed]).toEqual([ending, false, true]);
      expect(log).toHaveLength(ending === 'unsubscribe' ? 0 : 1);
    }
    // Nobody else was left to be told when the consumer left.
    expect(reported()).toEqual(['mine']);
  });

  it('takes subscriptions made inside next, with a demand of their own', () => {
    const log: string[] = [];
    const inner = (name: string) =>
      pullFrom(['x', 'y']).subscribe(
        new DemandSubscriber<string>({
          start: (demand) => demand.request(1),
          next: (value) => log.push(`${name}${value}`),
        }),
      );
    pullFrom(['a', 'b', 'c']).subscribe(
      new DemandSubscriber<string>({
        start: (demand) => demand.request(2),
        next: (value) => {
          log.push(value);
          inner(value);
        },
      }),
    );
    expect(log).toEqual(['a', 'ax', 'b', 'bx']);
  });

  it('delivers a value that a hot source emits from inside next after those that wait', () => {
    const source$ = new Subject<string>();
    const log: string[] = [];
    const consumer = new DemandSubscriber<string>({
      next: (value) => {
        log.push(value);
        if (value === 'a') source$.next('late');
      },
    });
    source$.subscribe(consumer);
    for (const value of ['a', 'b', 'c']) {
      source$.next(value);
    }
    consumer.request(10);
    expect(log).toEqual(['a', 'b', 'c', 'late']);
  });

  it.each<[DemandSubscriberOptions<unknown>, string, string]>([
    [{ capacity: -1 }, 'RangeError', 'capacity must be an integer of at least 0 or Infinity, got -1'],
    [{ capacity: 1.5 }, 'RangeError', 'got 1.5'],
    [{ capacity: Number.NaN }, 'RangeError', 'got NaN'],
    [
      { capacity: '3' as never },
      'TypeError',
      "capacity must be an integer of at least 0 or Infinity, got '3'",
    ],
    [{ inFlight: 0 }, 'RangeError', 'inFlight must be an integer of at least 1 or Infinity, got 0'],
    [{ inFlight: 1.5 }, 'RangeError', 'inFlight'],
    [{ errors: 'never' as never }, 'TypeError', "errors must be one of last, first, got 'never'"],
  ])('refuses %p where it is written, with a %s', (options, name, message) => {
    expect(() => new DemandSubscriber({}, options)).toThrow(
      expect.objectContaining({ name, message: expect.stringContaining(message) }),
    );
  });

  it('does not change what a plain subscriber sees: firstValueFrom, lastValueFrom, subscribe', async () => {
    const seen: number[] = [];
    const source$ = pullFrom([1, 2, 3]);
    source$.subscribe((value) => seen.push(value));
    expect(seen).toEqual([1, 2, 3]);
    expect(await firstValueFrom(source$)).toBe(1);
    expect(await lastValueFrom(source$)).toBe(3);
  });

  it('releases what is above before it tells of an error of its own, and tells of it though it is given up by that', () => {
    const log: unknown[] = [];
    const consumer = new DemandSubscriber<number>({
      start: (demand) => demand.request(5),
      next: () => {
        throw 'mine';
      },
      error: (error) => log.push({ error }),
    });
    function* numbers() {
      try {
        yield 1;
      } finally {
        log.push('released');
        consumer.unsubscribe();
      }
    }
    pullFrom(numbers())
      .pipe(map((n) => n))
      .subscribe(consumer);
    expect(log).toEqual(['released', { error: 'mine' }]);
  });

  it('reports what next throws after it has left', () => {
    const error = jest.fn();
    const consumer = new DemandSubscriber<number>({
      start: (demand) => demand.request(5),
      next: (_, demand) => {
        demand.unsubscribe();
        throw 'late';
      },
      error,
    });
    expect(unhandledDuring(() => void of(1).subscribe(consumer))).toEqual(['late']);
    expect(error).not.toHaveBeenCalled();
  });

  it.each<[string, (demand: Demand) => void, unknown]>([
    [
      'throws',
      () => {
        throw 'mine';
      },
      'mine',
    ],
    ['makes a bad request', (demand) => demand.request(0), expect.any(RangeError)],
  ])('tells of an error where the last value %s, though a completion waits behind it', (_, act, error) => {
    const log: unknown[] = [];
    const consumer = new DemandSubscriber<number>({
      next: (_value, demand) => act(demand),
      error: (thrown) => log.push({ error: thrown }),
      complete: () => log.push('|'),
    });
    of(1).subscribe(consumer);
    consumer.request(1);
    expect([log, consumer.closed]).toEqual([[{ error }], true]);
  });
});
