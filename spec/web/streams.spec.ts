import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { concat, firstValueFrom, NEVER, of, Subject, throwError, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandObservable, DemandSubscriber, OverflowError, pullFrom, tapDemand } from '../../src/index.js';
import {
  pausedWhileHidden,
  perFrame,
  pullFromPort,
  requestsFromViewport,
  serve,
  toReadableStream,
  writeTo,
} from '../../src/web/index.js';
import { counter, turns } from '../boundary.js';

describe('writeTo', () => {
  it('writes no faster than the stream is ready, each value once, in order', async () => {
    const source = counter(50);
    const written: number[] = [];
    const stream = new WritableStream<number>(
      {
        write: async (value) => {
          written.push(value);
          expect(source.drawn - written.length).toBeLessThan(4);
          await turns(1);
        },
      },
      { highWaterMark: 4 },
    );
    await writeTo(source.source$, stream);
    expect(written).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect([source.released, stream.locked]).toEqual([1, false]);
  });

  it('is held by a stream that is never ready again, and stops by a signal', async () => {
    const source = counter();
    const controller = new AbortController();
    const aborted: unknown[] = [];
    const stream = new WritableStream<number>(
      { write: () => new Promise(() => {}), abort: (reason) => void aborted.push(reason) },
      { highWaterMark: 3 },
    );
    const done = writeTo(source.source$, stream, { signal: controller.signal });
    await turns();
    expect(source.drawn).toBe(3);
    controller.abort('enough');
    await expect(done).rejects.toBe('enough');
    expect(source.released).toBe(1);
    const early = writeTo(source.source$, new WritableStream<number>(), { signal: controller.signal });
    await expect(early).rejects.toBe('enough');
  });

  it('aborts the stream with an error of the source', async () => {
    const aborted: unknown[] = [];
    const stream = new WritableStream<number>({ abort: (reason) => void aborted.push(reason) });
    await expect(
      writeTo(
        concat(
          of(1),
          throwError(() => 'source'),
        ),
        stream,
      ),
    ).rejects.toBe('source');
    await turns();
    expect(aborted).toEqual(['source']);
  });

  it('aborts the stream only after what came before the error is written', async () => {
    const got: unknown[] = [];
    const stream = new WritableStream<number>(
      {
        write: async (value) => {
          await turns(1);
          got.push(value);
        },
        abort: (reason) => void got.push(reason),
      },
      { highWaterMark: 3 },
    );
    const failing$ = concat(
      pullFrom([1, 2, 3]),
      throwError(() => 'source'),
    );
    await expect(writeTo(failing$, stream)).rejects.toBe('source');
    await turns();
    expect(got).toEqual([1, 2, 3, 'source']);
  });

  it('stops by a signal also while the last value is being written', async () => {
    const controller = new AbortController();
    const stream = new WritableStream<number>({ write: () => new Promise(() => {}) });
    const done = writeTo(of(1), stream, { signal: controller.signal });
    await turns();
    controller.abort('enough');
    await expect(done).rejects.toBe('enough');
  });

  it('releases the source with an error of the stream', async () => {
    const source = counter();
    const stream = new WritableStream<number>({
      write: (value) => {
        if (value === 3) throw 'sink';
      },
    });
    await expect(writeTo(source.source$, stream)).rejects.toBe('sink');
    expect(source.released).toBe(1);
  });

  it('rejects for a stream that is locked, and for a close that fails', async () => {
    const locked = new WritableStream<number>();
    locked.getWriter();
    await expect(writeTo(of(1), locked)).rejects.toMatchObject({ name: 'TypeError' });
    const closing = new WritableStream<number>({ close: () => Promise.reject('close') });
    await expect(writeTo(of(1), closing)).rejects.toBe('close');
  });

  it('rejects with an OverflowError when a source that cannot stop outruns it', async () => {
    const subject = new Subject<number>();
    const done = writeTo(subject, new WritableStream<number>({ write: () => new Promise(() => {}) }));
    await turns(1);
    for (let i = 0; i <= 1025; i++) subject.next(i);
    await expect(done).rejects.toThrow(OverflowError);
  });
});

