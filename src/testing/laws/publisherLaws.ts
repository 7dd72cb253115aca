/** Sections 1 and 3 of Reactive Streams, and our own laws, for whatever signals to a subscriber. */
import type { Publisher } from '../../protocol/Publisher.js';
import { type Law, must, show, Untested } from './ConformanceError.js';
import { type Reactions, Recorder } from './Recorder.js';
import type { Settle } from './settle.js';
import { withoutReports } from './withoutReports.js';

/** What the laws are tried on. */
export interface PublisherSubject<T> {
  /** A new publisher of so many values, which then completes. */
  readonly create: (count: number) => Publisher<T>;
  /** A new publisher that fails with this error, after no value or some. */
  readonly failing?: ((error: unknown) => Publisher<T>) | undefined;
  /** How many subscriptions of the publishers made hold something. */
  readonly held?: (() => number) | undefined;
  /** The most values it can be made to have. Default: no limit. */
  readonly most?: number | undefined;
  /** Whether each publisher takes one subscriber only. */
  readonly single?: boolean | undefined;
  readonly settle: Settle;
  /** Collects garbage. Default: `globalThis.gc`, if there is one. */
  readonly collect?: (() => void) | undefined;
  /** Whether it is an Observable, to whose subscriber a guard of ours belongs. */
  readonly guarded?: boolean | undefined;
}

type Of<T> = PublisherSubject<T>;

