import { getEventListeners } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { catchError, concat, type Observable, repeat, retry } from 'rxjs';
import {
  Channel,
  ChannelClosedError,
  DemandSubscriber,
  forEachWithDemand,
  OverflowError,
} from '../../src/index.js';
import { recorder } from '../recorder.js';

const jobs = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** Settled or not, and how. */
function watch(promise: Promise<unknown>) {
  const watched: { state: 'waits' | 'resolved' | 'rejected'; reason?: unknown } = { state: 'waits' };
  promise.then(
    () => {
      watched.state = 'resolved';
    },
    (reason) => {
      watched.state = 'rejected';
      watched.reason = reason;
    },
  );
  return watched;
}

describe('Channel', () => {
  it('delivers what was put in order, each value once, never more than requested, with at most capacity inside', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 4 }),
        fc.array(fc.constantFrom('put' as const, 'tryPut' as const, 'request' as const, 'abort' as const), {
          maxLength: 40,
        }),
        async (capacity, names) => {
          const channel = new Channel<number>({ capacity });
          const delivered: number[] = [];
          let requested = 0;
          const reader = new DemandSubscriber<number>({ next: (value) => delivered.push(value) });
          channel.asObservable().subscribe(reader);
          const accepted: number[] = [];
          const waiting: { value: number; controller: AbortController; put: ReturnType<typeof watch> }[] = [];
          let next = 0;
          const actions = {
            put: () => {
              const controller = new AbortController();
              const value = next++;
              waiting.push({ value, controller, put: watch(channel.put(value, controller.signal)) });
            },
            tryPut: () => {
              const value = next++;
              const room = waiting.length === 0 && channel.size < capacity + (requested - delivered.length);
              expect(channel.tryPut(value)).toBe(room);
              accepted.push(...(room ? [value] : []));
            },
            request: () => {
              requested++;
              reader.request(1);
            },
            abort: () => waiting.pop()?.controller.abort(),
          };
          for (const name of names) {
            actions[name]();
            await jobs();
            while (waiting[0]?.put.state === 'resolved') accepted.push(waiting.shift()?.value ?? -1);
            expect(waiting.every(({ put }) => put.state === 'waits')).toBe(true);
            expect(delivered.length).toBeLessThanOrEqual(requested);
            expect(channel.size).toBeLessThanOrEqual(capacity);
            expect(delivered).toEqual(accepted.slice(0, delivered.length));
            expect(delivered.length + channel.size).toBe(accepted.length);
          }
        },
      ),
    );
  });

  it('shares values between its readers, in turn', () => {
    const channel = new Channel<number>({ capacity: 10 });
    const got: string[] = [];
    for (const name of ['a', 'b']) {
      channel.asObservable().subscribe(
        new DemandSubscriber<number>({
          start: (demand) => demand.request(3),
          next: (value) => got.push(name + value),
        }),
      );
    }
    for (let i = 0; i < 8; i++) channel.tryPut(i);
    expect(got).toEqual(['a0', 'b1', 'a2', 'b3', 'a4', 'b5']);
    expect(channel.size).toBe(2);
  });

  it('closes after the values that wait, rejects who waits in put, and whoever puts later', async () => {
    const channel = new Channel<number>({ capacity: 1 });
    await channel.put(1);
    const waiting = watch(channel.put(2));
    channel.close();
    await jobs();
    expect(waiting).toMatchObject({ state: 'rejected', reason: expect.any(ChannelClosedError) });
    await expect(channel.put(3)).rejects.toThrow(ChannelClosedError);
    expect(() => channel.tryPut(3)).toThrow(ChannelClosedError);
    const got: unknown[] = [];
    channel.asObservable().subscribe({ next: (value) => got.push(value), complete: () => got.push('|') });
    expect(got).toEqual([1, '|']);
  });

  it('fails after the values that wait, with the error for who waits too', async () => {
    const channel = new Channel<number>({ capacity: 1 });
    await channel.put(1);
    const waiting = watch(channel.put(2));
    channel.fail('broken');
    channel.close();
    await jobs();
    expect(waiting).toEqual({ state: 'rejected', reason: 'broken' });
    const got: unknown[] = [];
    channel.asObservable().subscribe({ next: (value) => got.push(value), error: (error) => got.push(error) });
    expect(got).toEqual([1, 'broken']);
  });

  it('leaves nobody waiting when its last reader leaves, and keeps what is inside for the next one', async () => {
    const channel = new Channel<number>({ capacity: 1 });
    const reader = new DemandSubscriber<number>({ start: (demand) => demand.request(1) });
    channel.asObservable().subscribe(reader);
    await channel.put(1);
    await channel.put(2);
    const put = watch(channel.put(3));
    const join = watch(channel.join());
    reader.unsubscribe();
    await jobs();
    expect([put.state, join.state]).toEqual(['rejected', 'rejected']);
    const got: unknown[] = [];
    channel.asObservable().subscribe((value) => got.push(value));
    await channel.put(4);
    expect(got).toEqual([2, 4]);
  });

  it('joins when the work on each value is done', async () => {
    const channel = new Channel<number>({ capacity: 4 });
    const work: (() => void)[] = [];
    void forEachWithDemand(channel.asObservable(), () => new Promise<void>((resolve) => work.push(resolve)));
    channel.tryPut(1);
    channel.tryPut(2);
    const join = watch(channel.join());
    await jobs();
    work.shift()?.();
    await jobs();
    expect(join.state).toBe('waits');
    work.shift()?.();
    await jobs();
    expect(join.state).toBe('resolved');
    await channel.join();
  });

  it('joins where what was waited for was a put that is aborted', async () => {
    const channel = new Channel<number>({ capacity: 0 });
    const controllers = [new AbortController(), new AbortController()];
    const puts = controllers.map(({ signal }, value) => watch(channel.put(value, signal)));
    const join = watch(channel.join());
    for (const controller of controllers) {
      await jobs();
      expect(join.state).toBe('waits');
      controller.abort('enough');
    }
    await jobs();
    expect(join.state).toBe('resolved');
    expect(puts).toEqual(puts.map(() => ({ state: 'rejected', reason: 'enough' })));
  });

  it('stops waiting by a signal, and the value is not put', async () => {
    const channel = new Channel<number>({ capacity: 0 });
    const controller = new AbortController();
    const waiting = watch(channel.put(1, controller.signal));
    controller.abort('enough');
    await jobs();
    expect(waiting).toEqual({ state: 'rejected', reason: 'enough' });
    await expect(channel.put(1, controller.signal)).rejects.toBe('enough');
    const got: unknown[] = [];
    channel.asObservable().subscribe((value) => got.push(value));
    expect(got).toEqual([]);
    channel.tryPut(2);
    const join = new AbortController();
    expect(got).toEqual([2]);
    join.abort('late');
    await expect(channel.join(join.signal)).rejects.toBe('late');
  });

  it('lets a policy decide, and never waits then', async () => {
    const dropped: number[] = [];
    const channel = new Channel<number>({
      capacity: 2,
      overflow: 'dropOldest',
      onDrop: (value) => dropped.push(value),
    });
    for (let i = 0; i < 5; i++) await channel.put(i);
    expect([channel.size, dropped]).toEqual([2, [0, 1, 2]]);
    const strict = new Channel<number>({ capacity: 1, overflow: 'error' });
    await strict.put(1);
    await expect(strict.put(2)).rejects.toThrow(OverflowError);
    const got: unknown[] = [];
    strict.asObservable().subscribe((value) => got.push(value));
    expect(got).toEqual([1]);
  });

  it('takes a put from inside the delivery of another', () => {
    const channel = new Channel<number>({ capacity: 0 });
    const got: number[] = [];
    channel.asObservable().subscribe((value) => {
      got.push(value);
      if (value < 10_000) channel.tryPut(value + 1);
    });
    channel.tryPut(0);
    expect(got.length).toBe(10_001);
  });

  it('is closed, and read to its end, at the end of an await using block', async () => {
    const got: unknown[] = [];
    {
      await using channel = new Channel<number>({ capacity: 2 });
      channel.asObservable().subscribe({ next: (value) => got.push(value), complete: () => got.push('|') });
      await channel.put(1);
    }
    expect(got).toEqual([1, '|']);
  });

  it.each<[string, (values$: Observable<number>) => Observable<number>]>([
    ['catchError', (values$) => values$.pipe(catchError(() => values$))],
    ['retry', (values$) => values$.pipe(retry(2))],
    ['repeat', (values$) => values$.pipe(repeat(3))],
    ['concat', (values$) => concat(values$, values$)],
  ])('ends also those who subscribe again from inside its ending: %s', async (_, again) => {
    for (const ending of ['close', 'fail'] as const) {
      const channel = new Channel<number>({ capacity: 1 });
      const { log, consumer, observer } = recorder<number>();
      const others = recorder<number>();
      again(channel.asObservable()).subscribe(consumer);
      again(channel.asObservable()).subscribe(observer);
      channel.asObservable().subscribe(others.consumer);
      channel[ending]('broken');
      expect(log).toEqual(ending === 'close' ? ['|', '|'] : [{ error: 'broken' }, { error: 'broken' }]);
      expect(others.log).toEqual(ending === 'close' ? ['|'] : [{ error: 'broken' }]);
      await channel[Symbol.asyncDispose]();
    }
  });

  it.each([-1, 1.5, Number.NaN])('throws a RangeError for a capacity of %d', (capacity) => {
    expect(() => new Channel({ capacity })).toThrow(RangeError);
  });

  it('joins though a subscriber that has taken nothing asks for nothing', async () => {
    const channel = new Channel<number>({ capacity: 2 });
    channel.asObservable().subscribe();
    channel.asObservable().subscribe(new DemandSubscriber<number>());
    await channel.put(1);
    const join = watch(channel.join());
    await jobs();
    expect(join.state).toBe('resolved');
  });

  it('leaves nobody waiting for the end of an await using block when its last reader leaves', async () => {
    const channel = new Channel<number>({ capacity: 2 });
    const reader = new DemandSubscriber<number>();
    channel.asObservable().subscribe(reader);
    await channel.put(1);
    const disposed = watch(channel[Symbol.asyncDispose]());
    await jobs();
    expect(disposed.state).toBe('waits');
    reader.unsubscribe();
    await jobs();
    expect(disposed).toEqual({ state: 'rejected', reason: expect.any(ChannelClosedError) });
  });

  it('hands each value to one of its readers, in order, and leaves nobody waiting, whoever comes, leaves and ends it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3 }),
        fc.array(ACTION, { maxLength: 40 }),
        fc.array(ACTION, { maxLength: 6 }),
        fc.constantFrom('close' as const, 'fail' as const),
        async (capacity, actions, inside, ending) => {
          const traffic = new Traffic(capacity, [...inside]);
          for (const action of actions) {
            traffic.act(action);
            await jobs();
            traffic.check(capacity);
          }
          await traffic.end(ending);
        },
      ),
    );
  });
});

