import { Duplex, Readable } from 'node:stream';
import { describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom, from, lastValueFrom, of, Subject, takeUntil, toArray } from 'rxjs';
import {
  DemandSubscriber,
  type PublisherSubscriber,
  type PublisherSubscription,
  type PullInput,
  pullFrom,
} from '../../src/index.js';
import { recorder as recorderOf, requesting } from '../recorder.js';

/** Lets all promise jobs run. */
const jobs = () => new Promise((resolve) => setImmediate(resolve));

function recorder<T>(input: PullInput<T>, options?: { batch?: number }) {
  const recorded = recorderOf<T>();
  pullFrom(input, options).subscribe(recorded.consumer);
  return recorded;
}

/** An iterator that writes down each call. */
function watched(values: readonly unknown[], failAt = Infinity) {
  const calls: string[] = [];
  let index = 0;
  const input: Iterable<unknown> = {
    [Symbol.iterator]: () => ({
      next: () => {
        calls.push('next');
        if (index === failAt) throw 'broken';
        return index < values.length
          ? { done: false, value: values[index++] }
          : { done: true, value: undefined };
      },
      return: () => {
        calls.push('return');
        return { done: true, value: undefined };
      },
    }),
  };
  return { calls, input };
}

describe('pullFrom an array', () => {
  it('lets the end ride with the last element', () => {
    const { log, consumer } = recorder([1, 2]);
    consumer.request(1);
    expect(log).toEqual([1]);
    consumer.request(1);
    expect(log).toEqual([1, 2, '|']);
  });

  it('reads arrays, array-likes, typed arrays and strings as from does', async () => {
    const inputs = [[undefined, null, 3], { length: 2, 0: 'a' }, new Uint8Array([7, 8]), 'a\u{1f600}b'];
    for (const input of inputs as PullInput<unknown>[]) {
      const values = await lastValueFrom(from(input as ArrayLike<unknown>).pipe(toArray()));
      const { log, consumer } = recorder(input);
      consumer.request(10);
      expect(log).toEqual([...values, '|']);
      expect(await lastValueFrom(pullFrom(input).pipe(toArray()))).toEqual(values);
    }
  });

  it('takes what is iterable and has a length for an array too, with and without demand', async () => {
    const input = { length: 1, 0: 'element', *[Symbol.iterator]() {} };
    const { log, consumer } = recorder<string>(input);
    consumer.request(1);
    expect(log).toEqual(['element', '|']);
    expect(await lastValueFrom(pullFrom<string>(input))).toBe('element');
  });

  it('starts anew for each subscription', () => {
    const source$ = pullFrom([1, 2]);
    const seen: number[] = [];
    source$.subscribe((value) => seen.push(value));
    source$.subscribe((value) => seen.push(value));
    expect(seen).toEqual([1, 2, 1, 2]);
  });
});