const LAWS: readonly Law<PublisherSubject<unknown>>[] = [
  {
    rule: '1.1',
    async holds(subject) {
      const count = limited(subject, 10);
      const recorder = await subscribe(subject, count);
      must(recorder.values.length === 0, `${recorder.values.length} values came before the first request`);
      let requested = 0;
      for (const n of [1, 2, 4]) {
        recorder.request(n);
        requested = Math.min(requested + n, count);
        await subject.settle();
        must(recorder.values.length === requested, `${requested} requested, ${recorder.values.length} came`);
      }
      must(recorder.unasked === 0, `${recorder.unasked} values came unasked`);
    },
  },
  {
    rule: '1.2',
    async holds(subject) {
      const count = limited(subject, 3);
      const recorder = await subscribe(subject, count);
      recorder.request(count + 7);
      await subject.settle();
      expectAll(recorder, count);
    },
  },
  {
    rule: '1.3',
    async holds(subject) {
      const count = limited(subject, 20);
      const recorder = await subscribe(subject, count, { next: (it) => it.request(2) });
      recorder.request(1);
      await subject.settle();
      must(recorder.nested === 0, `${recorder.nested} signals began inside another`);
      expectAll(recorder, count);
    },
  },
  {
    rule: '1.4',
    async holds(subject) {
      const recorder = await fail(subject, new Error('on purpose'));
      must(
        recorder.endings.length === 1 && recorder.endings[0]?.kind === 'error',
        `it failed, and signalled ${showEndings(recorder)}`,
      );
    },
  },
  {
    rule: '1.5',
    async holds(subject) {
      for (const count of [0, limited(subject, 3)]) {
        const recorder = await subscribe(subject, count);
        // The end of an empty source may be found only by reading.
        recorder.request(Infinity);
        await subject.settle();
        expectAll(recorder, count);
      }
    },
  },
  {
    rule: '1.6',
    async holds(subject) {
      const recorder = await subscribe(subject, limited(subject, 3));
      recorder.request(Infinity);
      await subject.settle();
      must(recorder.endings.length === 1, `it signalled ${showEndings(recorder)}`);
      expectReleased(subject, 'after completion');
    },
  },
  {
    rule: '1.7',
    async holds(subject) {
      const recorder = await subscribe(subject, limited(subject, 3));
      recorder.request(Infinity);
      await subject.settle();
      recorder.request(5);
      recorder.request(-1);
      recorder.cancel();
      await subject.settle();
      must(recorder.late === 0, `${recorder.late} signals came after the ending`);
      must(recorder.endings.length === 1, `it signalled ${showEndings(recorder)}`);
    },
  },
  {
    rule: '1.8',
    async holds(subject) {
      const recorder = await subscribe(subject, limited(subject, 1000), {
        next: (it) => (it.values.length === 2 ? it.cancel() : undefined),
      });
      recorder.request(limited(subject, 1000) - 1);
      await subject.settle();
      const { length } = recorder.values;
      must(length <= 2, `cancelled with the second value, and got ${length}`);
      await subject.settle();
      must(recorder.values.length === length, 'values went on coming after cancel');
      must(recorder.endings.length === 0, `after cancel it signalled ${showEndings(recorder)}`);
    },
  },
  {
    rule: '1.9',
    async holds(subject) {
      for (const count of [0, limited(subject, 2)]) {
        const recorder = await subscribe(subject, count);
        recorder.request(Infinity);
        await subject.settle();
        must(recorder.subscriptions === 1, `onSubscribe was called ${recorder.subscriptions} times`);
        must(recorder.early === 0, `${recorder.early} signals came before onSubscribe`);
      }
      if (subject.guarded !== true) {
        expectRefused(subject.create(1), null);
        expectRefused(subject.create(1), undefined);
      }
    },
  },
  {
    rule: '1.11',
    async holds(subject) {
      if (subject.single === true) throw new Untested('it takes one subscriber');
      const count = limited(subject, 3);
      const publisher = subject.create(count);
      const [first, second] = [new Recorder<unknown>(), new Recorder<unknown>()];
      publisher.subscribe(first);
      publisher.subscribe(second);
      await subject.settle();
      first.request(1);
      await subject.settle();
      must(second.values.length === 0, 'what one subscriber requested came to the other');
      must(first.values.length === 1, `one of two subscribers requested 1, and got ${first.values.length}`);
      second.request(Infinity);
      first.request(Infinity);
      await subject.settle();
      expectAll(first, count);
      expectAll(second, count);
    },
  },
  {
    rule: '3.2',
    async holds(subject) {
      const count = limited(subject, 5);
      const recorder = await subscribe(subject, count, {
        subscribed: (it) => it.request(1),
        next: (it) => it.request(1),
      });
      await subject.settle();
      // The end of some sources is found only by the request after the last value.
      must(recorder.values.length === count, `of ${count} values ${recorder.values.length} came`);
    },
  },
  {
    rule: '3.3',
    async holds(subject) {
      const count = limited(subject, 300);
      const recorder = await subscribe(subject, count, { next: (it) => it.request(1) });
      recorder.request(1);
      await subject.settle();
      must(recorder.nested === 0, 'request called onNext, which called request, which called onNext');
      must(recorder.values.length === count, `of ${count} values ${recorder.values.length} came`);
    },
  },
  {
    rule: '3.6',
    async holds(subject) {
      const recorder = await subscribe(subject, limited(subject, 5));
      recorder.request(1);
      await subject.settle();
      recorder.cancel();
      recorder.request(3);
      recorder.request(-1);
      await subject.settle();
      must(
        recorder.values.length <= 1,
        `after cancel a request brought ${recorder.values.length - 1} values`,
      );
      must(recorder.endings.length === 0, `after cancel a request brought ${showEndings(recorder)}`);
    },
  },
  {
    rule: '3.7',
    async holds(subject) {
      const before = held(subject);
      const recorder = await subscribe(subject, limited(subject, 5));
      recorder.request(1);
      await subject.settle();
      for (let i = 0; i < 3; i++) recorder.cancel();
      await subject.settle();
      must(recorder.thrown.length === 0, `cancel threw ${show(recorder.thrown)}`);
      must(held(subject) === before, `three cancels released ${1 + before - held(subject)} times`);
    },
  },
  {
    rule: '3.8',
    async holds(subject) {
      const count = limited(subject, 10);
      const recorder = await subscribe(subject, count);
      for (const n of [1, 2, 3]) recorder.request(n);
      await subject.settle();
      const wanted = Math.min(6, count);
      must(recorder.values.length === wanted, `requested 1, 2 and 3, and got ${recorder.values.length}`);
    },
  },
  {
    rule: '3.9',
    async holds(subject) {
      for (const n of [0, -1, 1.5, Number.NaN]) {
        const recorder = await subscribe(subject, limited(subject, 5));
        recorder.request(n);
        await subject.settle();
        const [ending] = recorder.endings;
        must(
          ending?.kind === 'error' && ending.error instanceof RangeError,
          `request(${n}) signalled ${showEndings(recorder)}, not a RangeError`,
        );
        must(recorder.values.length === 0, `request(${n}) brought a value`);
      }
    },
  },
  {
    rule: '3.12',
    async holds(subject) {
      const recorder = await subscribe(subject, limited(subject, 1000));
      recorder.request(1);
      await subject.settle();
      recorder.cancel();
      await subject.settle();
      expectReleased(subject, 'after cancel');
      must(recorder.values.length <= 1, `requested 1, cancelled, and got ${recorder.values.length}`);
    },
  },
  {
    rule: '3.13',
    async holds(subject) {
      const collect = subject.collect ?? (globalThis as { gc?: () => void }).gc;
      if (collect === undefined)
        throw new Untested('no garbage collector to call: run node with --expose-gc');
      const publisher = subject.create(limited(subject, 5));
      const reference = await cancelled(publisher, subject.settle);
      for (let tries = 0; tries < 10 && reference.deref() !== undefined; tries++) {
        await subject.settle();
        collect();
      }
      must(reference.deref() === undefined, 'a cancelled subscriber is still held');
      // Only now may the publisher itself go.
      must(typeof publisher === 'object', 'the publisher is no object');
    },
  },
  { rule: '3.15', holds: (subject) => callsReturn(subject, (recorder) => recorder.cancel()) },
  {
    rule: '3.16',
    holds: (subject) =>
      callsReturn(subject, (recorder) => {
        for (const n of [1, 0, -1, Number.NaN]) recorder.request(n);
      }),
  },
  {
    rule: '3.17',
    async holds(subject) {
      const count = limited(subject, 5);
      const recorder = await subscribe(subject, count, {
        subscribed: (it) => it.request(Number.MAX_SAFE_INTEGER),
      });
      recorder.request(Number.MAX_SAFE_INTEGER);
      recorder.request(Infinity);
      await subject.settle();
      expectAll(recorder, count);
    },
  },
  {
    rule: 'conservation',
    async holds(subject) {
      const count = limited(subject, 24);
      const expected = await outputs(subject, count, () => Infinity);
      for (const steps of [[1], [3], [1, 7, 2]]) {
        const got = await outputs(subject, count, (turn) => steps[turn % steps.length] ?? 1);
        must(
          same(got, expected),
          `asked for ${show(steps)} it gave ${show(got)}, asked for all ${show(expected)}`,
        );
      }
    },
  },
  {
    rule: 'release',
    async holds(subject) {
      const reached = async (title: string, reactions: Reactions<unknown>, requests: readonly number[]) => {
        const before = held(subject);
        const recorder = await subscribe(subject, limited(subject, 5), reactions);
        for (const n of requests) {
          recorder.request(n);
          await subject.settle();
        }
        if (recorder.endings.length === 0) recorder.cancel();
        await subject.settle();
        must(held(subject) <= before, `${held(subject) - before} is held ${title}`);
        must(held(subject) >= before, `released ${1 + before - held(subject)} times ${title}`);
      };
      await reached('after cancel before a request', {}, []);
      await reached('after cancel with demand left', {}, [2]);
      await reached('after cancel from inside onSubscribe', { subscribed: (it) => it.cancel() }, []);
      await reached('after cancel from inside onNext', { next: (it) => it.cancel() }, [3]);
      await reached('after completion', {}, [Infinity]);
      await reached('after cancel from inside an ending', { ended: (it) => it.cancel() }, [Infinity]);
      await reached('after a bad request', {}, [-1]);
      if (subject.failing !== undefined) {
        const before = held(subject);
        await fail(subject, new Error('on purpose'));
        must(held(subject) === before, 'something is held after an error');
      }
    },
  },
  {
    rule: 're-entrancy',
    async holds(subject) {
      const count = limited(subject, 6);
      const order: string[] = [];
      const recorder = await subscribe(subject, count, {
        next: (it, value) => {
          const at = it.values.length;
          order.push(`begin ${at}`);
          it.request(1);
          it.request(1);
          order.push(`end ${at}`);
          void value;
        },
        ended: (it) => {
          it.request(1);
          it.cancel();
          it.request(1);
        },
      });
      recorder.request(1);
      await subject.settle();
      expectAll(recorder, count);
      const expected = Array.from({ length: count }, (_, i) => [`begin ${i + 1}`, `end ${i + 1}`]).flat();
      must(same(order, expected), `signals overlapped: ${show(order)}`);
    },
  },
  {
    rule: 'flat stack',
    async holds(subject) {
      const count = limited(subject, 1000);
      const depths: number[] = [];
      const recorder = await subscribe(subject, count, {
        next: (it) => {
          const { length } = it.values;
          if (length === Math.min(10, count - 1) || length === count - 1) depths.push(stackDepth());
          it.request(1);
        },
      });
      recorder.request(1);
      await subject.settle();
      must(recorder.values.length === count, `of ${count} values ${recorder.values.length} came`);
      const [early = 0, late = early] = depths;
      must(late <= early, `the stack grew from ${early} to ${late} calls`);
    },
  },
  {
    rule: 'stops',
    async holds(subject) {
      const count = limited(subject, 1000);
      const recorder = await subscribe(subject, count, {
        next: (it) => (it.values.length === 3 ? it.cancel() : undefined),
      });
      recorder.request(Infinity);
      await subject.settle();
      const wanted = Math.min(3, count);
      must(recorder.values.length === wanted, `left with value ${wanted}, and got ${recorder.values.length}`);
      expectReleased(subject, 'after leaving');
    },
  },
  {
    rule: 'sink throw',
    async holds(subject) {
      const count = limited(subject, 5);
      const publisher = subject.create(count);
      const throwing = new Recorder<unknown>({
        next: () => {
          throw new Error('the consumer, on purpose');
        },
      });
      await withoutReports(subject.settle, async () => {
        publisher.subscribe(throwing);
        await subject.settle();
        throwing.request(2);
        await subject.settle();
        throwing.request(2);
        await subject.settle();
      });
      must(
        throwing.values.length === 1,
        `after it had thrown a consumer got ${throwing.values.length - 1} more values`,
      );
      const other = new Recorder<unknown>();
      (subject.single === true ? subject.create(count) : publisher).subscribe(other);
      await subject.settle();
      other.request(Infinity);
      await subject.settle();
      expectAll(other, count);
      expectReleased(subject, 'after the consumer has thrown');
    },
  },
  {
    rule: 'falsy error',
    async holds(subject) {
      for (const error of [undefined, null, 0, '', false]) {
        const recorder = await fail(subject, error);
        must(
          recorder.endings.length === 1 && recorder.endings[0]?.kind === 'error',
          `it failed with ${show(error)}, and signalled ${showEndings(recorder)}`,
        );
      }
    },
  },
];