describe('toReadableStream', () => {
  it('delivers all, in order, and reads no further ahead than its strategy', async () => {
    const source = counter(100);
    let read = 0;
    for await (const value of toReadableStream(source.source$, { highWaterMark: 4 })) {
      expect(value).toBe(read++);
      expect(source.drawn - read).toBeLessThanOrEqual(5);
    }
    expect([read, source.released]).toEqual([100, 1]);
  });

  it('reads nothing ahead with a highWaterMark of 0, and releases the source when cancelled', async () => {
    const source = counter();
    const stream = toReadableStream(source.source$, { highWaterMark: 0 });
    const reader = stream.getReader();
    await turns();
    expect(source.drawn).toBe(0);
    expect(await reader.read()).toEqual({ done: false, value: 0 });
    expect(source.drawn).toBe(1);
    await reader.cancel();
    expect(source.released).toBe(1);
  });

  it('asks for one value at a time of a source that answers later, however often it is pulled', async () => {
    let asked = 0;
    let answer = (): void => {};
    const later$ = new DemandObservable<number>((sink) => ({
      later: true,
      request: (n) => {
        asked += n;
        answer = () => sink.next(asked);
      },
      unsubscribe: () => {},
    }));
    const reader = toReadableStream(later$).getReader();
    for (let i = 1; i <= 20; i++) {
      const read = reader.read();
      await turns(1);
      answer();
      await read;
      await turns(1);
      expect(asked).toBeLessThanOrEqual(i + 1);
    }
    await reader.cancel();
  });

  it('is errored only after what was read ahead has been taken', async () => {
    for (const highWaterMark of [0, 1, 4]) {
      const failing$ = concat(
        pullFrom([1, 2, 3]),
        throwError(() => 'source'),
      );
      const reader = toReadableStream(failing$, { highWaterMark }).getReader();
      await turns();
      for (const value of [1, 2, 3]) expect(await reader.read()).toMatchObject({ value });
      await expect(reader.read()).rejects.toBe('source');
    }
  });

  it('is errored by the source, and not disturbed by an idle one', async () => {
    const reader = toReadableStream(throwError(() => 'source')).getReader();
    await expect(reader.read()).rejects.toBe('source');
    await toReadableStream(NEVER).cancel();
  });

  it('goes round through pullFrom', async () => {
    const values = await new Promise((resolve, reject) => {
      pullFrom(toReadableStream(pullFrom([1, 2, 3])))
        .pipe(toArray())
        .subscribe({ next: resolve, error: reject });
    });
    expect(values).toEqual([1, 2, 3]);
  });

  it('is held back also where it was transferred to', async () => {
    const source = counter();
    const { port1, port2 } = new MessageChannel();
    const received = firstValueFrom(pullFromPort<ReadableStream<number>>(port2));
    const stream = toReadableStream(source.source$);
    serve(of(stream), port1, { transfer: (value) => [value] });
    const reader = (await received).getReader();
    for (let i = 0; i < 5; i++) expect(await reader.read()).toMatchObject({ value: i });
    await turns(50);
    expect(source.drawn).toBeLessThan(5 + 4);
    await reader.cancel();
    await turns(50);
    expect(source.released).toBe(1);
    port1.close();
  });
});

describe('perFrame', () => {
  it('takes max values a frame, and asks for no more', () => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    scheduler.run(({ animate, expectObservable }) => {
      animate('                                                      ---x----x----x----x-');
      expectObservable(pullFrom('abcdefg').pipe(perFrame(2))).toBe('---(ab)-(cd)-(ef)-(g|)');
    });
  });

  describe('of a page', () => {
    let frames: ((time: number) => void)[] = [];
    const draw = () => {
      for (const frame of frames.splice(0)) frame(0);
    };
    beforeEach(() => {
      frames = [];
      Object.assign(globalThis, {
        requestAnimationFrame: (frame: (time: number) => void) => frames.push(frame),
        cancelAnimationFrame: (handle: number) => frames.splice(handle - 1, 1),
      });
    });
    afterEach(() => {
      Reflect.deleteProperty(globalThis, 'requestAnimationFrame');
      Reflect.deleteProperty(globalThis, 'cancelAnimationFrame');
    });

    it('asks for no frame while the source owes it all that a frame may have', () => {
      const subject = new Subject<number>();
      const asked: number[] = [];
      const subscription = subject
        .pipe(tapDemand({ request: (n) => asked.push(n) }), perFrame(2))
        .subscribe();
      for (let i = 0; i < 5; i++) draw();
      expect([asked, frames.length]).toEqual([[2], 0]);
      subject.next(1);
      expect(frames.length).toBe(1);
      draw();
      expect(asked).toEqual([2, 1]);
      subscription.unsubscribe();
    });

    it('asks for one frame, however much is requested until it comes, and for none when it is left', () => {
      const consumer = new DemandSubscriber<number>();
      pullFrom([1, 2, 3]).pipe(perFrame()).subscribe(consumer);
      consumer.request(1);
      consumer.request(1);
      expect(frames.length).toBe(1);
      consumer.unsubscribe();
      expect(frames.length).toBe(0);
    });
  });

  it('is named by its errors', () => {
    const errors: unknown[] = [];
    of(...Array(1025).keys())
      .pipe(perFrame())
      .subscribe(new DemandSubscriber<number>({ error: (error) => errors.push(error) }));
    expect(errors).toMatchObject([{ name: 'OverflowError', operator: 'perFrame' }]);
    expect(() => perFrame(0)).toThrow(/^perFrame: max must be/);
  });

  it('tells onDrop of what waits when it is left', () => {
    const dropped: unknown[] = [];
    concat(of(1, 2), NEVER)
      .pipe(perFrame(1, { onDrop: (...told) => dropped.push(told) }))
      .subscribe(new DemandSubscriber<number>())
      .unsubscribe();
    expect(dropped).toEqual([
      [1, 'unsubscribed'],
      [2, 'unsubscribed'],
    ]);
  });

  it('never takes more than requested', () => {
    const source = counter();
    const got: number[] = [];
    const scheduler = new TestScheduler(() => {});
    scheduler.run(({ animate }) => {
      animate('-x-x-x-x');
      const subscriber = new DemandSubscriber<number>({ next: (value) => got.push(value) });
      source.source$.pipe(perFrame(3)).subscribe(subscriber);
      subscriber.request(4);
      scheduler.flush();
      expect([got.length, source.drawn]).toEqual([4, 4]);
      subscriber.unsubscribe();
    });
    expect(source.released).toBe(1);
  });
});

