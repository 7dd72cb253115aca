/** No pipeline of native operators over demand sources stands still: whatever the window, it ends as plain RxJS ends. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as rx from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandObservable, DemandSubscriber, pullFrom } from '../../src/index.js';

const RUNS = Number(process.env['FC_RUNS'] ?? 400);
/** Frames; every pipeline here is done long before. */
const END = 3000;

type Numbers = rx.Observable<number>;
/** An operator over demand sources (`true`), or over plain ones in the oracle. */
type Step = (demand: boolean) => rx.MonoTypeOperatorFunction<number>;
interface Named {
  readonly step: Step;
  /** How many items it may hold for no other reason than that a window waits to be filled (docs/design.md). */
  readonly holds: number;
  /** What fast-check prints of it. */
  readonly [fc.toStringMethod]: () => string;
}

const later = (value: number, frames: number): Numbers => rx.timer(frames).pipe(rx.map(() => value));
const pulled = (values: readonly number[], demand: boolean) => (demand ? pullFrom(values) : rx.from(values));

function produced(values: readonly number[], demand: boolean, delay: number): Numbers {
  return demand
    ? new DemandObservable<number>((sink) => {
        let next = 0;
        const emit = () => {
          const value = values[next++];
          if (value !== undefined) sink.next(value);
          if (next >= values.length) sink.complete();
        };
        return {
          request: (n) => {
            for (let i = 0; i < Math.min(n, values.length + 1); i++) {
              if (delay === 0) emit();
              else rx.asyncScheduler.schedule(emit, delay * (i + 1));
            }
          },
          unsubscribe: () => {},
        };
      })
    : rx.from(values);
}

const SOURCES = {
  pulled,
  'answering inside request': (values, demand) => produced(values, demand, 0),
  'answering later': (values, demand) => produced(values, demand, 1),
  mapped: (values, demand) => pulled(values, demand).pipe(rx.map((n) => n)),
  deferred: (values, demand) => rx.defer(() => pulled(values, demand)),
  delayed: (values, demand) => pulled(values, demand).pipe(rx.delay(3)),
  'one by one': (values, demand) => pulled(values, demand).pipe(rx.concatMap((n) => later(n, 1))),
  'two at a time': (values, demand) => pulled(values, demand).pipe(rx.mergeMap((n) => later(n, 2), 2)),
  'subscribed late': (values, demand) => later(0, 2).pipe(rx.mergeMap(() => pulled(values, demand))),
  'without demand': (values) => rx.from(values),
} satisfies Record<string, (values: readonly number[], demand: boolean) => Numbers>;
type SourceName = keyof typeof SOURCES;
const SOURCE = fc.constantFrom(...(Object.keys(SOURCES) as SourceName[]));

const named = (name: string, step: Step, holds = 0): Named => ({
  step,
  holds,
  [fc.toStringMethod]: () => name,
});
const length = rx.map((values: readonly unknown[]) => values.length);

/** Operators that need nothing else. */
const ALONE: Record<string, rx.MonoTypeOperatorFunction<number>> = {
  map: rx.map((n) => n + 1),
  filter: rx.filter((n) => n % 3 !== 0),
  bufferCount: (s$) => s$.pipe(rx.bufferCount(3), length),
  reduce: rx.reduce((a, b) => a + b, 0),
  takeLast: rx.takeLast(2),
  skipLast: rx.skipLast(1),
  repeat: rx.repeat(2),
  isEmpty: (s$) => s$.pipe(rx.isEmpty(), rx.map(Number)),
  delay: rx.delay(2),
  observeOn: rx.observeOn(rx.asyncScheduler, 1),
  subscribeOn: rx.subscribeOn(rx.asyncScheduler, 1),
  concatMap: rx.concatMap((n) => later(n, 1)),
  delayWhen: rx.delayWhen((n) => rx.timer(n % 3)),
  materialize: (s$) => s$.pipe(rx.materialize(), rx.delay(1), rx.dematerialize()),
  debounceTime: rx.debounceTime(2),
  auditTime: rx.auditTime(2),
  throttleTime: rx.throttleTime(2, undefined, { leading: true, trailing: true }),
  bufferTime: (s$) => s$.pipe(rx.bufferTime(2), length),
  windowTime: (s$) => s$.pipe(rx.windowTime(2), rx.mergeMap(rx.toArray()), length),
  expand: rx.expand((n) => (n < 3000 ? later(n + 1000, 1) : rx.EMPTY)),
  connect: rx.connect((s$) => rx.merge(s$.pipe(rx.filter((n) => n % 2 === 0)), s$.pipe(rx.delay(1)))),
};

/** What may be done inside a group or a window. */
const INSIDE: Record<string, rx.MonoTypeOperatorFunction<number>> = {
  toArray: (s$) => s$.pipe(rx.toArray(), length),
  concatMap: rx.concatMap((n) => later(n, 1)),
  mergeMap: rx.mergeMap((n) => later(n, 2), 2),
  bufferCount: (s$) => s$.pipe(rx.bufferCount(2), length),
  take: rx.take(2),
  map: rx.map((n) => n),
};

/** Operators that subscribe to an inner Observable for each value. */
const INNER: Record<string, (inner: (n: number) => Numbers) => rx.MonoTypeOperatorFunction<number>> = {
  concatMap: (inner) => rx.concatMap(inner),
  mergeMap: (inner) => rx.mergeMap(inner),
  'mergeMap, 2': (inner) => rx.mergeMap(inner, 2),
  switchMap: (inner) => rx.switchMap(inner),
  exhaustMap: (inner) => rx.exhaustMap(inner),
  mergeScan: (inner) => rx.mergeScan((sum, n) => inner(n + (sum % 7)), 0, 2),
  delayWhen: (inner) => rx.delayWhen(inner),
  expand: (inner) => rx.expand((n) => (n < 3000 ? inner(n + 3000).pipe(rx.take(1)) : rx.EMPTY)),
  'expand, 1': (inner) => rx.expand((n) => (n < 3000 ? inner(n + 3000) : rx.EMPTY), 1),
};

