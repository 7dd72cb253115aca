/** Subtle behaviour that other systems test, cases 18 to 34: overflow. */
import { describe, expect, it, jest } from '@jest/globals';
import { type MonoTypeOperatorFunction, Subject } from 'rxjs';
import {
  type BufferOptions,
  boundedBuffer,
  conflate,
  dropLatest,
  dropOldest,
  keepLatest,
  losslessPause,
  lossyPause,
  OverflowError,
  rateLimit,
  shareWithDemand,
} from '../../src/index.js';
import { recorder } from '../recorder.js';
import { HandDriven, inVirtualTime } from './watched.js';

type OnDrop = NonNullable<BufferOptions<number>['onDrop']>;

function hot(operator: MonoTypeOperatorFunction<number>) {
  const source$ = new Subject<number>();
  const { log, consumer } = recorder<number>();
  source$.pipe(operator).subscribe(consumer);
  const emit = (...values: number[]) => {
    for (const value of values) source$.next(value);
  };
  return { source$, log, consumer, emit };
}

describe('keepLatest', () => {
  it('case 18: two delivered, then four without demand: the next request gets the last, and completion follows it', () => {
    const { source$, log, consumer, emit } = hot(keepLatest());
    consumer.request(2);
    emit(1, 2, 3, 4, 5, 6);
    expect(log).toEqual([1, 2]);
    source$.complete();
    expect(log).toEqual([1, 2]);
    consumer.request(1);
    expect(log).toEqual([1, 2, 6, '|']);
  });

  it('case 19: the held value comes before completion; an error overtakes it, or follows it by option', () => {
    for (const errors of [undefined, 'first', 'last'] as const) {
      const { source$, log, consumer, emit } = hot(keepLatest(errors && { errors }));
      emit(1);
      source$.error('broken');
      consumer.request(1);
      expect(log).toEqual(errors === 'last' ? [1, { error: 'broken' }] : [{ error: 'broken' }]);
    }
  });

  it('case 20: onDrop gets the replaced value only, never one that is delivered', () => {
    const dropped: number[] = [];
    const { log, consumer, emit } = hot(keepLatest({ onDrop: (value) => dropped.push(value) }));
    consumer.request(1);
    emit(1, 2);
    consumer.request(2);
    emit(3, 4, 5);
    consumer.request(1);
    expect([log, dropped]).toEqual([[1, 2, 3, 5], [4]]);
  });
});

describe('dropLatest', () => {
  it('case 21: with demand for k, k values, then drops, then completion with no further demand', () => {
    const dropped: number[] = [];
    const { source$, log, consumer, emit } = hot(dropLatest({ onDrop: (value) => dropped.push(value) }));
    consumer.request(3);
    emit(1, 2, 3, 4, 5);
    source$.complete();
    expect([log, dropped]).toEqual([
      [1, 2, 3, '|'],
      [4, 5],
    ]);
  });
});

it.each<[string, (onDrop: OnDrop) => MonoTypeOperatorFunction<number>]>([
  ['dropLatest', (onDrop) => dropLatest({ onDrop })],
  ['dropOldest', (onDrop) => dropOldest({ onDrop })],
  ['keepLatest', (onDrop) => keepLatest({ onDrop })],
  ['boundedBuffer', (onDrop) => boundedBuffer({ capacity: 1, overflow: 'dropAll', onDrop })],
])(
  'case 22: an onDrop that throws releases the source, is one error, and no value follows: %s',
  (_, make) => {
    const onDrop = jest.fn((_value: number, reason: string) => {
      if (reason === 'overflow') throw 'mine';
    });
    const { source$, log, consumer, emit } = hot(make(onDrop));
    emit(1, 2, 3, 4);
    consumer.request(5);
    emit(5);
    expect([log, source$.observed]).toEqual([[{ error: 'mine' }], false]);
    expect(onDrop.mock.calls.filter(([, reason]) => reason === 'overflow')).toHaveLength(1);
  },
);