export const PUBLISHER_LAWS: readonly Law<PublisherSubject<unknown>>[] = LAWS.map(({ rule, holds }) => ({
  rule,
  holds: (subject) => tidily(subject, holds),
}));

/** Cancels afterwards whatever the law has left open, so that the next one begins with nothing held. */
async function tidily(
  subject: PublisherSubject<unknown>,
  holds: Law<PublisherSubject<unknown>>['holds'],
): Promise<void> {
  // Weakly: whether a publisher forgets its subscriber is one of the laws.
  const recorders: WeakRef<Recorder<unknown>>[] = [];
  const attended = (publisher: Publisher<unknown>): Publisher<unknown> => ({
    subscribe(subscriber) {
      if (subscriber instanceof Recorder) recorders.push(new WeakRef(subscriber));
      publisher.subscribe(subscriber);
    },
  });
  const { create, failing } = subject;
  try {
    await holds({
      ...subject,
      create: (count) => attended(create(count)),
      failing: failing && ((error) => attended(failing(error))),
    });
  } finally {
    for (const reference of recorders) reference.deref()?.leave();
  }
}

const limited = <T>({ most = Infinity }: Of<T>, count: number): number => Math.min(most, count);

const held = <T>(subject: Of<T>): number => subject.held?.() ?? 0;

