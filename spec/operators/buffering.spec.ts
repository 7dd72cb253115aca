import { describe, expect, it, jest } from '@jest/globals';
import { type MonoTypeOperatorFunction, Subject } from 'rxjs';
import {
  type BufferOptions,
  boundedBuffer,
  conflateByKey,
  DemandObservable,
  DemandSubscriber,
  dropLatest,
  dropOldest,
  keepLatest,
  OverflowError,
  type OverflowPolicy,
} from '../../src/index.js';
import { recorder, requesting } from '../recorder.js';
import { unhandled } from '../unhandled.js';

type OnDrop = NonNullable<BufferOptions<number>['onDrop']>;

it('knows, for what comes from inside, what was requested from inside an earlier delivery of the same request', () => {
  const source$ = new Subject<number>();
  const { log, consumer } = recorder<number>({
    next: (value, demand) => {
      if (value === 0) demand.request(1);
      if (value === 1) source$.next(2);
    },
  });
  source$.pipe(boundedBuffer({ capacity: 1, sizeOf: (value) => value })).subscribe(consumer);
  source$.next(0);
  source$.next(1);
  consumer.request(2);
  expect(log).toEqual([0, 1, 2]);
});

it('keeps no more than its capacity of what comes from inside a delivery', () => {
  const source$ = new Subject<number>();
  const dropped: number[] = [];
  const { log, consumer } = recorder<number>({
    start: (demand) => demand.request(1),
    next: (value) => value === 0 && source$.next(1),
  });
  source$.pipe(dropLatest({ onDrop: (value) => dropped.push(value) })).subscribe(consumer);
  source$.next(0);
  consumer.request(1);
  expect([log, dropped]).toEqual([[0], [1]]);
});