const ACTION = fc.record({
  kind: fc.constantFrom('put', 'put', 'request', 'request', 'come', 'leave', 'abort', 'join'),
  reader: fc.nat({ max: 2 }),
});
type Action = typeof ACTION extends fc.Arbitrary<infer A> ? A : never;

interface Reader {
  consumer: DemandSubscriber<number>;
  requested: number;
  got: number;
}

/** A channel, those who put, those who read and those who join, and what must hold of them between two actions. */
class Traffic {
  readonly channel: Channel<number>;
  readonly delivered: number[] = [];
  readonly readers = new Map<number, Reader>();
  /** By the value. */
  readonly puts = new Map<number, { controller: AbortController; put: ReturnType<typeof watch> }>();
  readonly joins: ReturnType<typeof watch>[] = [];
  #values = 0;
  #ended = false;

  constructor(
    capacity: number,
    private readonly inside: Action[],
  ) {
    this.channel = new Channel<number>({ capacity });
  }

  readonly #kinds: Readonly<Record<string, (reader: Reader | undefined, index: number) => void>> = {
    put: () => {
      const controller = new AbortController();
      // A reader may put another value from inside this one's delivery: that is the later one.
      const value = this.#values++;
      if (!this.#ended)
        this.puts.set(value, { controller, put: watch(this.channel.put(value, controller.signal)) });
    },
    abort: () =>
      [...this.puts.values()]
        .reverse()
        .find(({ put }) => put.state === 'waits')
        ?.controller.abort(),
    join: () => this.joins.push(watch(this.channel.join())),
    leave: (reader) => reader?.consumer.unsubscribe(),
    request: (reader) => {
      if (reader?.consumer.closed === false) {
        reader.requested++;
        reader.consumer.request(1);
      }
    },
    come: (reader, index) => {
      if (reader?.consumer.closed !== false) this.#come(index);
    },
  };