async function subscribe<T>(
  subject: Of<T>,
  count: number,
  reactions: Reactions<T> = {},
): Promise<Recorder<T>> {
  const recorder = new Recorder<T>(reactions);
  subject.create(count).subscribe(recorder);
  await subject.settle();
  return recorder;
}

async function fail<T>(subject: Of<T>, error: unknown): Promise<Recorder<T>> {
  if (subject.failing === undefined) throw new Untested('it cannot be made to fail');
  const recorder = new Recorder<T>();
  subject.failing(error).subscribe(recorder);
  await subject.settle();
  // Some sources find out only when they are read.
  if (recorder.endings.length === 0) recorder.request(Infinity);
  await subject.settle();
  return recorder;
}

async function outputs<T>(subject: Of<T>, count: number, step: (turn: number) => number): Promise<unknown[]> {
  const recorder = await subscribe(subject, count);
  for (let turn = 0; recorder.endings.length === 0 && turn < 2 * count + 2; turn++) {
    recorder.request(step(turn));
    await subject.settle();
  }
  must(recorder.endings[0]?.kind === 'complete', `it signalled ${showEndings(recorder)}, not completion`);
  // What is batched by what waits comes in other batches, but all of it.
  return recorder.values.flat();
}

function expectAll<T>(recorder: Recorder<T>, count: number): void {
  must(recorder.values.length === count, `of ${count} values ${recorder.values.length} came`);
  must(
    recorder.endings.length === 1 && recorder.endings[0]?.kind === 'complete',
    `after its last value it signalled ${showEndings(recorder)}`,
  );
}

