import { describe, expect, it, jest } from '@jest/globals';
import { BoundedBuffer } from '../../src/buffer/BoundedBuffer.js';
import type { BufferOptions, OverflowPolicy } from '../../src/buffer/BufferOptions.js';
import { Drain } from '../../src/buffer/Drain.js';
import { OverflowError } from '../../src/buffer/OverflowError.js';
import { PolicyBuffer } from '../../src/buffer/PolicyBuffer.js';
import { Queue } from '../../src/buffer/Queue.js';
import { COMPLETE, type Ending } from '../../src/protocol/Ending.js';

describe('Queue', () => {
  it('keeps the order through growth and around the ring', () => {
    const queue = new Queue<number>();
    const taken: number[] = [];
    let pushed = 0;
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 7; i++) queue.push(pushed++);
      for (let i = 0; i < 5; i++) taken.push(queue.shift());
    }
    expect([...queue]).toEqual([...Array(pushed).keys()].slice(taken.length));
    while (queue.size > 0) taken.push(queue.shift());
    expect(taken).toEqual([...Array(pushed).keys()]);
  });

  it('pops the newest, across the edge of the ring as well', () => {
    const queue = new Queue<number>();
    for (let i = 0; i < 15; i++) queue.push(i);
    for (let i = 0; i < 14; i++) queue.shift();
    queue.push(15);
    queue.push(16);
    expect([queue.pop(), queue.pop(), queue.shift(), queue.size]).toEqual([16, 15, 14, 0]);
  });

  it('holds undefined and null', () => {
    const queue = new Queue<unknown>();
    queue.push(undefined);
    queue.push(null);
    expect([queue.size, queue.shift(), queue.shift(), queue.size]).toEqual([2, undefined, null, 0]);
  });

  it('is empty after clear, and works on', () => {
    const queue = new Queue<number>();
    for (let i = 0; i < 40; i++) queue.push(i);
    queue.clear();
    expect([queue.size, [...queue]]).toEqual([0, []]);
    queue.push(1);
    expect(queue.shift()).toBe(1);
  });

  it('takes a hundred thousand values in linear time', () => {
    const queue = new Queue<number>();
    for (let i = 0; i < 100_000; i++) queue.push(i);
    let sum = 0;
    while (queue.size > 0) sum += queue.shift();
    expect(sum).toBe(4_999_950_000);
  });
});

describe('BoundedBuffer', () => {
  it('holds what fits into its capacity and slack, and hands over all with one more', () => {
    const buffer = new BoundedBuffer<number>('it', { capacity: 1 });
    buffer.slack = 2;
    for (const value of [1, 2, 3]) buffer.offer(value);
    expect([[...buffer], buffer.taken]).toEqual([[1, 2, 3], 3]);
    expect(() => buffer.offer(4)).toThrow(OverflowError);
    expect([buffer.size, buffer.taken]).toEqual([0, 0]);
  });
});

