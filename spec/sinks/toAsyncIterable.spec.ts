import { describe, expect, it } from '@jest/globals';
import { concat, defer, of, Subject, throwError } from 'rxjs';
import { DemandObservable, OverflowError, pullFrom, toAsyncIterable } from '../../src/index.js';

function counting(limit = Infinity) {
  const state = { drawn: 0, released: 0 };
  function* numbers() {
    try {
      while (state.drawn < limit) yield state.drawn++;
    } finally {
      state.released++;
    }
  }
  return { state, source$: pullFrom({ [Symbol.iterator]: numbers }) };
}

describe('toAsyncIterable', () => {
  it('hands every value to the loop, in order, undefined and null included', async () => {
    const seen: unknown[] = [];
    for await (const value of toAsyncIterable(of(1, undefined, null, 2))) seen.push(value);
    expect(seen).toEqual([1, undefined, null, 2]);
  });

  it('reads at most prefetch values ahead of the loop, 16 by default', async () => {
    for (const [options, ahead] of [
      [undefined, 16] as const,
      [{ prefetch: 1 }, 1] as const,
      [{ prefetch: 3 }, 3] as const,
    ]) {
      const { state, source$ } = counting(50);
      let taken = 0;
      for await (const _ of toAsyncIterable(source$, options)) {
        taken++;
        expect(state.drawn - taken).toBeLessThanOrEqual(ahead);
        expect(state.drawn).toBe(Math.min(50, taken + ahead));
      }
      expect(taken).toBe(50);
    }
  });

  it('subscribes when the loop begins, and anew for each loop', async () => {
    let subscribed = 0;
    const source$ = new DemandObservable<number>((sink) => {
      subscribed++;
      return { request: () => sink.complete(), unsubscribe() {} };
    });
    const iterable = toAsyncIterable(source$);
    iterable[Symbol.asyncIterator]();
    expect(subscribed).toBe(0);
    for await (const _ of iterable);
    for await (const _ of iterable);
    expect(subscribed).toBe(2);
  });

  it('unsubscribes when the loop is left early, by break and by throw', async () => {
    const left = counting();
    for await (const value of toAsyncIterable(left.source$)) {
      if (value === 2) break;
    }
    expect(left.state.released).toBe(1);
    const thrown = counting();
    const loop = async () => {
      for await (const _ of toAsyncIterable(thrown.source$)) throw 'mine';
    };
    await expect(loop()).rejects.toBe('mine');
    expect(thrown.state.released).toBe(1);
  });

  it('throws an error into the loop after the values that came before it, undefined as well', async () => {
    for (const error of ['broken', undefined]) {
      const seen: unknown[] = [];
      const source$ = concat(
        pullFrom([1, 2]),
        throwError(() => error),
      );
      try {
        for await (const value of toAsyncIterable(source$)) seen.push(value);
        seen.push('|');
      } catch (thrown) {
        seen.push({ thrown });
      }
      expect(seen).toEqual([1, 2, { thrown: error }]);
    }
  });

  it('is at its end after it has thrown', async () => {
    const iterator = toAsyncIterable(throwError(() => 'broken'))[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toBe('broken');
    await expect(iterator.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it('serves calls of next made at once in their order, and ends those left over', async () => {
    const source$ = new Subject<number>();
    const iterator = toAsyncIterable(source$)[Symbol.asyncIterator]();
    const calls = [iterator.next(), iterator.next(), iterator.next(), iterator.next()];
    source$.next(1);
    source$.next(2);
    source$.complete();
    expect(await Promise.all(calls)).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('rejects one waiting call with an error and ends the others', async () => {
    const source$ = new Subject<number>();
    const iterator = toAsyncIterable(source$)[Symbol.asyncIterator]();
    const calls = [iterator.next(), iterator.next()];
    source$.error('broken');
    await expect(calls[0]).rejects.toBe('broken');
    await expect(calls[1]).resolves.toEqual({ done: true, value: undefined });
  });

  it('ends waiting calls when it is returned', async () => {
    const source$ = new Subject<number>();
    const iterator = toAsyncIterable(source$)[Symbol.asyncIterator]();
    const waiting = iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(source$.observed).toBe(false);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('does not subscribe after it was returned', async () => {
    const { state, source$ } = counting();
    const iterator = toAsyncIterable(source$)[Symbol.asyncIterator]();
    await iterator.return?.();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(state.drawn).toBe(0);
  });

  it('does not run a native source after it was returned', async () => {
    let subscribed = false;
    const source$ = defer(() => {
      subscribed = true;
      return of(1);
    });
    const iterator = toAsyncIterable(source$)[Symbol.asyncIterator]();
    await iterator.return?.();
    await iterator.next();
    expect(subscribed).toBe(false);
  });

  it('gives an iterator that is iterable itself, and answers return with what it was given, as a generator does', async () => {
    const iterator = toAsyncIterable(of(1, 2, 3))[Symbol.asyncIterator]() as AsyncGenerator<number>;
    await iterator.next();
    const rest: number[] = [];
    for await (const value of iterator) rest.push(value);
    expect(rest).toEqual([2, 3]);
    expect(await iterator.return('mine')).toEqual({ done: true, value: 'mine' });
    expect(await iterator.return(Promise.resolve('later'))).toEqual({ done: true, value: 'later' });
  });

  it('throws an OverflowError after nothing was lost, where a source without demand sends too much', async () => {
    const source$ = new Subject<number>();
    const iterator = toAsyncIterable(source$, { prefetch: 2 })[Symbol.asyncIterator]();
    const first = iterator.next();
    for (let i = 0; i < 2000; i++) source$.next(i);
    expect(source$.observed).toBe(false);
    const seen = [(await first).value];
    let error: unknown;
    try {
      for (;;) seen.push((await iterator.next()).value);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(OverflowError);
    expect([...seen, ...(error as OverflowError).values]).toEqual([...Array(3 + 1024 + 1).keys()]);
  });

  it.each([0, -1, 1.5, Infinity, '3'])('refuses prefetch %p where it is written', (prefetch) => {
    expect(() => toAsyncIterable(of(1), { prefetch: prefetch as number })).toThrow(
      /prefetch must be an integer of at least 1/,
    );
  });

  it('says by name where too much has come', async () => {
    const next = toAsyncIterable(of(...Array(2000).keys()), { prefetch: 1 })[Symbol.asyncIterator]();
    await next.next();
    await expect(
      (async () => {
        for (;;) if ((await next.next()).done === true) return;
      })(),
    ).rejects.toMatchObject({ operator: 'toAsyncIterable' });
  });
});
