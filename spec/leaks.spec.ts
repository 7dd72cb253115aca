/**
 * What is left when a subscription has ended, in whatever way: by count, and by what the garbage collector can free. How many
 * values and subscriptions the heap has to stay flat over is set by `ITEMS` and `CYCLES`.
 */
import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { filter, map, mergeMap, type Observable, of, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  boundedBuffer,
  Channel,
  DemandObservable,
  type DemandSink,
  DemandSubscriber,
  dropOldest,
  forEachWithDemand,
  keepLatest,
  losslessPause,
  OverflowError,
  prefetch,
  pullFrom,
  Semaphore,
  shareWithDemand,
  toAsyncIterable,
} from '../src/index.js';
import { ROWS, type Row } from './properties/rows.js';
import { unhandledDuring } from './unhandled.js';

const ITEMS = Number(process.env['ITEMS'] ?? 50_000);
const CYCLES = Number(process.env['CYCLES'] ?? 5_000);

/** In ms: five seconds, or what the larger numbers take on a busy machine. */
const PATIENCE = 5_000 + (ITEMS + CYCLES) / 5;

let collect: () => void = () => {};
beforeAll(() => {
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc');
});

const ENDINGS = ['complete', 'error', 'leave', 'throwing next', 'bad request', 'overflow'] as const;
type Ending = (typeof ENDINGS)[number];

/** One subscription to an operator, brought to its end with values on their way, waiting and delivered. */
class Life {
  /** Every value that went in. Boxed, so that it can be seen whether anybody still holds it. */
  readonly values: WeakRef<object>[] = [];
  readonly source$ = new Subject<number>();
  readonly paused$ = new Subject<boolean>();
  readonly consumer: DemandSubscriber<unknown>;
  readonly result$: Observable<unknown>;
  connected = 0;
  released = 0;
  #sink: DemandSink<number> | undefined;
  #throws = false;

