import { describe, expect, it, jest } from '@jest/globals';
import { BoundedBuffer } from '../../src/buffer/BoundedBuffer.js';
import type { OverflowPolicy } from '../../src/buffer/BufferOptions.js';
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
  function drainOf(next: (value: number) => void, capacity = 10) {
    const endings: Ending[] = [];
    const demand = { request() {}, unsubscribe() {}, closed: false };
    const buffer = new BoundedBuffer<number>('it', { capacity });
    const drain: Drain<number> = new Drain({ next }, demand, (ending) => endings.push(ending), buffer);
    return { drain, endings };
  }

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