describe('pullFrom an iterable', () => {
  it('reads no further than asked, and finds the end by the next request', () => {
    const { calls, input } = watched([1, 2]);
    const { log, consumer } = recorder(input);
    expect(calls).toEqual([]);
    consumer.request(2);
    expect([log, calls]).toEqual([
      [1, 2],
      ['next', 'next'],
    ]);
    consumer.request(1);
    expect([log, calls]).toEqual([
      [1, 2, '|'],
      ['next', 'next', 'next'],
    ]);
  });

  it('returns the iterator once when the consumer leaves, outside and inside next', () => {
    const outside = watched([1, 2, 3]);
    const recorded = recorder(outside.input);
    recorded.consumer.request(1);
    recorded.consumer.unsubscribe();
    recorded.consumer.unsubscribe();
    expect(outside.calls).toEqual(['next', 'return']);
    const inside = watched([1, 2, 3]);
    pullFrom(inside.input).subscribe(
      new DemandSubscriber<unknown>({
        start: (demand) => demand.request(3),
        next: (_, demand) => demand.unsubscribe(),
      }),
    );
    expect(inside.calls).toEqual(['next', 'return']);
  });

  it.each(
    [pullFrom, from].flatMap((read) => [
      { read, by: 'unsubscribing', ending: [] },
      { read, by: 'a notifier', ending: ['|'] },
      { read, by: 'an error of a notifier', ending: [{ error: 1 }] },
    ]),
  )('returns an iterator that ends its consumer by $by from inside next, once ($read.name)', (row) => {
    const [left$, stop$, error$] = [new Subject<number>(), new Subject<number>(), new Subject<number>()];
    const end = {
      unsubscribing: () => left$.next(0),
      'a notifier': () => stop$.next(0),
      'an error of a notifier': () => error$.error(1),
    }[row.by];
    const finished = jest.fn();
    function* rows() {
      try {
        yield 0;
        end?.();
        yield 1;
      } finally {
        finished();
      }
    }
    const { log, consumer } = requesting<number>(9);
    left$.subscribe(() => consumer.unsubscribe());
    row.read(rows()).pipe(takeUntil(stop$), takeUntil(error$)).subscribe(consumer);
    expect(log).toEqual([0, ...row.ending]);
    expect(finished).toHaveBeenCalledTimes(1);
  });

  it.each([{ read: pullFrom }, { read: from }])(
    'returns an iterator whose making ends the consumer ($read.name)',
    ({ read }) => {
      const { calls, input } = watched([1, 2]);
      const stop$ = new Subject<number>();
      const { log, consumer } = requesting<unknown>(9);
      read({
        [Symbol.iterator]: () => {
          stop$.next(0);
          return input[Symbol.iterator]();
        },
      })
        .pipe(takeUntil(stop$))
        .subscribe(consumer);
      expect(log).toEqual(['|']);
      expect(calls.filter((call) => call === 'return')).toHaveLength(1);
    },
  );

  it('does not return an iterator that has ended its consumer, and then itself', () => {
    const calls: string[] = [];
    const { log, consumer } = requesting<number>(9);
    const input: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => {
          consumer.unsubscribe();
          return { done: true, value: undefined };
        },
        return: () => {
          calls.push('return');
          return { done: true, value: undefined };
        },
      }),
    };
    pullFrom(input).subscribe(consumer);
    expect([log, calls]).toEqual([[], []]);
  });

  it('does not return an iterator that has ended or thrown', () => {
    const ended = watched([1]);
    recorder(ended.input).consumer.request(5);
    expect(ended.calls).toEqual(['next', 'next']);
    const thrown = watched([1, 2], 1);
    const { log, consumer } = recorder(thrown.input);
    consumer.request(5);
    expect([log, thrown.calls]).toEqual([
      [1, { error: 'broken' }],
      ['next', 'next'],
    ]);
  });

  it('lets go of an iterator that has no return', async () => {
    const next = () => ({ done: false, value: 1 });
    const { log, consumer } = recorder<number>({ [Symbol.iterator]: () => ({ next }) });
    consumer.request(1);
    expect(() => consumer.unsubscribe()).not.toThrow();
    const later = recorder<number>({ [Symbol.asyncIterator]: () => ({ next: async () => next() }) });
    later.consumer.request(1);
    await jobs();
    expect(() => later.consumer.unsubscribe()).not.toThrow();
    expect([log, later.log]).toEqual([[1], [1]]);
  });

  it('asks an iterator nothing that no demand came for', () => {
    const { calls, input } = watched([1]);
    recorder(input).consumer.unsubscribe();
    expect(calls).not.toContain('next');
  });

  it('takes a Symbol.iterator that throws for an error of the stream', () => {
    const { log, consumer } = recorder<number>({
      [Symbol.iterator]: () => {
        throw 'no iterator';
      },
    });
    consumer.request(1);
    expect(log).toEqual([{ error: 'no iterator' }]);
  });

  it('works in a generator that requests from inside itself', () => {
    const log: number[] = [];
    const consumer = new DemandSubscriber<number>({ next: (value) => log.push(value) });
    function* greedy() {
      for (let i = 0; i < 3; i++) {
        consumer.request(1);
        yield i;
      }
    }
    pullFrom(greedy()).subscribe(consumer);
    consumer.request(1);
    expect(log).toEqual([0, 1, 2]);
  });
});

