import { describe, expect, it } from '@jest/globals';
import { type MonoTypeOperatorFunction, of, Subject } from 'rxjs';
import { type ConflateByKeyOptions, conflate, conflateByKey, DemandSubscriber } from '../../src/index.js';
import { recorder } from '../recorder.js';

type OnDrop = (value: string, reason: string) => void;

describe('conflate', () => {
  it('gives undefined as a seed its place', () => {
    const source$ = new Subject<number>();
    const log: unknown[] = [];
    source$
      .pipe(
        conflate<number, number[] | undefined>((merged, value) => [...(merged ?? [-1]), value], undefined),
      )
      .subscribe((value) => log.push(value));
    source$.next(1);
    expect(log).toEqual([[-1, 1]]);
  });

  it('tells onDrop of the merged value that waits when downstream leaves, also of one without a seed', () => {
    const dropped: unknown[] = [];
    const onDrop = (value: unknown, reason: string) => dropped.push([value, reason]);
    const sum = (a: number, b: number) => a + b;
    for (const operator of [conflate(sum, undefined, { onDrop }), conflate(sum, 10, { onDrop })]) {
      for (const values of [[1], [1, 2]]) {
        const source$ = new Subject<number>();
        const consumer = new DemandSubscriber<number>();
        source$.pipe(operator).subscribe(consumer);
        for (const value of values) source$.next(value);
        consumer.unsubscribe();
      }
    }
    expect(dropped).toEqual([1, 3, 11, 13].map((value) => [value, 'unsubscribed']));
  });

  it('ends with what merge throws, and releases the source', () => {
    const source$ = new Subject<number>();
    const log: unknown[] = [];
    const merge = (): number => {
      throw 'mine';
    };
    source$
      .pipe(conflate(merge))
      .subscribe(new DemandSubscriber<number>({ error: (error) => log.push(error) }));
    source$.next(1);
    source$.next(2);
    expect([log, source$.observed]).toEqual([['mine'], false]);
  });
});

describe('conflateByKey, where another value comes from inside merge', () => {
  const summing = (
    overflow: 'dropOldest' | 'replaceLatest',
    values: number[],
    within: (sum: number) => number,
  ) => {
    const source$ = new Subject<number>();
    const { log, consumer } = recorder<number>();
    const dropped: number[] = [];
    let merged = 0;
    const merge = (waiting: number, value: number) => {
      merged++;
      const more = within(waiting + value);
      if (more > 0) source$.next(more);
      return waiting + value;
    };
    source$
      .pipe(conflateByKey((n) => n % 10, { maxKeys: 2, overflow, merge, onDrop: (n) => dropped.push(n) }))
      .subscribe(consumer);
    for (const value of values) source$.next(value);
    consumer.request(9);
    return { log, dropped, merged };
  };

  it('does not merge into the value of another key that has taken the place, not even into an equal one', () => {
    // 1 and 1 are 2, of key 1; while the third one is merged with it, 2 of key 2 takes its place.
    const got = summing('replaceLatest', [10, 1, 1, 1], (sum) => (sum === 3 ? 2 : 0));
    expect(got).toEqual({ log: [10, 1], dropped: [2, 2], merged: 2 });
  });

  it('merges once where only what waits before it has gone', () => {
    const got = summing('dropOldest', [1, 2, 12], () => 3);
    expect(got).toEqual({ log: [14, 3], dropped: [1], merged: 1 });
  });
});

type Merge = (waiting: string, value: string) => string;

describe.each<[string, (merge: Merge, onDrop?: OnDrop) => MonoTypeOperatorFunction<string>]>([
  ['conflate', (merge, onDrop) => conflate(merge, undefined, { ...(onDrop && { onDrop }) })],
  ['conflateByKey', (merge, onDrop) => conflateByKey(() => 'the key', { merge, ...(onDrop && { onDrop }) })],
])('%s', (_, operator) => {
  it('serves a request from inside merge when the value is merged', () => {
    const source$ = new Subject<string>();
    const { log, consumer } = recorder<string>();
    const merge = (waiting: string, value: string) => {
      consumer.request(1);
      return waiting + value;
    };
    source$.pipe(operator(merge)).subscribe(consumer);
    source$.next('a');
    source$.next('b');
    expect(log).toEqual(['ab']);
  });

  it('merges also what is emitted from inside merge, into the one value that waits', () => {
    const source$ = new Subject<string>();
    const { log, consumer } = recorder<string>();
    const inside = ['c', 'd'];
    const merge = (waiting: string, value: string) => {
      const more = inside.shift();
      if (more !== undefined) source$.next(more);
      return waiting + value;
    };
    source$.pipe(operator(merge)).subscribe(consumer);
    for (const value of ['a', 'b', 'e']) source$.next(value);
    consumer.request(9);
    expect(log).toHaveLength(1);
    expect([...String(log[0])].sort().join('')).toBe('abcde');
  });

  it.each([[1], [2]])(
    'keeps nothing, and tells of all it got, where merge leaves after %d values',
    (before) => {
      const source$ = new Subject<string>();
      const told: string[] = [];
      const { log, consumer } = recorder<string>();
      const merge = (waiting: string, value: string) => {
        if (told.length === 0 && waiting.length === before) consumer.unsubscribe();
        return waiting + value;
      };
      source$.pipe(operator(merge, (value) => told.push(value))).subscribe(consumer);
      for (const value of ['a', 'b', 'c']) source$.next(value);
      expect([log, source$.observed]).toEqual([[], false]);
      expect(told.join('').split('').sort().join('')).toBe('abc'.slice(0, before + 1));
    },
  );

  it('keeps what is emitted from inside next for the next request, merged', () => {
    const source$ = new Subject<string>();
    const log: string[] = [];
    const consumer = new DemandSubscriber<string>({
      next: (value) => {
        log.push(value);
        if (value === 'a') for (const more of ['b', 'c']) source$.next(more);
      },
    });
    source$.pipe(operator((waiting, value) => waiting + value)).subscribe(consumer);
    consumer.request(1);
    source$.next('a');
    expect(log).toEqual(['a']);
    consumer.request(1);
    expect(log).toEqual(['a', 'bc']);
  });
});