describe.each<[string, (onDrop: OnDrop) => MonoTypeOperatorFunction<number>]>([
  ['dropLatest', (onDrop) => dropLatest({ capacity: 1, onDrop })],
  ['dropOldest', (onDrop) => dropOldest({ onDrop })],
  ['keepLatest', (onDrop) => keepLatest({ onDrop })],
  [
    "boundedBuffer with 'dropLatest'",
    (onDrop) => boundedBuffer({ capacity: 1, overflow: 'dropLatest', onDrop }),
  ],
  [
    "boundedBuffer with 'dropOldest'",
    (onDrop) => boundedBuffer({ capacity: 1, overflow: 'dropOldest', onDrop }),
  ],
  [
    "boundedBuffer with 'replaceLatest'",
    (onDrop) => boundedBuffer({ capacity: 1, overflow: 'replaceLatest', onDrop }),
  ],
  [
    'boundedBuffer with sizeOf',
    (onDrop) => boundedBuffer({ capacity: 10, sizeOf: () => 6, overflow: 'dropOldest', onDrop }),
  ],
  ['conflateByKey', (onDrop) => conflateByKey(() => 'the key', { onDrop })],
  ["boundedBuffer with 'dropAll'", (onDrop) => boundedBuffer({ capacity: 1, overflow: 'dropAll', onDrop })],
])('%s', (_, operator) => {
  it('calls onDrop once for each value that is dropped, never for one that is delivered', () => {
    const source$ = new Subject<number>();
    const dropped: number[] = [];
    const { log, consumer } = requesting<number>(1);
    source$.pipe(operator((value) => dropped.push(value))).subscribe(consumer);
    for (let value = 0; value < 10; value++) {
      source$.next(value);
      if (value % 3 === 2) consumer.request(1);
    }
    consumer.request(1);
    expect([...(log as number[]), ...dropped].sort()).toEqual([...Array(10).keys()]);
    expect(log).toEqual([...(log as number[])].sort());
  });

  it('ends with what onDrop throws, once, and releases the source', () => {
    const source$ = new Subject<number>();
    const { log, consumer } = recorder<number>();
    const onDrop = jest.fn(() => {
      throw 'mine';
    });
    source$
      .pipe(
        operator((_value, reason) => {
          if (reason === 'overflow') onDrop();
        }),
      )
      .subscribe(consumer);
    for (const value of [1, 2, 3, 4]) source$.next(value);
    consumer.request(5);
    expect(log).toEqual([{ error: 'mine' }]);
    expect(onDrop).toHaveBeenCalledTimes(1);
    expect(source$.observed).toBe(false);
  });

  it('still releases the source where onDrop throws for all that is given up', () => {
    const reported = unhandled();
    for (const leave of ['unsubscribe', 'bad request'] as const) {
      const source$ = new Subject<number>();
      const { log, consumer } = recorder<number>();
      const throwing = operator(() => {
        throw 'mine';
      });
      source$.pipe(throwing).subscribe(consumer);
      source$.next(1);
      if (leave === 'unsubscribe') consumer.unsubscribe();
      else consumer.request(0);
      expect([source$.observed, consumer.closed]).toEqual([false, true]);
      expect(log).toEqual(leave === 'unsubscribe' ? [] : [{ error: expect.any(RangeError) }]);
    }
    expect(new Set(reported())).toEqual(new Set(['mine']));
  });

  it('takes a request, a bad request, an unsubscribe and a completion from inside onDrop', () => {
    for (const act of ['request', 'bad request', 'unsubscribe', 'complete'] as const) {
      const source$ = new Subject<number>();
      const { log, consumer } = recorder<number>();
      const dropped: number[] = [];
      let acted = false;
      const onDrop = (value: number) => {
        dropped.push(value);
        if (acted) return;
        acted = true;
        ({
          request: () => consumer.request(1),
          'bad request': () => consumer.request(0),
          unsubscribe: () => consumer.unsubscribe(),
          complete: () => source$.complete(),
        })[act]();
      };
      source$.pipe(operator(onDrop)).subscribe(consumer);
      source$.next(1);
      source$.next(2);
      if (act === 'request' || act === 'complete') consumer.request(1);
      const values = log.filter((entry) => typeof entry === 'number');
      expect([...values, ...dropped].sort()).toEqual([1, 2]);
      expect(log.slice(values.length)).toEqual(
        { request: [], 'bad request': [{ error: expect.any(RangeError) }], unsubscribe: [], complete: ['|'] }[
          act
        ],
      );
      expect(source$.observed).toBe(act === 'request');
    }
  });

  it('reports what waits as dropped when the consumer leaves', () => {
    const source$ = new Subject<number>();
    const onDrop = jest.fn<(value: number, reason: string) => void>();
    const { consumer } = recorder<number>();
    source$.pipe(operator(onDrop)).subscribe(consumer);
    source$.next(1);
    consumer.unsubscribe();
    expect(onDrop.mock.calls).toEqual([[1, 'unsubscribed']]);
  });

  it('keeps a value that is emitted from inside next behind those that wait', () => {
    const source$ = new Subject<number>();
    const log: number[] = [];
    const consumer = new DemandSubscriber<number>({
      next: (value) => {
        log.push(value);
        if (value === 1) source$.next(2);
      },
    });
    source$.pipe(operator(() => {})).subscribe(consumer);
    source$.next(1);
    consumer.request(5);
    expect(log).toEqual([1, 2]);
  });

  it('loses nothing of a source that honours demand', () => {
    const asked: number[] = [];
    const onDrop = jest.fn<(value: number, reason: string) => void>();
    const { log, consumer } = recorder<number>();
    new DemandObservable<number>((sink) => {
      let value = 0;
      return {
        request: (n) => {
          asked.push(n);
          for (let i = 0; i < n; i++) sink.next(value++);
        },
        unsubscribe() {},
      };
    })
      .pipe(operator(onDrop))
      .subscribe(consumer);
    consumer.request(3);
    consumer.request(2);
    expect([log, asked]).toEqual([
      [0, 1, 2, 3, 4],
      [3, 2],
    ]);
    expect(onDrop).not.toHaveBeenCalled();
  });

  it('drops for each subscription by itself', () => {
    const source$ = new Subject<number>();
    const piped$ = source$.pipe(operator(() => {}));
    const fast = requesting<number>(Infinity);
    const slow = requesting<number>(1);
    piped$.subscribe(fast.consumer);
    piped$.subscribe(slow.consumer);
    for (const value of [1, 2, 3, 4]) source$.next(value);
    expect([fast.log, slow.log]).toEqual([[1, 2, 3, 4], [1]]);
  });

  it('drops nothing below a plain subscriber', () => {
    const source$ = new Subject<number>();
    const onDrop = jest.fn<(value: number, reason: string) => void>();
    const log: number[] = [];
    source$.pipe(operator(onDrop)).subscribe((value) => log.push(value));
    for (const value of [1, 2, 3, 4]) source$.next(value);
    expect(log).toEqual([1, 2, 3, 4]);
    expect(onDrop).not.toHaveBeenCalled();
  });
});