describe('pullFrom an async iterable', () => {
  /** An async iterator whose reads are answered by hand. */
  function manual() {
    const reads: { resolve(result: IteratorResult<number>): void; reject(error: unknown): void }[] = [];
    const returned = jest.fn(async () => ({ done: true as const, value: undefined }));
    const input: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise((resolve, reject) => reads.push({ resolve, reject })),
        return: returned,
      }),
    };
    return { reads, returned, input };
  }

  it('reads one value at a time, and only while there is demand', async () => {
    const { reads, input } = manual();
    const { log, consumer } = recorder(input);
    expect(reads).toHaveLength(0);
    consumer.request(2);
    consumer.request(1);
    expect(reads).toHaveLength(1);
    for (let i = 0; i < 3; i++) {
      reads[i]?.resolve({ done: false, value: i });
      await jobs();
      expect(reads).toHaveLength(Math.min(i + 2, 3));
    }
    expect(log).toEqual([0, 1, 2]);
    consumer.request(1);
    reads[3]?.resolve({ done: true, value: undefined });
    await jobs();
    expect(log).toEqual([0, 1, 2, '|']);
  });

  it('returns it when the consumer leaves, and ignores the answer that was on its way', async () => {
    const { reads, returned, input } = manual();
    const { log, consumer } = recorder(input);
    consumer.request(1);
    consumer.unsubscribe();
    reads[0]?.resolve({ done: false, value: 1 });
    await jobs();
    expect(log).toEqual([]);
    expect(returned).toHaveBeenCalledTimes(1);
    expect(reads).toHaveLength(1);
  });

  it('does not return it after its end', async () => {
    for (const end of ['resolve', 'reject'] as const) {
      const { reads, returned, input } = manual();
      const { log, consumer } = recorder(input);
      consumer.request(2);
      reads[0]?.[end]({ done: true, value: undefined });
      await jobs();
      expect(log).toHaveLength(1);
      expect(returned).not.toHaveBeenCalled();
    }
  });

  it('hands on a rejection, undefined included', async () => {
    const { reads, input } = manual();
    const { log, consumer } = recorder(input);
    consumer.request(2);
    reads[0]?.reject(undefined);
    await jobs();
    expect(log).toEqual([{ error: undefined }]);
  });

  it('lets a plain subscriber leave in the middle', async () => {
    let released = false;
    async function* endless() {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        released = true;
      }
    }
    expect(await firstValueFrom(pullFrom(endless()))).toBe(0);
    await jobs();
    expect(released).toBe(true);
  });

  it.each([undefined, null])(
    'takes an iterator that resolves to %p for an error of the stream, as from does',
    async (answer) => {
      const input = { [Symbol.asyncIterator]: () => ({ next: async () => answer }) };
      for (const read of [pullFrom, from]) {
        const { log, consumer } = requesting<number>(9);
        // The types forbid such an iterator; in JavaScript it comes all the same.
        read(input as unknown as AsyncIterable<number>).subscribe(consumer);
        await jobs();
        expect(log).toEqual([{ error: expect.any(TypeError) }]);
      }
    },
  );

  it('takes a next that throws for an error of the stream', async () => {
    const { log, consumer } = recorder<number>({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          throw 'broken';
        },
      }),
    });
    consumer.request(1);
    await jobs();
    expect(log).toEqual([{ error: 'broken' }]);
  });

  it('takes a later next that throws for an error of the stream as well', async () => {
    let calls = 0;
    const { log, consumer } = recorder<number>({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          if (calls++ > 0) throw 'broken';
          return Promise.resolve({ done: false, value: 1 });
        },
      }),
    });
    consumer.request(2);
    await jobs();
    expect(log).toEqual([1, { error: 'broken' }]);
  });
});