describe('the page', () => {
  it('says whether it is hidden', () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    const got: boolean[] = [];
    const subscription = pausedWhileHidden(page).subscribe((hidden) => got.push(hidden));
    for (const state of ['hidden', 'hidden', 'visible']) {
      page.visibilityState = state;
      page.dispatchEvent(new Event('visibilitychange'));
    }
    subscription.unsubscribe();
    page.visibilityState = 'hidden';
    page.dispatchEvent(new Event('visibilitychange'));
    expect(got).toEqual([false, true, false]);
  });

  it('is looked up at subscription, and said to be missing', () => {
    const got: unknown[] = [];
    const hidden$ = pausedWhileHidden();
    hidden$.subscribe({ error: (error) => got.push(error) });
    const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
    try {
      Object.assign(globalThis, { document });
      hidden$.subscribe((hidden) => got.push(hidden)).unsubscribe();
    } finally {
      Reflect.deleteProperty(globalThis, 'document');
    }
    expect(got).toEqual([new TypeError('pausedWhileHidden: there is no document here; give one'), true]);
  });

  it('asks for more when the end of the list comes into view, and there when something was added', () => {
    const calls: unknown[] = [];
    let see = (_: { isIntersecting: boolean }[]): void => {};
    let change = (): void => {};
    class IntersectionObserver {
      constructor(seen: typeof see, options: object) {
        see = seen;
        calls.push(options);
      }
      observe = (element: object) => calls.push(['observe', element]);
      unobserve = () => calls.push('unobserve');
      disconnect = () => calls.push('disconnect');
    }
    class MutationObserver {
      constructor(changed: typeof change) {
        change = changed;
      }
      observe = (node: object, what: object) => calls.push(['watch', node, what]);
      disconnect = () => calls.push('disconnect');
    }
    const list = {};
    const end = { parentNode: list };
    const got: number[] = [];
    const errors: unknown[] = [];
    const fail = (of: { parentNode: object | null }) =>
      requestsFromViewport(of).subscribe({ error: (error) => errors.push(error) });
    try {
      Object.assign(globalThis, { MutationObserver });
      fail(end);
      Object.assign(globalThis, { IntersectionObserver });
      const requests$ = requestsFromViewport(end, { count: 5, rootMargin: '9px' });
      const subscription = requests$.subscribe((n) => got.push(n));
      see([{ isIntersecting: false }]);
      see([{ isIntersecting: false }, { isIntersecting: true }]);
      change();
      see([{ isIntersecting: true }]);
      subscription.unsubscribe();
      fail({ parentNode: null });
      Reflect.deleteProperty(globalThis, 'MutationObserver');
      fail(end);
    } finally {
      Reflect.deleteProperty(globalThis, 'IntersectionObserver');
      Reflect.deleteProperty(globalThis, 'MutationObserver');
    }
    expect(got).toEqual([5, 5]);
    expect(calls).toEqual([
      { rootMargin: '9px' },
      ['observe', end],
      ['watch', list, { childList: true, subtree: true }],
      'unobserve',
      ['observe', end],
      'disconnect',
      'disconnect',
    ]);
    const missing = new TypeError(
      'requestsFromViewport: there is no IntersectionObserver or no MutationObserver here',
    );
    expect(errors).toEqual([
      missing,
      new TypeError('requestsFromViewport: the element stands in no list'),
      missing,
    ]);
    expect(() => requestsFromViewport(end, { count: 0 })).toThrow(/^requestsFromViewport: count must be/);
  });
});