/** Operators that take a second Observable. */
const JOINS: Record<string, (other$: Numbers) => rx.MonoTypeOperatorFunction<number>> = {
  zip: (o$) => (s$) => rx.zip(s$, o$).pipe(rx.map(([a, b]) => a + b)),
  'zip, second': (o$) => (s$) => rx.zip(o$, s$).pipe(rx.map(([a, b]) => a + b)),
  forkJoin: (o$) => (s$) => rx.forkJoin([s$, o$]).pipe(rx.map(([a, b]) => a + b)),
  combineLatest: (o$) => (s$) => rx.combineLatest([s$, o$]).pipe(rx.map(([a, b]) => a + b)),
  withLatestFrom: (o$) => (s$) =>
    s$.pipe(
      rx.withLatestFrom(o$),
      rx.map(([a]) => a),
    ),
  merge: (o$) => (s$) => rx.merge(s$, o$),
  concat: (o$) => (s$) => rx.concat(s$, o$),
  'concat, second': (o$) => (s$) => rx.concat(o$, s$),
  buffer: (o$) => (s$) => s$.pipe(rx.buffer(o$), length),
  window: (o$) => (s$) => s$.pipe(rx.window(o$), rx.mergeMap(rx.toArray()), length),
  sample: (o$) => rx.sample(o$),
  skipUntil: (o$) => rx.skipUntil(o$),
  takeUntil: (o$) => rx.takeUntil(o$),
  race: (o$) => (s$) => rx.race(s$, o$),
  sequenceEqual: (o$) => (s$) => s$.pipe(rx.sequenceEqual(o$), rx.map(Number)),
  catchError: (o$) => (s$) =>
    s$.pipe(
      rx.tap((n) => {
        if (n % 5 === 4) throw new Error('four');
      }),
      rx.catchError(() => o$),
    ),
};

const keyOf = <K extends string>(table: Record<K, unknown>) =>
  fc.constantFrom(...(Object.keys(table) as K[]));
const STEP: fc.Arbitrary<Named> = fc.oneof(
  keyOf(ALONE).map((name) => named(name, () => ALONE[name] ?? rx.identity)),
  fc
    .tuple(keyOf(INSIDE), fc.boolean())
    .map(([name, grouped]) =>
      named(
        `${grouped ? 'groupBy' : 'windowCount'}, ${name} inside`,
        () => (s$) =>
          (grouped ? s$.pipe(rx.groupBy((n) => n % 3)) : s$.pipe(rx.windowCount(3))).pipe(
            rx.mergeMap((inner$: Numbers) => inner$.pipe(INSIDE[name] ?? rx.identity)),
          ),
        grouped ? 0 : 1,
      ),
    ),
  fc
    .tuple(keyOf(INNER), SOURCE)
    .map(([name, source]) =>
      named(
        `${name} (${source})`,
        (demand) => INNER[name]?.((n) => SOURCES[source]([n, n + 100, n + 200], demand)) ?? rx.identity,
      ),
    ),
  fc
    .tuple(keyOf(JOINS), SOURCE, fc.integer({ min: 0, max: 9 }))
    .map(([name, source, count]) =>
      named(
        `${name} (${source}, ${count})`,
        (demand) => JOINS[name]?.(SOURCES[source](numbers(count), demand)) ?? rx.identity,
      ),
    ),
);

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

const PLAN = fc.record({
  source: SOURCE,
  items: fc.integer({ min: 0, max: 40 }),
  steps: fc.array(STEP, { minLength: 1, maxLength: 3 }),
  /** Items in flight, beside those that are held for a window. */
  places: fc.constantFrom(1, 2, 3, 16),
  chunk: fc.constantFrom(1, 2, Infinity),
});
type Plan = typeof PLAN extends fc.Arbitrary<infer P> ? P : never;

function pipeline({ source, items, steps }: Plan, demand: boolean): Numbers {
  return steps.reduce(
    (s$, { step }) => s$.pipe(step(demand)),
    SOURCES[source](numbers(items), demand) as Numbers,
  );
}

function endingOf(run: (ended: (how: string) => void) => void): string {
  let ending = 'none';
  const scheduler = new TestScheduler(() => {});
  try {
    scheduler.run(() => {
      scheduler.maxFrames = END;
      run((how) => {
        ending = how;
      });
    });
  } catch (error) {
    // TestScheduler.run mixes up timers of one frame when one of them clears another, and then throws: no case for us.
    fc.pre(!String(error).includes('Expected a due immediate or interval'));
    throw error;
  }
  return ending;
}

it('ends as plain RxJS does, and never stands still', () => {
  fc.assert(
    fc.property(PLAN, (plan) => {
      const expected = endingOf((ended) =>
        pipeline(plan, false).subscribe({
          complete: () => ended('complete'),
          error: (error) => ended(String(error)),
        }),
      );
      const ending = endingOf((ended) => {
        let left = plan.chunk;
        pipeline(plan, true).subscribe(
          new DemandSubscriber<number>(
            {
              start: (demand) => demand.request(plan.chunk),
              next: (_, demand) => {
                if (--left === 0) {
                  left = plan.chunk;
                  demand.request(plan.chunk);
                }
              },
              complete: () => ended('complete'),
              error: (error) => ended(String(error)),
            },
            { inFlight: plan.places + plan.steps.reduce((sum, { holds }) => sum + holds, 0) },
          ),
        );
      });
      expect(ending).toBe(expected);
    }),
    { numRuns: RUNS },
  );
});