describe('pullFrom a ReadableStream', () => {
  it('reads on demand and cancels it when the consumer leaves', async () => {
    let made = 0;
    const cancel = jest.fn(() => {});
    const stream = new ReadableStream<number>(
      { pull: (controller) => controller.enqueue(made++), cancel },
      { highWaterMark: 0 },
    );
    const { log, consumer } = recorder(stream as PullInput<number>);
    await jobs();
    expect(made).toBe(0);
    consumer.request(3);
    await jobs();
    expect([log, made]).toEqual([[0, 1, 2], 3]);
    consumer.unsubscribe();
    await jobs();
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it('completes with it and fails with it', async () => {
    const closing = recorder(
      new ReadableStream<number>({
        start: (controller) => {
          controller.enqueue(1);
          controller.close();
        },
      }) as PullInput<number>,
    );
    closing.consumer.request(2);
    const failing = recorder(
      new ReadableStream<number>({ start: (controller) => controller.error('broken') }) as PullInput<number>,
    );
    failing.consumer.request(1);
    await jobs();
    expect([closing.log, failing.log]).toEqual([[1, '|'], [{ error: 'broken' }]]);
  });

  it('that can only be read by a reader, as in some browsers', async () => {
    const stream = new ReadableStream<number>({
      start(controller) {
        controller.enqueue(1);
        controller.close();
      },
    });
    const { log, consumer } = recorder<number>({ getReader: () => stream.getReader() } as PullInput<number>);
    consumer.request(2);
    await jobs();
    expect(log).toEqual([1, '|']);
  });

  it('leaves it unlocked behind, however it ends', async () => {
    const closing = new ReadableStream<number>({ start: (controller) => controller.close() });
    const failing = new ReadableStream<number>({ start: (controller) => controller.error('broken') });
    for (const stream of [closing, failing]) {
      const { consumer } = recorder(stream as PullInput<number>);
      expect(stream.locked).toBe(true);
      consumer.request(1);
      await jobs();
      expect(stream.locked).toBe(false);
    }
    for (const requested of [0, 1]) {
      const idle = new ReadableStream<number>();
      const { consumer, log } = recorder(idle as PullInput<number>);
      if (requested > 0) consumer.request(requested);
      await jobs();
      consumer.unsubscribe();
      await jobs();
      expect([idle.locked, log]).toEqual([false, []]);
    }
  });

  it('that is locked ends with the error that the stream gives', async () => {
    const stream = new ReadableStream<number>();
    stream.getReader();
    const { log, consumer } = recorder(stream as PullInput<number>);
    consumer.request(1);
    await jobs();
    expect(log).toEqual([{ error: expect.objectContaining({ name: 'TypeError' }) }]);
  });
});

describe('pullFrom a Node.js Readable', () => {
  const silent = () => new Readable({ objectMode: true, read() {} });

  it('destroys it when the consumer leaves, also while a chunk is awaited, and no longer listens for its errors', async () => {
    const readable = silent();
    const { consumer } = recorder(readable);
    consumer.request(1);
    await jobs();
    expect(readable.destroyed).toBe(false);
    const listeners = readable.listenerCount('error');
    consumer.unsubscribe();
    expect([readable.destroyed, readable.listenerCount('error')]).toEqual([true, listeners]);
    await jobs();
  });

  it('hands on an error that comes while nothing is being read, and one that is read', async () => {
    const idle = silent();
    const { log } = recorder(idle);
    idle.destroy(new Error('broken'));
    await jobs();
    expect(log).toEqual([{ error: new Error('broken') }]);
    const read = silent();
    const reading = recorder(read);
    reading.consumer.request(2);
    read.push(1);
    await jobs();
    read.destroy(new Error('broken'));
    await jobs();
    expect(reading.log).toEqual([1, { error: new Error('broken') }]);
  });

  it('leaves what can still be written to open when all has been read', async () => {
    const duplex = new Duplex({ objectMode: true, read() {}, write: (_chunk, _, done) => done() });
    const { log, consumer } = recorder<unknown>(duplex);
    duplex.push(1);
    duplex.push(null);
    consumer.request(2);
    await jobs();
    await jobs();
    expect([log, duplex.readableEnded, duplex.destroyed]).toEqual([[1, '|'], true, false]);
  });

  it.each([
    ['destroy', { destroy() {} }],
    ['iterator', { iterator: () => Readable.from([]).iterator() }],
  ])('takes an async iterable that only has %s for what it is', async (_, part) => {
    async function* letters() {
      yield 'a';
    }
    const { log, consumer } = recorder<string>(Object.assign(letters(), part));
    consumer.request(2);
    await jobs();
    expect(log).toEqual(['a', '|']);
  });
});

describe('pullFrom a Reactive Streams publisher', () => {
  function manual() {
    let given: PublisherSubscriber<number> | undefined;
    const state = {
      requests: [] as number[],
      cancelled: 0,
      get subscriber(): PublisherSubscriber<number> {
        if (given === undefined) throw new Error('subscribe has not been called');
        return given;
      },
    };
    const subscription: PublisherSubscription = {
      request: (n) => void state.requests.push(n),
      cancel: () => void state.cancelled++,
    };
    const input = {
      subscribe: (subscriber: PublisherSubscriber<number>) => {
        given = subscriber;
      },
    };
    return { state, subscription, input, ...recorder<number>(input) };
  }

  it('remembers what is requested before onSubscribe, and hands on what comes later', () => {
    const { state, subscription, consumer, log } = manual();
    consumer.request(2);
    consumer.request(1);
    state.subscriber.onSubscribe(subscription);
    expect(state.requests).toEqual([3]);
    consumer.request(4);
    expect(state.requests).toEqual([3, 4]);
    state.subscriber.onNext(1);
    state.subscriber.onComplete();
    expect(log).toEqual([1, '|']);
    expect(state.cancelled).toBe(0);
  });

  it('2.5 cancels a second subscription and keeps the first', () => {
    const { state, subscription, consumer } = manual();
    state.subscriber.onSubscribe(subscription);
    const second = { request: jest.fn(), cancel: jest.fn() };
    state.subscriber.onSubscribe(second);
    expect(second.cancel).toHaveBeenCalledTimes(1);
    consumer.request(1);
    expect(second.request).not.toHaveBeenCalled();
    expect([state.requests, state.cancelled]).toEqual([[1], 0]);
  });

  it('2.8 ignores signals after the end and after it was cancelled', () => {
    const ended = manual();
    ended.state.subscriber.onSubscribe(ended.subscription);
    ended.consumer.request(5);
    ended.state.subscriber.onError('broken');
    const left = manual();
    left.state.subscriber.onSubscribe(left.subscription);
    left.consumer.request(5);
    left.consumer.unsubscribe();
    for (const { state } of [ended, left]) {
      state.subscriber.onNext(1);
      state.subscriber.onComplete();
      state.subscriber.onError('late');
    }
    expect([ended.log, left.log]).toEqual([[{ error: 'broken' }], []]);
    expect([ended.state.cancelled, left.state.cancelled]).toEqual([0, 1]);
  });

  it('2.8 cancels a subscription that is handed over after the consumer has left', () => {
    const { state, subscription, consumer } = manual();
    consumer.unsubscribe();
    state.subscriber.onSubscribe(subscription);
    expect(state.cancelled).toBe(1);
  });

  it('2.13 throws a TypeError at a publisher that gives null or undefined', () => {
    const { state, subscription } = manual();
    const refused = (name: string, given: string) =>
      new TypeError(`${name} must be called with an argument, got ${given}`);
    const { subscriber } = state;
    expect(() => subscriber.onSubscribe(null as never)).toThrow(refused('onSubscribe', 'null'));
    subscriber.onSubscribe(subscription);
    expect(() => subscriber.onNext(null as never)).toThrow(refused('onNext', 'null'));
    expect(() => subscriber.onNext(undefined as never)).toThrow(refused('onNext', 'undefined'));
    expect(() => subscriber.onError(null as never)).toThrow(refused('onError', 'null'));
  });

  it('ends with what its subscribe throws', () => {
    const { log } = recorder<number>({
      subscribe: () => {
        throw 'no publisher';
      },
    });
    expect(log).toEqual([{ error: 'no publisher' }]);
  });

  it('is unbounded below a plain subscriber', async () => {
    const requests: number[] = [];
    const input = {
      subscribe: (subscriber: PublisherSubscriber<number>) =>
        subscriber.onSubscribe({
          request: (n) => {
            requests.push(n);
            subscriber.onNext(1);
            subscriber.onComplete();
          },
          cancel() {},
        }),
    };
    expect(await lastValueFrom(pullFrom(input))).toBe(1);
    expect(requests).toEqual([Infinity]);
  });
});

describe('pullFrom a read function', () => {
  /** A read function whose calls are answered by hand. */
  function manual(options?: { batch?: number }) {
    const reads: {
      n: number;
      signal: AbortSignal;
      resolve(values: number[] | null): void;
      reject(error: unknown): void;
    }[] = [];
    const read = (n: number, signal: AbortSignal) =>
      new Promise<number[] | null>((resolve, reject) => reads.push({ n, signal, resolve, reject }));
    const answer = async (values: number[] | null) => {
      reads.at(-1)?.resolve(values);
      await jobs();
    };
    return { reads, answer, ...recorder<number>(read, options) };
  }

  it('makes one read at a time, for what is requested and not yet delivered', async () => {
    const { reads, answer, log, consumer } = manual();
    expect(reads).toHaveLength(0);
    consumer.request(3);
    consumer.request(2);
    expect(reads.map(({ n }) => n)).toEqual([3]);
    await answer([1]);
    expect(reads.map(({ n }) => n)).toEqual([3, 4]);
    await answer([2, 3, 4, 5]);
    expect(reads).toHaveLength(2);
    expect(log).toEqual([1, 2, 3, 4, 5]);
    consumer.request(1);
    expect(reads.map(({ n }) => n)).toEqual([3, 4, 1]);
    await answer(null);
    expect(log).toEqual([1, 2, 3, 4, 5, '|']);
  });

  it('asks again after an empty answer, which is no end', async () => {
    const { reads, answer, log, consumer } = manual();
    consumer.request(1);
    await answer([]);
    while (reads.length < 2) await jobs();
    expect([log, reads.map(({ n }) => n)]).toEqual([[], [1, 1]]);
    await answer([7]);
    expect([log, reads.length]).toEqual([[7], 2]);
  });

  it('lets the event loop turn between empty answers that come at once', async () => {
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    let calls = 0;
    let turnedInTime = false;
    await new Promise<void>((complete) => {
      const consumer = new DemandSubscriber<number>({ start: (demand) => demand.request(1), complete });
      pullFrom<number>(async () => {
        turnedInTime = turned;
        return turned || ++calls === 10_000 ? null : [];
      }).subscribe(consumer);
    });
    expect(turnedInTime).toBe(true);
  });

  it('asks for at most batch values a call, 128 by default, for one where batch is 1', async () => {
    const standard = manual();
    standard.consumer.request(Infinity);
    const single = manual({ batch: 1 });
    single.consumer.request(3);
    await single.answer([1]);
    expect([standard.reads.map(({ n }) => n), single.reads.map(({ n }) => n)]).toEqual([[128], [1, 1]]);
  });

  it.each([undefined, 5, 'ab', {}])(
    'ends with a TypeError where a read answers with %p',
    async (answered) => {
      const { answer, log, consumer } = manual();
      consumer.request(2);
      await answer(answered as never);
      expect(log).toEqual([{ error: expect.any(TypeError) }]);
      expect(String((log[0] as { error: Error }).error)).toContain(
        `read(n) must answer with an array or null, got ${String(answered)}`,
      );
    },
  );

  it('ends with a RangeError after delivering what was asked, where a read answers with more', async () => {
    const { reads, answer, log, consumer } = manual();
    consumer.request(2);
    await answer([1, 2, 3]);
    expect(log).toEqual([1, 2, { error: expect.any(RangeError) }]);
    expect(String((log[2] as { error: Error }).error)).toContain('read(2) answered with 3 values');
    expect(reads).toHaveLength(1);
  });

  it('aborts the running read when the consumer leaves, and ignores its answer', async () => {
    const { reads, answer, log, consumer } = manual();
    consumer.request(2);
    expect(reads[0]?.signal.aborted).toBe(false);
    consumer.unsubscribe();
    expect(reads[0]?.signal.aborted).toBe(true);
    await answer([1]);
    reads[0]?.reject('late');
    await jobs();
    expect([log, reads.length]).toEqual([[], 1]);
  });

  it('stops in the middle of an answer when the consumer leaves from inside next', async () => {
    const log: number[] = [];
    let calls = 0;
    pullFrom(async () => {
      calls++;
      return [1, 2, 3];
    }).subscribe(
      new DemandSubscriber<number>({
        start: (demand) => demand.request(3),
        next: (value, demand) => {
          log.push(value);
          demand.unsubscribe();
        },
      }),
    );
    await jobs();
    expect([log, calls]).toEqual([[1], 1]);
  });

  it('hands on what a read rejects with or throws', async () => {
    const rejecting = manual();
    rejecting.consumer.request(1);
    rejecting.reads[0]?.reject(undefined);
    const throwing = recorder<number>(() => {
      throw 'broken';
    });
    throwing.consumer.request(1);
    await jobs();
    expect([rejecting.log, throwing.log]).toEqual([[{ error: undefined }], [{ error: 'broken' }]]);
  });

  it('reads on where the request comes from inside next', async () => {
    const pages = [[1], [2], null];
    const seen: unknown[] = [];
    pullFrom(async () => pages.shift() ?? null).subscribe(
      new DemandSubscriber<number>({
        start: (demand) => demand.request(1),
        next: (value, demand) => {
          seen.push(value);
          demand.request(1);
        },
        complete: () => seen.push('|'),
      }),
    );
    await jobs();
    expect(seen).toEqual([1, 2, '|']);
  });
});

describe('pullFrom anything else', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['42', 42],
    ['true', true],
    ['object', {}],
    ['an Observable', of(1)],
  ])('throws a TypeError that says what came: %s', (name, input) => {
    expect(() => pullFrom(input as never)).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        message: expect.stringMatching(
          new RegExp(
            `^pullFrom: input must be an iterable, an async iterable, a ReadableStream, a Reactive Streams publisher or a read function, got .*${name}`,
          ),
        ),
      }),
    );
  });

  it('points from an Observable to boundedBuffer', () => {
    expect(() => pullFrom(of(1) as never)).toThrow(/boundedBuffer/);
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, '1'])('refuses batch %p where it is written', (batch) => {
    expect(() => pullFrom(async () => null, { batch: batch as number })).toThrow(
      /batch.*integer of at least 1/,
    );
  });
});
