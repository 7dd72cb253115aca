import { describe, expect, it } from '@jest/globals';
import { concat, of, Subject, throwError } from 'rxjs';
import { forEachWithDemand, OverflowError, pullFrom } from '../../src/index.js';
import { ControllableSource } from '../../src/testing/index.js';

/** Lets all promise jobs run. */
const jobs = () => new Promise((resolve) => setImmediate(resolve));

/** Work that is ended by hand. */
function byHand() {
  const running = new Map<number, { done(): void; fail(error: unknown): void }>();
  const begun: number[] = [];
  const work = (value: number) => {
    begun.push(value);
    return new Promise<void>((resolve, reject) => {
      running.set(value, {
        done: () => {
          running.delete(value);
          resolve();
        },
        fail: reject,
      });
    });
  };
  return { running, begun, work };
}

describe('forEachWithDemand', () => {
  it('works on one value at a time, and asks for the next when the call has settled', async () => {
    const { running, begun, work } = byHand();
    let drawn = 0;
    function* numbers() {
      while (drawn < 3) yield drawn++;
    }
    let ended = false;
    const promise = forEachWithDemand(pullFrom(numbers()), work).then(() => {
      ended = true;
    });
    for (let i = 0; i < 3; i++) {
      await jobs();
      expect([begun, drawn, ended]).toEqual([[0, 1, 2].slice(0, i + 1), i + 1, false]);
      running.get(i)?.done();
    }
    await promise;
    expect(running.size).toBe(0);
  });

  it('never works on more than concurrency values, and keeps as many going', async () => {
    const { running, work } = byHand();
    const promise = forEachWithDemand(pullFrom([...Array(20).keys()]), work, { concurrency: 4 });
    for (let i = 0; i < 20; i++) {
      await jobs();
      expect(running.size).toBe(Math.min(4, 20 - i));
      [...running.values()].at(i % running.size)?.done();
    }
    await expect(promise).resolves.toBeUndefined();
  });

  it('resolves only when the source has completed and every call has settled, in whatever order', async () => {
    const { running, work } = byHand();
    const input$ = new Subject<number>();
    let ended = false;
    void forEachWithDemand(input$, work, { concurrency: 2 }).then(() => {
      ended = true;
    });
    input$.next(1);
    input$.next(2);
    running.get(1)?.done();
    input$.complete();
    await jobs();
    expect(ended).toBe(false);
    running.get(2)?.done();
    await jobs();
    expect(ended).toBe(true);
  });

  it('resolves for an empty source, and takes work that is not asynchronous', async () => {
    const seen: number[] = [];
    await forEachWithDemand(pullFrom<number>([]), (value) => seen.push(value));
    await forEachWithDemand(pullFrom([1, 2, 3]), (value) => seen.push(value));
    await forEachWithDemand(of(4, 5), (value) => seen.push(value), { concurrency: Infinity });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw 'mine';
      },
    ],
    ['rejects', () => Promise.reject('mine')],
  ])('rejects with what work %s, releases the source and hands no further value to work', async (_, fail) => {
    const source$ = new ControllableSource<number>();
    const seen: number[] = [];
    const promise = forEachWithDemand(
      source$,
      (value) => {
        seen.push(value);
        return value === 2 ? fail() : undefined;
      },
      { concurrency: 5 },
    );
    const rejected = expect(promise).rejects.toBe('mine');
    source$.next(1);
    source$.next(2);
    await rejected;
    source$.next(3);
    expect(seen).toEqual([1, 2]);
    expect(source$.released).toBe(1);
  });

  it('rejects with undefined where work does', async () => {
    let rejection: unknown = 'none';
    await forEachWithDemand(of(1), () => Promise.reject(undefined)).catch((error) => {
      rejection = error;
    });
    expect(rejection).toBe(undefined);
  });

  it('rejects with the error of the source, at once, though a call has not settled', async () => {
    const { work, begun } = byHand();
    const failing$ = concat(
      pullFrom([1]),
      throwError(() => 'broken'),
    );
    await expect(forEachWithDemand(failing$, work, { concurrency: 2 })).rejects.toBe('broken');
    expect(begun).toEqual([1]);
  });

  it('does not subscribe with a signal that has aborted, and rejects with its reason', async () => {
    const source$ = new ControllableSource<number>();
    const promise = forEachWithDemand(source$, () => {}, { signal: AbortSignal.abort('stop') });
    await expect(promise).rejects.toBe('stop');
    expect(source$.connections).toEqual([]);
  });

  it('releases the source when the signal aborts, and rejects with its reason', async () => {
    const source$ = new ControllableSource<number>();
    const controller = new AbortController();
    const seen: number[] = [];
    const promise = forEachWithDemand(source$, (value) => seen.push(value), { signal: controller.signal });
    const rejected = expect(promise).rejects.toBe('stop');
    source$.next(1);
    controller.abort('stop');
    expect(source$.released).toBe(1);
    source$.next(2);
    await rejected;
    expect(seen).toEqual([1]);
  });

  it('hears the signal until the last call has settled, also when the source has completed by then', async () => {
    for (const source$ of [of(1), pullFrom([1])]) {
      const controller = new AbortController();
      let finish = (): void => {};
      const promise = forEachWithDemand(source$, () => new Promise<void>((resolve) => (finish = resolve)), {
        signal: controller.signal,
      });
      const rejected = expect(promise).rejects.toBe('stop');
      controller.abort('stop');
      finish();
      await rejected;
    }
  });

  it('leaves no listener on the signal, whichever way it ends', async () => {
    const listeners = new Set<unknown>();
    const signal = {
      aborted: false,
      addEventListener: (_: string, listener: unknown) => listeners.add(listener),
      removeEventListener: (_: string, listener: unknown) => listeners.delete(listener),
    } as unknown as AbortSignal;
    await forEachWithDemand(of(1), () => {}, { signal });
    expect(listeners.size).toBe(0);
    await forEachWithDemand(of(1), () => Promise.reject('mine'), { signal }).catch(() => {});
    expect(listeners.size).toBe(0);
    await forEachWithDemand(
      throwError(() => 'broken'),
      () => {},
      { signal },
    ).catch(() => {});
    expect(listeners.size).toBe(0);
    const pending$ = new Subject<number>();
    void forEachWithDemand(pending$, () => {}, { signal });
    expect(listeners.size).toBe(1);
    pending$.complete();
    expect(listeners.size).toBe(0);
  });

  it('rejects with an OverflowError where a source without demand sends more than may wait', async () => {
    const flood$ = new Subject<number>();
    const promise = forEachWithDemand(flood$, () => new Promise(() => {}));
    const rejected = expect(promise).rejects.toMatchObject({ operator: 'forEachWithDemand', capacity: 1024 });
    for (let i = 0; i <= 1025; i++) flood$.next(i);
    await rejected;
    await promise.catch((error: OverflowError) => {
      expect(error).toBeInstanceOf(OverflowError);
      expect(error.values).toHaveLength(1025);
    });
    expect(flood$.observed).toBe(false);
  });

  it.each<[unknown, object | undefined, string]>([
    ['no function', undefined, 'work must be a function'],
    [() => {}, { concurrency: 0 }, 'concurrency must be an integer of at least 1 or Infinity, got 0'],
    [() => {}, { concurrency: 1.5 }, 'concurrency'],
    [() => {}, { concurrency: '2' }, "got '2'"],
  ])('refuses work %p with options %p where they are written', (work, options, message) => {
    expect(() => forEachWithDemand(of(1), work as () => void, options)).toThrow(message);
  });
});