it('case 23: a capacity out of range is refused where it is written', () => {
  for (const make of [
    () => boundedBuffer({ capacity: -1 }),
    () => dropOldest({ capacity: 0 }),
    () => dropLatest({ capacity: -1 }),
    () => losslessPause(new Subject<boolean>(), { capacity: -1 }),
    () => lossyPause(new Subject<boolean>(), { capacity: 0.5 }),
    () => rateLimit({ permits: 1, per: 1, capacity: Number.NaN }),
    () => shareWithDemand({ capacity: -1 }),
  ]) {
    expect(make).toThrow(RangeError);
  }
});

it.each<[string, (onDrop: OnDrop) => MonoTypeOperatorFunction<number>, number[]]>([
  ['dropOldest', (onDrop) => dropOldest({ capacity: 3, onDrop }), [7, 8, 9]],
  ['dropLatest', (onDrop) => dropLatest({ capacity: 3, onDrop }), [0, 1, 2]],
  [
    "boundedBuffer 'replaceLatest'",
    (onDrop) => boundedBuffer({ capacity: 3, overflow: 'replaceLatest', onDrop }),
    [0, 1, 9],
  ],
])('case 24: keeps n as its name says, in order, and drops all others: %s', (_, make, kept) => {
  const dropped: number[] = [];
  const { source$, log, consumer, emit } = hot(make((value) => dropped.push(value)));
  emit(...Array(10).keys());
  source$.complete();
  expect(dropped).toHaveLength(7);
  consumer.request(10);
  expect(log).toEqual([...kept, '|']);
});

describe("boundedBuffer 'error'", () => {
  const overflow = expect.objectContaining({ name: 'OverflowError', values: [1, 2, 3] });

  it('case 25: the error comes at once, ahead of the held values, which it carries', () => {
    const { log, emit } = hot(boundedBuffer({ capacity: 2 }));
    emit(1, 2, 3);
    expect(log).toEqual([{ error: overflow }]);
  });

  it('case 26: the value for which there was no room is the last one that the error carries', () => {
    const onDrop = jest.fn();
    const { log, emit } = hot(boundedBuffer<number>({ capacity: 2, onDrop }));
    emit(1, 2, 3);
    const [{ error }] = log as [{ error: OverflowError }];
    expect(error.values.at(-1)).toBe(3);
    expect(onDrop).not.toHaveBeenCalled();
  });

  it('case 27: what arrives after the overflow is not delivered', () => {
    const hand = new HandDriven<number>();
    const { log, consumer } = recorder<number>();
    hand.source$.pipe(boundedBuffer({ capacity: 0 })).subscribe(consumer);
    for (let value = 0; value < 50; value++) hand.next(value);
    const { length } = log;
    consumer.request(50);
    hand.next(99);
    expect([length, log.length, log[0]]).toEqual([1, 1, { error: expect.any(OverflowError) }]);
  });

  it('case 28: the overflow releases the source exactly once', () => {
    const hand = new HandDriven<number>();
    const { consumer } = recorder<number>();
    hand.source$.pipe(boundedBuffer({ capacity: 0 })).subscribe(consumer);
    for (let value = 0; value < 50; value++) hand.next(value);
    consumer.unsubscribe();
    expect(hand.released).toBe(1);
  });
});

it('case 29: an error waits for the value and its demand, or comes at zero demand, as errors says', () => {
  for (const errors of ['last', 'first'] as const) {
    const { source$, log, consumer, emit } = hot(boundedBuffer({ capacity: 5, errors }));
    emit(1);
    source$.error('broken');
    expect(log).toEqual(errors === 'last' ? [] : [{ error: 'broken' }]);
    consumer.request(1);
    expect(log).toEqual(errors === 'last' ? [1, { error: 'broken' }] : [{ error: 'broken' }]);
  }
});