/** Throws over an `x`. */
const merging = (waiting: string, value: string) => {
  if (waiting !== '' && value.includes('x')) throw 'mine';
  return waiting + value;
};
const letterOf = (value: string) => {
  if (value.includes('x')) throw 'mine';
  return value[0];
};

describe.each<[string, (onDrop: OnDrop) => MonoTypeOperatorFunction<string>, string[], string[]]>([
  ['merge of conflate', (onDrop) => conflate(merging, undefined, { onDrop }), ['a', 'b', 'x'], ['x', 'ab']],
  [
    'merge of conflate at the second value',
    (onDrop) => conflate(merging, undefined, { onDrop }),
    ['a', 'x'],
    ['x', 'a'],
  ],
  [
    'merge of conflate with a seed',
    (onDrop) => conflate(merging, '', { onDrop }),
    ['a', 'b', 'x'],
    ['x', 'ab'],
  ],
  [
    'merge of conflateByKey',
    (onDrop) => conflateByKey((value) => value[0], { merge: merging, onDrop }),
    ['a1', 'b1', 'a2', 'ax'],
    ['ax', 'a1a2', 'b1'],
  ],
  [
    'key of conflateByKey',
    (onDrop) => conflateByKey(letterOf, { onDrop }),
    ['a1', 'b1', 'x'],
    ['x', 'a1', 'b1'],
  ],
])('%s that throws', (_, operator, sent, dropped) => {
  it('ends the stream, and what it held and what has arrived is told to onDrop', () => {
    const source$ = new Subject<string>();
    const told: string[][] = [];
    const { log, consumer } = recorder<string>();
    source$.pipe(operator((...drop) => told.push(drop))).subscribe(consumer);
    for (const value of sent) source$.next(value);
    expect([log, source$.observed]).toEqual([[{ error: 'mine' }], false]);
    expect(told).toEqual(dropped.map((value) => [value, 'unsubscribed']));
  });
});

describe('conflateByKey', () => {
  it('tells onDrop of a value that was asked for over which key throws, and of those that wait with it', () => {
    const source$ = new Subject<string>();
    const told: string[] = [];
    const { log, consumer } = recorder<string>({
      start: (demand) => demand.request(3),
      next: () => {
        for (const more of ['a', 'x']) source$.next(more);
      },
    });
    source$.pipe(conflateByKey(letterOf, { onDrop: (value) => told.push(value) })).subscribe(consumer);
    source$.next('0');
    expect([log, told]).toEqual([
      ['0', { error: 'mine' }],
      ['x', 'a'],
    ]);
  });

  const byLetter = (options?: ConflateByKeyOptions<string>) =>
    conflateByKey((value: string) => value[0], options);

  it('knows which keys wait, also where the newest one made room for another', () => {
    const source$ = new Subject<string>();
    const { log, consumer } = recorder<string>();
    source$.pipe(byLetter({ maxKeys: 2, overflow: 'replaceLatest' })).subscribe(consumer);
    for (const value of ['a1', 'b1', 'c1', 'b2', 'c2', 'c3', 'a2']) source$.next(value);
    consumer.request(Infinity);
    expect(log).toEqual(['a2', 'c3']);
  });

  it('keeps a key anew that has made room for another, also after that has left', () => {
    const source$ = new Subject<string>();
    const { log, consumer } = recorder<string>();
    source$.pipe(byLetter({ maxKeys: 2, overflow: 'replaceLatest' })).subscribe(consumer);
    for (const value of ['a1', 'b1', 'c1']) source$.next(value);
    consumer.request(2);
    source$.next('b2');
    consumer.request(1);
    expect(log).toEqual(['a1', 'c1', 'b2']);
  });

  it('tells onDrop of no value that its OverflowError carries', () => {
    const dropped: string[] = [];
    const { log, consumer } = recorder<string>();
    of('a', 'b', 'c')
      .pipe(byLetter({ maxKeys: 2, overflow: 'error', onDrop: (value) => dropped.push(value) }))
      .subscribe(consumer);
    expect(log).toMatchObject([{ error: { values: ['a', 'b', 'c'] } }]);
    expect(dropped).toEqual([]);
  });

  it('replaces what waits of a key of which a value that was asked for has just left', () => {
    const source$ = new Subject<string>();
    const inside: Record<string, string[]> = { x: ['a1', 'a2'], a1: ['a3'] };
    const { log, consumer } = recorder<string>({
      start: (demand) => demand.request(3),
      next: (value) => {
        for (const more of inside[value] ?? []) source$.next(more);
      },
    });
    source$.pipe(byLetter()).subscribe(consumer);
    source$.next('x');
    consumer.request(Infinity);
    expect(log).toEqual(['x', 'a1', 'a3']);
  });
});