function expectReleased<T>(subject: Of<T>, when: string): void {
  must(held(subject) === 0, `${held(subject)} is still held ${when}`);
}

function expectRefused(publisher: Publisher<unknown>, nobody: null | undefined): void {
  let thrown: unknown;
  try {
    publisher.subscribe(nobody as never);
  } catch (error) {
    thrown = error;
  }
  must(thrown instanceof TypeError, `subscribe(${nobody}) threw ${show(thrown)}, not a TypeError`);
}

async function callsReturn<T>(subject: Of<T>, call: (recorder: Recorder<T>) => void): Promise<void> {
  const fresh = await subscribe(subject, limited(subject, 3));
  call(fresh);
  const over = await subscribe(subject, limited(subject, 3));
  over.request(Infinity);
  await subject.settle();
  call(over);
  const left = await subscribe(subject, limited(subject, 3));
  left.cancel();
  call(left);
  await subject.settle();
  for (const { thrown } of [fresh, over, left]) must(thrown.length === 0, `it threw ${show(thrown)}`);
  if (fresh.endings.length === 0) fresh.cancel();
}

async function cancelled<T>(publisher: Publisher<T>, settle: Settle): Promise<WeakRef<Recorder<T>>> {
  const recorder = new Recorder<T>();
  publisher.subscribe(recorder);
  await settle();
  recorder.request(1);
  await settle();
  recorder.cancel();
  return new WeakRef(recorder);
}

function showEndings<T>({ endings }: Recorder<T>): string {
  if (endings.length === 0) return 'nothing';
  return endings
    .map((ending) => (ending.kind === 'error' ? `error ${show(ending.error)}` : 'completion'))
    .join(', ');
}

function same(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => Object.is(value, other[index]));
}

/** Where the engine tells; elsewhere always 0. What V8 adds to `Error` is in no types that every user has. */
function stackDepth(): number {
  const engine = Error as unknown as { stackTraceLimit: number; prepareStackTrace: unknown };
  const { stackTraceLimit, prepareStackTrace } = engine;
  engine.stackTraceLimit = Infinity;
  engine.prepareStackTrace = (_: unknown, calls: readonly unknown[]) => calls.length;
  const depth: unknown = new Error().stack;
  Object.assign(engine, { stackTraceLimit, prepareStackTrace });
  return Number.isInteger(depth) ? Number(depth) : 0;
}