  constructor(
    row: Row,
    readonly honours: boolean,
    readonly ending: Ending,
  ) {
    const asked$ = new DemandObservable<number>((sink) => {
      this.connected++;
      this.#sink = sink;
      return { request: () => {}, unsubscribe: () => void this.released++ };
    });
    this.consumer = new DemandSubscriber<unknown>({
      next: () => {
        if (this.#throws) throw new Error('next');
      },
      error: () => {},
    });
    this.result$ = (honours ? asked$ : this.source$).pipe(row.make(() => {}, this.paused$));
    this.result$.subscribe(this.consumer);
  }

  emit(times: number): void {
    for (let i = 0; i < times; i++) {
      const value = Object(this.values.length);
      this.values.push(new WeakRef(value));
      (this.#sink ?? this.source$).next(value);
    }
  }

  live(): void {
    this.consumer.request(2);
    this.emit(4);
    this.paused$.next(true);
    this.emit(1);
    this.paused$.next(false);
  }

  end(): void {
    const { consumer, ending } = this;
    if (ending === 'complete') (this.#sink ?? this.source$).complete();
    if (ending === 'error') (this.#sink ?? this.source$).error(new Error('the source'));
    if (ending === 'leave') consumer.unsubscribe();
    if (ending === 'bad request') consumer.request(0);
    if (ending === 'throwing next') this.#throws = true;
    if (ending === 'overflow') this.emit(1100);
    this.take();
  }

  /** What waits is taken, a few at a time. */
  take(): void {
    for (let i = 0; i < 10 && !this.consumer.closed; i++) this.consumer.request(1);
  }

  /** What is still held in the end. */
  get held(): string[] {
    const { connected, released, source$, paused$, consumer } = this;
    return [
      ...(source$.observed ? ['the source is observed'] : []),
      ...(connected === released ? [] : [`the source was released ${released} times`]),
      ...(paused$.observed ? ['the notifier is observed'] : []),
      ...(consumer.buffered > 0 ? ['values wait'] : []),
    ];
  }
}

const CASES = ROWS.flatMap((row) =>
  ENDINGS.flatMap((ending) =>
    [true, false].map((honours) => ({
      row,
      ending,
      honours,
      title: `${row.name}, ${ending}, ${honours ? 'asked' : 'plain'}`,
    })),
  ),
);

describe('after its ending, every operator', () => {
  it.each(ENDINGS)('has released its source, its notifier and its timers: %s', (ending) => {
    const left = CASES.filter((one) => one.ending === ending).flatMap(({ row, honours, title }) => {
      const scheduler = new TestScheduler(() => {});
      return scheduler.run(({ flush }) => {
        const life = new Life(row, honours, ending);
        scheduler.schedule(() => life.live(), 1);
        let held: string[] = [];
        // Looked at when it has ended, before a timer that was left behind has run out.
        const look = () => {
          life.take();
          if (!life.consumer.closed && scheduler.frame < 40) {
            // Time in which what is paced comes out.
            scheduler.schedule(look, 1);
            return;
          }
          life.consumer.unsubscribe();
          held = [...life.held, ...(scheduler.actions.length > 0 ? ['timers run'] : [])];
        };
        scheduler.schedule(() => {
          life.live();
          life.end();
          look();
        }, 10);
        unhandledDuring(flush);
        return held.map((problem) => `${title}: ${problem}`);
      });
    });
    expect(left).toEqual([]);
  });

  it(
    'holds no value any more, though the operator, its consumer and its source are still there',
    async () => {
      // A monitor shows the last error of a name, with what that carries, for as long as its registry lives.
      const lives = CASES.filter(({ row, ending }) => row.name !== 'monitor' || ending !== 'overflow').map(
        (one) => {
          const life = new Life(one.row, one.honours, one.ending);
          life.live();
          life.end();
          life.consumer.unsubscribe();
          return { life, title: one.title };
        },
      );
      const held = await heldFor(() =>
        lives.flatMap(({ life, title }) => {
          const alive = life.values.filter((value) => value.deref() !== undefined).length;
          return alive > 0 ? [`${title}: ${alive} of ${life.values.length}`] : [];
        }),
      );
      expect(held).toEqual([]);
      expect(lives.every(({ life }) => life.consumer.closed && life.result$ !== undefined)).toBe(true);
    },
    PATIENCE,
  );

  it(
    'holds, while it lives on, no value that it has delivered or dropped',
    async () => {
      const lives = ROWS.map((row) => {
        const life = new Life(row, false, 'leave');
        life.emit(2);
        life.live();
        for (let i = 0; i < 4; i++) life.take();
        return { life, row };
      });
      const held = await heldFor(() =>
        lives.flatMap(({ life, row }) => {
          const alive = life.values.filter((value) => value.deref() !== undefined).length;
          return alive > waitingIn(row) ? [`${row.name}: ${alive}`] : [];
        }),
      );
      expect(held).toEqual([]);
      for (const { life } of lives) life.consumer.unsubscribe();
    },
    PATIENCE,
  );

  it(
    'is seen to hold values while it lives',
    async () => {
      const source$ = new Subject<object>();
      const consumer = new DemandSubscriber<object>();
      source$.pipe(boundedBuffer({ capacity: 1 })).subscribe(consumer);
      const waiting = (() => {
        const value = {};
        source$.next(value);
        return new WeakRef(value);
      })();
      await garbageIsCollected();
      expect(waiting.deref()).toBeDefined();
      consumer.unsubscribe();
      await garbageIsCollected();
      expect(waiting.deref()).toBeUndefined();
    },
    PATIENCE,
  );
});

describe('nothing is left at', () => {
  it('an AbortSignal, whichever side ends first', async () => {
    const { signal } = new AbortController();
    const listeners = () => getEventListeners(signal, 'abort').length;
    await forEachWithDemand(of(1), () => {}, { signal });
    await forEachWithDemand(of(1), () => Promise.reject(new Error('work')), { signal }).catch(() => {});
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire(signal);
    const second = semaphore.acquire(signal);
    expect(listeners()).toBe(1);
    release();
    (await second)();
    const channel = new Channel<number>({ capacity: 0 });
    const put = channel.put(1, signal);
    expect(listeners()).toBe(1);
    channel.asObservable().subscribe();
    await put;
    expect(listeners()).toBe(0);
    expect(semaphore.available).toBe(1);
  });

  it('an iterator: it is returned once, or has ended', () => {
    let opened = 0;
    let closed = 0;
    const numbers = {
      *[Symbol.iterator]() {
        opened++;
        try {
          for (let n = 0; n < 10; n++) yield n;
        } finally {
          closed++;
        }
      },
    };
    for (const requests of [[3], [20], [-1], [2, 0]]) {
      const consumer = new DemandSubscriber<number>({ error: () => {} });
      pullFrom(numbers).subscribe(consumer);
      for (const n of requests) consumer.request(n);
      consumer.unsubscribe();
    }
    expect(closed).toBe(opened);
    expect(opened).toBeGreaterThanOrEqual(3);
  });

  it('an async iterator whose loop is left early', async () => {
    const source$ = new Subject<number>();
    const loop = (async () => {
      for await (const value of toAsyncIterable(source$)) return value;
      return undefined;
    })();
    await Promise.resolve();
    source$.next(1);
    expect(await loop).toBe(1);
    expect(source$.observed).toBe(false);
  });
});

describe('no value is held at', () => {
  /** Values, and whether anybody still holds them. */
  function boxes(count: number) {
    const values = Array.from({ length: count }, (_, i): object => ({ i }));
    const refs = values.map((value) => new WeakRef(value));
    return {
      take: () => values.splice(0),
      alive: () => refs.filter((ref) => ref.deref() !== undefined).length,
    };
  }

  /** Requests all of `source$`, and leaves with the first. */
  async function leaveAfterOne(source$: Observable<object>): Promise<unknown[]> {
    const consumer = new DemandSubscriber<object>({ next: (_, demand) => demand.unsubscribe() });
    source$.subscribe(consumer);
    consumer.request(5);
    await new Promise((resolve) => setImmediate(resolve));
    expect(consumer.closed).toBe(true);
    return [source$, consumer];
  }

  it.each<[string, (take: () => object[]) => Promise<unknown[]>]>([
    [
      'a read function that was left in the middle of its answer',
      (take) => leaveAfterOne(pullFrom(async () => take())),
    ],
    [
      'an iterator that was left',
      (take) =>
        leaveAfterOne(
          pullFrom({
            *[Symbol.iterator]() {
              yield* take();
            },
          }),
        ),
    ],
    [
      'a ReadableStream that was left',
      (take) => {
        const values = take();
        return leaveAfterOne(
          pullFrom(
            new ReadableStream<object>({
              pull(controller) {
                const value = values.shift();
                value === undefined ? controller.close() : controller.enqueue(value);
              },
            }),
          ),
        );
      },
    ],
    [
      'an async iterator that has read ahead, and was returned',
      async (take) => {
        const source$ = new Subject<object>();
        const iterator = toAsyncIterable(source$)[Symbol.asyncIterator]();
        const first = iterator.next();
        for (const value of take()) source$.next(value);
        await first;
        await iterator.return?.();
        return [source$, iterator];
      },
    ],
    [
      'a loop of promises that was stopped by its signal',
      async (take) => {
        const source$ = new Subject<object>();
        const controller = new AbortController();
        const done = forEachWithDemand(source$, () => new Promise(() => {}), { signal: controller.signal });
        for (const value of take()) source$.next(value);
        controller.abort();
        await done.catch(() => {});
        return [source$, controller, done];
      },
    ],
    [
      'a Channel whose reader has left after taking all',
      async (take) => {
        const channel = new Channel<object>({ capacity: 10 });
        for (const value of take()) await channel.put(value);
        const consumer = new DemandSubscriber<object>();
        channel.asObservable().subscribe(consumer);
        consumer.request(10);
        consumer.unsubscribe();
        return [channel, consumer];
      },
    ],
  ])('%s', async (_, live) => {
    const { take, alive } = boxes(5);
    const still = await live(take);
    await garbageIsCollected();
    await garbageIsCollected();
    expect([alive(), still.length > 0]).toEqual([0, true]);
  });
});

/** Bytes of the heap in use once the garbage is gone. */
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** How many values may wait: what is not yet an array, or is timed, does, and so does what comes after it. */
function waitingIn(row: (typeof ROWS)[number]): number {
  if (row.waits === true) {
    return 7;
  }
  return row.size === 3 ? 2 : 0;
}

/** What is still held. No collector promises to find all that is free the first time; what is held is held the tenth time too. */
async function heldFor(look: () => string[]): Promise<string[]> {
  let held: string[] = [];
  for (let turn = 0; turn < 10 && (turn === 0 || held.length > 0); turn++) {
    await garbageIsCollected();
    held = look();
  }
  return held;
}

async function garbageIsCollected(): Promise<void> {
  // A WeakRef holds its value until the job ends that made or read it, and a frame may hold what it was called with.
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
}

/** How much larger the heap is after all `times` than it was after the first fifth, in bytes. */
async function growth(times: number, run: (times: number) => void): Promise<number> {
  let before = 0;
  const parts = 100;
  for (let part = 0; part < parts; part++) {
    if (part === parts / 5) before = heap();
    run(times / parts);
    // Jobs that are queued hold what they will touch.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return heap() - before;
}

/** Less than what one lost object of 16 bytes in a hundred values would come to, with ten million of them. */
const FLAT = 1_000_000;

/** Prints what was measured where more was asked for than every test run takes. */
function flat(bytes: number, what: string): void {
  if (process.env['ITEMS'] !== undefined) process.stderr.write(`${what}: ${bytes} bytes more\n`);
  expect(bytes).toBeLessThan(FLAT);
}

describe('the heap stays flat', () => {
  const count = (n: number) =>
    pullFrom({
      *[Symbol.iterator]() {
        for (let i = 0; i < n; i++) yield { i };
      },
    });

  it(
    'over many values of a source that is asked for them',
    async () => {
      const bytes = await growth(ITEMS, (times) => {
        let got = 0;
        count(times)
          .pipe(
            map((value) => ({ value })),
            filter(({ value }) => value.i >= 0),
            mergeMap((value) => [value]),
            prefetch(16),
            boundedBuffer({ capacity: 16 }),
          )
          .subscribe(
            new DemandSubscriber<object>({
              start: (demand) => demand.request(1),
              next: (_, demand) => {
                got++;
                demand.request(1);
              },
            }),
          );
        expect(got).toBe(times);
      });
      flat(bytes, `${ITEMS} values asked for`);
    },
    PATIENCE,
  );

  it(
    'over many values of a source that cannot stop',
    async () => {
      const source$ = new Subject<object>();
      const consumers = [
        dropOldest<object>({ capacity: 8 }),
        keepLatest<object>(),
        losslessPause<object>(of(false)),
      ].map((operator) => {
        const consumer = new DemandSubscriber<object>();
        source$.pipe(operator).subscribe(consumer);
        return consumer;
      });
      const bytes = await growth(ITEMS, (times) => {
        for (let i = 0; i < times; i++) {
          source$.next({ i });
          for (const consumer of consumers) consumer.request(1);
        }
      });
      expect(consumers.map(({ closed }) => closed)).toEqual([false, false, false]);
      flat(bytes, `${ITEMS} values of a source that cannot stop`);
    },
    PATIENCE,
  );

  it(
    'over many subscriptions to one source that lives on, left at once',
    async () => {
      const source$ = new Subject<number>();
      const paused$ = new Subject<boolean>();
      const rows$ = source$.pipe(
        map((n) => n + 1),
        losslessPause(paused$),
        prefetch(4),
        shareWithDemand(),
        boundedBuffer({ capacity: 2 }),
      );
      const bytes = await growth(CYCLES, (times) => {
        for (let i = 0; i < times; i++) {
          const consumer = new DemandSubscriber<number>();
          rows$.subscribe(consumer);
          consumer.request(1);
          consumer.unsubscribe();
        }
      });
      expect([source$.observed, paused$.observed]).toEqual([false, false]);
      flat(bytes, `${CYCLES} subscriptions left`);
    },
    PATIENCE,
  );

  it(
    'over many subscriptions that fail',
    async () => {
      const bytes = await growth(CYCLES, (times) => {
        for (let i = 0; i < times; i++) {
          let failed: unknown;
          of(1, 2)
            .pipe(boundedBuffer({ capacity: 1 }))
            .subscribe(
              new DemandSubscriber<number>({
                error: (error) => {
                  failed = error;
                },
              }),
            );
          if (!(failed instanceof OverflowError)) throw new Error('did not overflow');
        }
      });
      flat(bytes, `${CYCLES} subscriptions that overflow`);
    },
    PATIENCE,
  );
});