  act({ kind, reader }: Action): void {
    this.#kinds[kind]?.(this.readers.get(reader), reader);
  }

  #come(index: number): void {
    const reader: Reader = {
      requested: 0,
      got: 0,
      consumer: new DemandSubscriber<number>({
        next: (value) => {
          reader.got++;
          this.delivered.push(value);
          const action = this.inside.shift();
          if (action !== undefined) this.act(action);
        },
        error: () => {},
      }),
    };
    this.readers.set(index, reader);
    this.channel.asObservable().subscribe(reader.consumer);
  }

  check(capacity: number): void {
    const accepted = [...this.puts.keys()]
      .filter((value) => this.puts.get(value)?.put.state === 'resolved')
      .sort((a, b) => a - b);
    expect(accepted.slice(0, this.delivered.length)).toEqual(this.delivered);
    expect(this.channel.size).toBe(accepted.length - this.delivered.length);
    expect(this.channel.size).toBeLessThanOrEqual(capacity);
    for (const { got, requested } of this.readers.values()) expect(got).toBeLessThanOrEqual(requested);
  }

  async end(ending: 'close' | 'fail'): Promise<void> {
    this.#ended = true;
    this.channel[ending]('broken');
    await jobs();
    expect([...this.puts.values()].filter(({ put }) => put.state === 'waits')).toEqual([]);
    this.channel.asObservable().subscribe({ error: () => {} });
    for (const { consumer } of this.readers.values()) consumer.request(Infinity);
    await jobs();
    expect(this.joins.filter(({ state }) => state === 'waits')).toEqual([]);
    expect([...this.readers.values()].every(({ consumer }) => consumer.closed)).toBe(true);
    expect(this.channel.size).toBe(0);
  }
}

