import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, firstValueFrom, NEVER, of, Subject, throwError, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandObservable, DemandSubscriber, OverflowError, pullFrom } from '../../src/index.js';
import {
  ndjson,
  pausedWhileHidden,
  perFrame,
  pullFromPort,
  requestsFromViewport,
  serve,
  toReadableStream,
  writeTo,
} from '../../src/web/index.js';

function counter(end = Infinity) {
  const source = {
    drawn: 0,
    released: 0,
    source$: new DemandObservable<number>((sink) => ({
      request: (n) => {
        for (let i = 0; i < n && !sink.closed; i++) {
          sink.next(source.drawn++);
          if (source.drawn === end) sink.complete();
        }
      },
      unsubscribe: () => {
        source.released++;
      },
    })),
  };
  return source;
}

const turns = async (n = 10) => {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve));
};

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

describe('ndjson', () => {
  const read = (chunks: readonly (Uint8Array | string)[], maxLength = 2 ** 20) => {
    const got: unknown[] = [];
    pullFrom(chunks)
      .pipe(ndjson({ maxLength }))
      .subscribe({
        next: (value) => got.push(value),
        error: (error) => got.push(error),
        complete: () => got.push('|'),
      });
    return got;
  };

  it('reads the values of the lines, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        fc.boolean(),
        (values, sizes, newline) => {
          const text = values.map((value) => JSON.stringify(value)).join('\n') + (newline ? '\r\n' : '');
          const bytes = new TextEncoder().encode(text);
          const chunks: Uint8Array[] = [];
          for (let at = 0; at < bytes.length; at += chunks.at(-1)?.length ?? 0) {
            chunks.push(bytes.slice(at, at + (sizes.next().value ?? 1)));
          }
          expect(read(chunks)).toEqual([...values.map((value) => JSON.parse(JSON.stringify(value))), '|']);
        },
      ),
    );
  });

  it('asks for a chunk when the lines of the last one are used up', () => {
    let chunks = 0;
    const lines$ = new DemandObservable<string>((sink) => ({
      request: (n) => {
        for (let i = 0; i < n; i++) sink.next(`${chunks++}\n0\n0\n`);
      },
      unsubscribe: () => {},
    }));
    const subscriber = new DemandSubscriber<unknown>();
    lines$.pipe(ndjson()).subscribe(subscriber);
    const drawn: number[] = [];
    for (let i = 0; i < 7; i++) {
      subscriber.request(1);
      drawn.push(chunks);
    }
    expect(drawn).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });

  it('ends with an error that names the line, after the values before it', () => {
    expect(read(['1\n', '\n2\nx\n3\n'])).toEqual([
      1,
      2,
      expect.objectContaining({ name: 'SyntaxError', message: 'ndjson: line 4 is no JSON: x' }),
    ]);
    expect(read(['1\n2', '34567'], 5)).toEqual([1, expect.any(RangeError)]);
    const invalid = expect.objectContaining({ code: 'ERR_ENCODING_INVALID_ENCODED_DATA' });
    expect(read(['1\n', Uint8Array.of(0xff)])).toEqual([1, invalid]);
    expect(read(['1\n', Uint8Array.of(0xc3)])).toEqual([1, invalid]);
    expect(() => ndjson({ maxLength: 0 })).toThrow(RangeError);
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
    expect(() => perFrame(0)).toThrow(RangeError);
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
    const errors: unknown[] = [];
    pausedWhileHidden().subscribe({ error: (error) => errors.push(error) });
    expect(errors).toEqual([expect.any(TypeError)]);
  });

  it('asks for one more each time the end is in view', () => {
    const calls: string[] = [];
    let seen = (_: { isIntersecting: boolean }[]): void => {};
    class IntersectionObserver {
      constructor(callback: typeof seen) {
        seen = callback;
      }
      observe = () => calls.push('observe');
      unobserve = () => calls.push('unobserve');
      disconnect = () => calls.push('disconnect');
    }
    Object.assign(globalThis, { IntersectionObserver });
    const got: number[] = [];
    const subscription = requestsFromViewport({}).subscribe((n) => got.push(n));
    seen([{ isIntersecting: false }]);
    seen([{ isIntersecting: true }]);
    subscription.unsubscribe();
    Reflect.deleteProperty(globalThis, 'IntersectionObserver');
    expect(got).toEqual([1]);
    expect(calls).toEqual(['observe', 'unobserve', 'observe', 'disconnect']);
    const errors: unknown[] = [];
    requestsFromViewport({}).subscribe({ error: (error) => errors.push(error) });
    expect(errors).toEqual([expect.any(TypeError)]);
  });
});