describe('boundedBuffer', () => {
  it('asks its overflow function with the arriving value and those waiting', () => {
    const source$ = new Subject<number>();
    const overflow = jest.fn(
      (incoming: number, waiting: Iterable<number>): OverflowPolicy =>
        [...waiting].includes(incoming) ? 'dropLatest' : 'dropOldest',
    );
    const { log, consumer } = recorder<number>();
    source$.pipe(boundedBuffer({ capacity: 2, overflow })).subscribe(consumer);
    for (const value of [1, 2, 2, 3]) source$.next(value);
    consumer.request(5);
    expect(log).toEqual([2, 3]);
    expect(overflow).toHaveBeenCalledTimes(2);
  });

  it('ends with what its overflow function throws, and releases the source', () => {
    const source$ = new Subject<number>();
    const { log, consumer } = recorder<number>();
    const overflow = () => {
      throw 'mine';
    };
    source$.pipe(boundedBuffer({ capacity: 0, overflow })).subscribe(consumer);
    source$.next(1);
    expect(log).toEqual([{ error: 'mine' }]);
    expect(source$.observed).toBe(false);
  });

  it('ends at once with an OverflowError that bears its name and carries all that waited', () => {
    const source$ = new Subject<number>();
    const onDrop = jest.fn<(value: number, reason: string) => void>();
    const { log, consumer } = recorder<number>();
    source$.pipe(boundedBuffer({ capacity: 2, onDrop })).subscribe(consumer);
    for (const value of [1, 2, 3]) source$.next(value);
    expect(log).toEqual([{ error: expect.any(OverflowError) }]);
    expect(log).toEqual([
      { error: expect.objectContaining({ operator: 'boundedBuffer', capacity: 2, values: [1, 2, 3] }) },
    ]);
    expect(onDrop).not.toHaveBeenCalled();
  });

  it.each<[object, string, string]>([
    [
      { capacity: -1 },
      'RangeError',
      'boundedBuffer: capacity must be an integer of at least 0 or Infinity, got -1',
    ],
    [{ capacity: 0.5 }, 'RangeError', 'capacity'],
    [{ capacity: '2' }, 'TypeError', "got '2'"],
    [
      { capacity: 1, overflow: 'drop' },
      'TypeError',
      'overflow must be one of error, dropLatest, replaceLatest',
    ],
    [
      { capacity: 1, maxAge: 2 ** 31 },
      'RangeError',
      'maxAge must be a number of milliseconds above 0 and below',
    ],
    [{ capacity: 1, errors: 'no' }, 'TypeError', "errors must be one of last, first, got 'no'"],
  ])('refuses %p where it is written, with a %s', (options, name, message) => {
    expect(() => boundedBuffer(options as { capacity: number })).toThrow(
      expect.objectContaining({ name, message: expect.stringContaining(message) }),
    );
  });
});

describe('dropLatest', () => {
  it.each([-1, 0.5, Number.NaN, '2'])('refuses capacity %p where it is written', (capacity) => {
    expect(() => dropLatest({ capacity: capacity as number })).toThrow(/dropLatest: capacity/);
  });

  it('hands out undefined and null, and drops them', () => {
    const source$ = new Subject<unknown>();
    const onDrop = jest.fn<(value: unknown, reason: string) => void>();
    const { log, consumer } = requesting<unknown>(1);
    source$.pipe(dropLatest({ onDrop })).subscribe(consumer);
    source$.next(undefined);
    source$.next(null);
    expect(log).toEqual([undefined]);
    expect(onDrop.mock.calls).toEqual([[null, 'overflow']]);
  });
});