describe('who waits at a Channel', () => {
  it('hands from hand to hand where it has no capacity: who waits is not overtaken, and is joined', async () => {
    const channel = new Channel<number>({ capacity: 0 });
    const put = watch(channel.put(1));
    const next = watch(channel.put(2));
    const joined = watch(channel.join());
    await jobs();
    expect([put.state, joined.state]).toEqual(['waits', 'waits']);
    const log: unknown[] = [];
    const reader = new DemandSubscriber<number>({
      next: (value) => log.push(value === 1 ? [value, channel.tryPut(3)] : value),
    });
    channel.asObservable().subscribe(reader);
    reader.request(2);
    await jobs();
    expect([log, put.state, next.state]).toEqual([[[1, false], 2], 'resolved', 'resolved']);
    reader.unsubscribe();
    await jobs();
    expect(joined.state).toBe('resolved');
  });

  it('lets in who waits as soon as there is room', async () => {
    const channel = new Channel<number>({ capacity: 1 });
    channel.tryPut(1);
    const put = watch(channel.put(2));
    const reader = new DemandSubscriber<number>();
    channel.asObservable().subscribe(reader);
    reader.request(1);
    await jobs();
    expect([put.state, channel.size]).toEqual(['resolved', 1]);
  });

  it('keeps those who put waiting while one reader is left, and rejects them with the last', async () => {
    const channel = new Channel<number>({ capacity: 0 });
    const [first, last] = [new DemandSubscriber<number>(), new DemandSubscriber<number>()];
    for (const reader of [first, last]) channel.asObservable().subscribe(reader);
    const put = watch(channel.put(1));
    first.unsubscribe();
    await jobs();
    expect(put.state).toBe('waits');
    last.unsubscribe();
    await jobs();
    expect(put).toEqual({
      state: 'rejected',
      reason: new ChannelClosedError('nobody reads the channel any more'),
    });
  });

  it('joins where who worked on the last value has left, and fails to where values are left without a reader', async () => {
    const done = new Channel<number>({ capacity: 2 });
    const working = new DemandSubscriber<number>({ start: (demand) => demand.request(1) });
    done.asObservable().subscribe(working);
    done.tryPut(1);
    const joined = watch(done.join());
    working.unsubscribe();
    const left = new Channel<number>({ capacity: 2 });
    left.tryPut(1);
    const leaving = new DemandSubscriber<number>();
    left.asObservable().subscribe(leaving);
    const abandoned = watch(left.join());
    leaving.unsubscribe();
    await jobs();
    expect([joined.state, abandoned.state]).toEqual(['resolved', 'rejected']);
  });

  it('is disposed of at once where nobody reads', async () => {
    const channel = new Channel<number>({ capacity: 2 });
    channel.tryPut(1);
    const disposed = watch(channel[Symbol.asyncDispose]());
    await jobs();
    expect(disposed.state).toBe('resolved');
    expect(() => channel.tryPut(2)).toThrow(new ChannelClosedError('the channel is closed'));
  });

  it('completes at once for who comes when it is closed and empty, and rejects who waited', async () => {
    const channel = new Channel<number>({ capacity: 0 });
    const put = watch(channel.put(1));
    channel.close();
    const complete = jest.fn();
    channel.asObservable().subscribe(new DemandSubscriber<number>({ complete }));
    await jobs();
    expect(complete).toHaveBeenCalledTimes(1);
    expect(put.reason).toEqual(new ChannelClosedError('the channel was closed'));
    expect(put.reason).toMatchObject({ name: 'ChannelClosedError' });
  });

  it('refuses one value with an OverflowError of its own, where it has a policy, and keeps what waits', () => {
    const channel = new Channel<number>({ capacity: 1, overflow: 'error' });
    channel.tryPut(1);
    const refused = expect.objectContaining({ name: 'OverflowError', operator: 'Channel', values: [2] });
    expect(() => channel.tryPut(2)).toThrow(refused);
    expect(channel.size).toBe(1);
  });

  it('takes Infinity for a capacity, and says what it takes', () => {
    expect(new Channel<number>({ capacity: Infinity }).tryPut(1)).toBe(true);
    expect(() => new Channel({ capacity: -1 })).toThrow(
      'Channel: capacity must be an integer of at least 0 or Infinity, got -1',
    );
  });

  it('leaves no listener on the signal of a put that was let in, or was aborted', async () => {
    const channel = new Channel<number>({ capacity: 0 });
    const [served, aborted] = [new AbortController(), new AbortController()];
    const reader = new DemandSubscriber<number>();
    channel.asObservable().subscribe(reader);
    const put = watch(channel.put(1, served.signal));
    const gone = watch(channel.put(2, aborted.signal));
    const listeners = ({ signal }: AbortController) => getEventListeners(signal, 'abort').length;
    expect([served, aborted].map(listeners)).toEqual([1, 1]);
    aborted.abort('stop');
    reader.request(1);
    await jobs();
    expect([put.state, gone]).toEqual(['resolved', { state: 'rejected', reason: 'stop' }]);
    expect([served, aborted].map(listeners)).toEqual([0, 0]);
  });
});