describe('maxAge', () => {
  it('case 30: all expire while nobody asks, which lets the completion through; size and age are told in order', () => {
    inVirtualTime((scheduler) => {
      const dropped: [number, string][] = [];
      const onDrop = (value: number, reason: string) => void dropped.push([value, reason]);
      const { source$, log, emit } = hot(
        boundedBuffer({ capacity: 2, maxAge: 10, overflow: 'dropOldest', onDrop }),
      );
      emit(1, 2, 3);
      scheduler.schedule(() => {
        emit(4);
        source$.complete();
      }, 5);
      scheduler.schedule(() => expect(log).toEqual([]), 14);
      scheduler.schedule(() => {
        expect(log).toEqual(['|']);
        expect(dropped).toEqual([
          [1, 'overflow'],
          [2, 'overflow'],
          [3, 'age'],
          [4, 'age'],
        ]);
      }, 16);
    });
  });

  it('case 30: what is too old is dropped at its turn too, where the timer comes late', () => {
    jest.useFakeTimers();
    const dropped: string[] = [];
    const { log, consumer, emit } = hot(
      boundedBuffer({
        capacity: 2,
        maxAge: 10,
        onDrop: (value, reason) => dropped.push(`${value} ${reason}`),
      }),
    );
    emit(1);
    jest.setSystemTime(Date.now() + 10);
    emit(2);
    consumer.request(1);
    expect([log, dropped]).toEqual([[2], ['1 age']]);
    consumer.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('what is too old goes without a word where nobody wants to be told, and what was replaced has no age', () => {
    inVirtualTime((scheduler) => {
      const { log, consumer, emit } = hot(
        boundedBuffer({ capacity: 2, maxAge: 10, overflow: 'replaceLatest' }),
      );
      emit(1, 2);
      scheduler.schedule(() => emit(3), 5);
      scheduler.schedule(() => {
        consumer.request(1);
        expect(log).toEqual([3]);
      }, 12);
    });
  });

  it('case 31, the other way round: an onDrop that throws for an old value ends that subscription, as every callback does', () => {
    inVirtualTime((scheduler) => {
      const onDrop = () => {
        throw 'mine';
      };
      const { source$, log, emit } = hot(boundedBuffer({ capacity: 2, maxAge: 10, onDrop }));
      emit(1);
      scheduler.schedule(() => expect([log, source$.observed]).toEqual([[{ error: 'mine' }], false]), 11);
    });
  });
});

it.each<[string, (onDrop: OnDrop) => MonoTypeOperatorFunction<number>]>([
  ['boundedBuffer', (onDrop) => boundedBuffer({ capacity: 3, onDrop })],
  ['boundedBuffer, maxAge', (onDrop) => boundedBuffer({ capacity: 3, maxAge: 60_000, onDrop })],
  ['dropLatest', (onDrop) => dropLatest({ capacity: 3, onDrop })],
  ['dropOldest', (onDrop) => dropOldest({ capacity: 3, onDrop })],
])('case 32: unsubscribe tells onDrop of everything held, oldest first: %s', (_, make) => {
  const dropped: [number, string][] = [];
  const { consumer, emit } = hot(make((value, reason) => dropped.push([value, reason])));
  emit(1, 2, 3);
  consumer.unsubscribe();
  expect(dropped).toEqual([
    [1, 'unsubscribed'],
    [2, 'unsubscribed'],
    [3, 'unsubscribed'],
  ]);
});

it('case 33: 1, 2, 3 without demand come as 6; 4 and completion come as 4, then the end', () => {
  const { source$, log, consumer, emit } = hot(conflate((sum, n) => sum + n));
  emit(1, 2, 3);
  consumer.request(1);
  expect(log).toEqual([6]);
  emit(4);
  source$.complete();
  expect(log).toEqual([6]);
  consumer.request(1);
  expect(log).toEqual([6, 4, '|']);
});

it('case 34: unsubscribing from inside next stops the drain', () => {
  const source$ = new Subject<number>();
  const { log, consumer } = recorder<number>({ next: (_, demand) => demand.unsubscribe() });
  source$.pipe(boundedBuffer({ capacity: 5 })).subscribe(consumer);
  for (let value = 1; value <= 5; value++) source$.next(value);
  consumer.request(5);
  expect(log).toEqual([1]);
});