describe('PolicyBuffer', () => {
  /** What waits after offering 1 to 5, and what was dropped, in order. */
  function offered(overflow: OverflowPolicy, capacity: number) {
    const drops: number[] = [];
    const buffer = new PolicyBuffer<number>('it', {
      capacity,
      overflow,
      onDrop: (value) => drops.push(value),
    });
    for (const value of [1, 2, 3, 4, 5]) buffer.offer(value);
    return [[...buffer], drops];
  }

  it.each<[OverflowPolicy, number, number[], number[]]>([
    ['dropLatest', 0, [], [1, 2, 3, 4, 5]],
    ['dropLatest', 1, [1], [2, 3, 4, 5]],
    ['dropLatest', 2, [1, 2], [3, 4, 5]],
    ['replaceLatest', 0, [], [1, 2, 3, 4, 5]],
    ['replaceLatest', 1, [5], [1, 2, 3, 4]],
    ['replaceLatest', 2, [1, 5], [2, 3, 4]],
    ['dropOldest', 0, [], [1, 2, 3, 4, 5]],
    ['dropOldest', 1, [5], [1, 2, 3, 4]],
    ['dropOldest', 2, [4, 5], [1, 2, 3]],
    ['dropAll', 0, [], [1, 2, 3, 4, 5]],
    ['dropAll', 1, [5], [1, 2, 3, 4]],
    ['dropAll', 2, [5], [1, 2, 3, 4]],
    ['dropAll', 5, [1, 2, 3, 4, 5], []],
  ])('%s with capacity %d keeps %p and drops %p', (overflow, capacity, waiting, drops) => {
    expect(offered(overflow, capacity)).toEqual([waiting, drops]);
  });

  /** `[name, size]` each; the last one finds no room, where 4 fit. */
  it.each<[OverflowPolicy, [string, number][], string, string, boolean[]]>([
    [
      'dropOldest',
      [
        ['a', 1],
        ['b', 1],
        ['c', 2],
        ['d', 2],
      ],
      'cd',
      'ab',
      [false, false],
    ],
    [
      'dropOldest',
      [
        ['a', 1],
        ['b', 3],
        ['c', 4],
      ],
      'c',
      'ab',
      [false, false],
    ],
    [
      'dropOldest',
      [
        ['a', 2],
        ['b', 2],
        ['c', 1],
      ],
      'bc',
      'a',
      [false],
    ],
    [
      'replaceLatest',
      [
        ['a', 1],
        ['b', 1],
        ['c', 2],
        ['d', 3],
      ],
      'ad',
      'cb',
      [true, true],
    ],
    [
      'replaceLatest',
      [
        ['a', 1],
        ['b', 3],
        ['c', 1],
      ],
      'ac',
      'b',
      [true],
    ],
    [
      'replaceLatest',
      [
        ['a', 1],
        ['b', 3],
        ['c', 4],
      ],
      'c',
      'ba',
      [true, true],
    ],
    [
      'dropAll',
      [
        ['a', 1],
        ['b', 2],
        ['c', 2],
      ],
      'c',
      'ab',
      [false, false],
    ],
    [
      'dropLatest',
      [
        ['a', 1],
        ['b', 4],
        ['c', 2],
      ],
      'ac',
      'b',
      [true],
    ],
    [
      'dropOldest',
      [
        ['a', 1],
        ['b', 5],
      ],
      'a',
      'b',
      [true],
    ],
    [
      'replaceLatest',
      [
        ['a', 1],
        ['b', 5],
      ],
      'a',
      'b',
      [true],
    ],
    [
      'dropAll',
      [
        ['a', 1],
        ['b', 5],
      ],
      'a',
      'b',
      [true],
    ],
    [
      'dropOldest',
      [
        ['a', 5],
        ['b', 4],
        ['c', 0],
      ],
      'bc',
      'a',
      [true],
    ],
  ])('%s gives up as many as the size of %p takes', (overflow, values, waiting, drops, newest) => {
    const told: [string, boolean][] = [];
    let last = 0;
    const options = { capacity: 4, overflow, sizeOf: ([, size]: [string, number]) => size };
    const buffer = new PolicyBuffer('it', {
      ...options,
      onDrop([name]) {
        told.push([name, buffer.lastDropped > last]);
        last = buffer.lastDropped;
      },
    });
    const silent = new PolicyBuffer('it', options);
    for (const value of values) {
      buffer.offer(value);
      silent.offer(value);
    }
    expect([...buffer].map(([name]) => name).join('')).toBe(waiting);
    expect(told).toEqual([...drops].map((name, i) => [name, newest[i]]));
    expect([[...silent], silent.taken]).toEqual([[...buffer], buffer.taken]);
    expect(buffer.taken).toBe([...buffer].reduce((sum, [, size]) => sum + size, 0));
    buffer.clear();
    expect(buffer.taken).toBe(0);
  });

  it('leaves room, of what it measures, for what was asked for', () => {
    const buffer = new PolicyBuffer<number>('it', { capacity: 4, overflow: 'dropOldest', sizeOf: (n) => n });
    buffer.slack = 1;
    for (const size of [4, 3]) buffer.offer(size);
    expect([[...buffer], buffer.taken]).toEqual([[4, 3], 7]);
    buffer.offer(8);
    expect([[...buffer], buffer.taken]).toEqual([[3, 8], 11]);
  });

  it.each<[object, string]>([
    [{ sizeOf: 1 }, 'it: sizeOf must be a function, got 1'],
    [
      { overflow: 'drop' },
      "it: overflow must be one of error, dropLatest, replaceLatest, dropOldest, dropAll, got 'drop'",
    ],
    [{ capacity: -1 }, 'it: capacity must be an integer of at least 0 or Infinity, got -1'],
  ])('refuses %p', (options, message) => {
    expect(() => new PolicyBuffer('it', options)).toThrow(message);
  });

  it('a function decides from the value and those waiting', () => {
    const seen: unknown[] = [];
    const buffer = new PolicyBuffer<number>('it', {
      capacity: 2,
      overflow: (incoming, waiting) => {
        seen.push([incoming, waiting.size, [...waiting]]);
        return incoming % 2 === 0 ? 'dropOldest' : 'dropLatest';
      },
    });
    for (const value of [1, 2, 3, 4]) buffer.offer(value);
    expect(seen).toEqual([
      [3, 2, [1, 2]],
      [4, 2, [1, 2]],
    ]);
    expect([...buffer]).toEqual([2, 4]);
  });

  it('a function that answers no name of a policy fails, and drops nothing unseen', () => {
    const buffer = new PolicyBuffer<number>('it', { capacity: 1, overflow: () => undefined as never });
    buffer.offer(1);
    expect(() => buffer.offer(2)).toThrow();
  });

  it("'error' hands over in an OverflowError what waited and the value that found no room", () => {
    const buffer = new PolicyBuffer<number>('it', { capacity: 2 });
    buffer.offer(1);
    buffer.offer(2);
    let thrown: unknown;
    try {
      buffer.offer(3);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(OverflowError);
    expect(thrown).toMatchObject({ operator: 'it', capacity: 2, policy: 'error', values: [1, 2, 3] });
    expect(buffer.size).toBe(0);
  });

  it('an onDrop that looks at the buffer, or throws, finds the arriving value in its place', () => {
    const buffer = new PolicyBuffer<number>('it', {
      capacity: 2,
      overflow: 'dropOldest',
      onDrop: () => {
        throw [...buffer];
      },
    });
    buffer.offer(1);
    buffer.offer(2);
    let seen: unknown;
    try {
      buffer.offer(3);
    } catch (thrown) {
      seen = thrown;
    }
    expect(seen).toEqual([2, 3]);
  });

  it.each<[string, BufferOptions<number>]>([
    ['sizeOf', { sizeOf: (n) => (n === 2 ? Number.NaN : 1) }],
    [
      'an overflow function',
      {
        overflow: () => {
          throw new RangeError('no');
        },
      },
    ],
  ])('tells of the value over which %s fails, once', (_, options) => {
    const onDrop = jest.fn();
    const buffer = new PolicyBuffer<number>('it', { capacity: 1, onDrop, ...options });
    buffer.offer(1);
    expect(() => buffer.offer(2)).toThrow(RangeError);
    expect(onDrop.mock.calls).toEqual([[2, 'unsubscribed']]);
    expect([...buffer]).toEqual([1]);
  });

  it('measures in numbers that are no integers without a rounding that stays', () => {
    const buffer = new PolicyBuffer<number>('it', { capacity: 1, sizeOf: (n) => n });
    for (const value of [0.2, 0.4, 0.3]) buffer.offer(value);
    while (buffer.size > 0) buffer.shift();
    buffer.offer(1);
    expect([...buffer]).toEqual([1]);
  });

  it.each([-1, Number.NaN, Infinity])('refuses %p of sizeOf', (size) => {
    const buffer = new PolicyBuffer<number>('it', { sizeOf: () => size });
    expect(() => buffer.offer(1)).toThrow(
      new RangeError(`it: sizeOf must return a finite number from 0, got ${size}`),
    );
  });

  it('discard reports each that waits once, oldest first', () => {
    const onDrop = jest.fn();
    const buffer = new PolicyBuffer<unknown>('it', { onDrop });
    buffer.offer(undefined);
    buffer.offer(2);
    buffer.discard();
    buffer.discard();
    expect(onDrop.mock.calls).toEqual([
      [undefined, 'unsubscribed'],
      [2, 'unsubscribed'],
    ]);
    expect(buffer.size).toBe(0);
  });
});

describe('Drain', () => {
  function drainOf(next: (value: number) => void, capacity = 10, onDrop?: (value: number) => void) {
    const endings: Ending[] = [];
    const demand = { request() {}, unsubscribe() {}, closed: false };
    const buffer = new BoundedBuffer<number>('it', { capacity, ...(onDrop && { onDrop }) });
    const drain: Drain<number> = new Drain({ next }, demand, (ending) => endings.push(ending), buffer);
    return { drain, endings };
  }

  it('that is shut drops what nobody asked for, and counts it as the last in line', () => {
    const log: number[] = [];
    const onDrop = jest.fn();
    const { drain } = drainOf((value) => log.push(value), 8, onDrop);
    drain.next(1);
    drain.shut = true;
    drain.next(2);
    expect([[...drain.buffer], drain.buffer.lastDropped]).toEqual([[1], 1]);
    drain.request(2);
    drain.next(3);
    drain.next(4);
    expect(log).toEqual([1, 3]);
    expect(onDrop.mock.calls).toEqual([
      [2, 'overflow'],
      [4, 'overflow'],
    ]);
  });

  it('works on after a delivery that threw, direct or from the buffer', () => {
    const log: number[] = [];
    let broken = true;
    const { drain } = drainOf((value) => {
      if (broken) throw 'mine';
      log.push(value);
    });
    drain.requested = 1;
    expect(() => drain.next(1)).toThrow('mine');
    expect(drain.draining).toBe(false);
    drain.next(2);
    expect(() => drain.request(1)).toThrow('mine');
    expect(drain.draining).toBe(false);
    broken = false;
    drain.next(3);
    drain.request(1);
    expect(log).toEqual([3]);
  });

  it('has spent the demand before it delivers', () => {
    const during: number[] = [];
    const { drain } = drainOf(() => during.push(drain.requested));
    drain.request(2);
    drain.next(1);
    drain.next(2);
    expect(during).toEqual([1, 0]);
  });

  it('delivers nothing after close, and forgets what waits', () => {
    const log: number[] = [];
    const { drain, endings } = drainOf((value) => log.push(value));
    drain.next(1);
    drain.close();
    drain.request(5);
    drain.next(2);
    drain.end(COMPLETE);
    expect([log, endings, drain.buffer.size]).toEqual([[], [], 0]);
  });

  it('keeps nothing that comes after its end, or after close', () => {
    const log: number[] = [];
    const { drain, endings } = drainOf((value) => log.push(value));
    drain.next(1);
    drain.end(COMPLETE);
    drain.next(2);
    drain.request(5);
    drain.next(3);
    expect([log, endings, drain.buffer.size]).toEqual([[1], [COMPLETE], 0]);
    const left = drainOf((value) => log.push(value)).drain;
    left.close();
    left.next(4);
    expect([log, left.buffer.size]).toEqual([[1], 0]);
  });

  it('lets nothing overtake what waits for its time', () => {
    class Late extends BoundedBuffer<number> {
      override ready(): boolean {
        return false;
      }
    }
    const log: number[] = [];
    const demand = { request() {}, unsubscribe() {}, closed: false };
    const next = (value: number) => log.push(value);
    const drain: Drain<number> = new Drain({ next }, demand, () => {}, new Late('it'));
    drain.next(1);
    drain.request(5);
    drain.next(2);
    expect([log, [...drain.buffer]]).toEqual([[], [1, 2]]);
  });

  it('lets an ending overtake values that wait, and the ending behind them, also while the last of them is delivered', () => {
    const behind = drainOf(() => {});
    behind.drain.next(1);
    behind.drain.end(COMPLETE);
    behind.drain.end({ kind: 'error', error: 'broken' }, true);
    expect(behind.endings).toEqual([{ kind: 'error', error: 'broken' }]);
    const last = drainOf(() => last.drain.end({ kind: 'error', error: 'broken' }, true));
    last.drain.next(1);
    last.drain.end(COMPLETE);
    last.drain.request(1);
    expect(last.endings).toEqual([{ kind: 'error', error: 'broken' }]);
  });

  it('ends with what onDrop throws where an ending overtakes', () => {
    const { drain, endings } = drainOf(
      () => {},
      10,
      () => {
        throw 'mine';
      },
    );
    drain.next(1);
    drain.end({ kind: 'error', error: 'broken' }, true);
    expect(endings).toEqual([{ kind: 'error', error: 'mine' }]);
  });

  it('keeps beyond the capacity what was requested while a delivery runs', () => {
    const log: number[] = [];
    const { drain } = drainOf((value) => {
      log.push(value);
      if (value === 0) {
        for (const more of [1, 2, 3]) drain.next(more);
      }
    }, 0);
    drain.request(4);
    drain.next(0);
    expect(log).toEqual([0, 1, 2, 3]);
  });

  it('finishes once, with the first ending', () => {
    const { drain, endings } = drainOf(() => {});
    drain.next(1);
    drain.end({ kind: 'error', error: undefined });
    drain.end(COMPLETE);
    expect(endings).toEqual([]);
    drain.request(1);
    drain.request(1);
    expect(endings).toEqual([{ kind: 'error', error: undefined }]);
  });

  it('serves what a callback of the buffer requests when the buffer has done with the value', () => {
    class Asking extends BoundedBuffer<number> {
      override offer(value: number): void {
        drain.request(1);
        super.offer(value);
      }
    }
    const log: number[] = [];
    const demand = { request() {}, unsubscribe() {}, closed: false };
    const next = (value: number) => log.push(value);
    const drain: Drain<number> = new Drain({ next }, demand, () => {}, new Asking('it'));
    drain.next(1);
    expect([log, drain.draining, drain.requested]).toEqual([[1], false, 0]);
  });
});
