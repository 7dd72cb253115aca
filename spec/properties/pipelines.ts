/** Random pipelines of native operators over demand sources (`true`), or over plain ones as the oracle. */
import fc from 'fast-check';
import * as rx from 'rxjs';
import { DemandObservable, pullFrom } from '../../src/index.js';

export type Numbers = rx.Observable<number>;
type Apply = (demand: boolean) => rx.MonoTypeOperatorFunction<number>;
export interface Step {
  readonly apply: Apply;
  /** How many items it may hold for no other reason than that a window waits to be filled (docs/design.md). */
  readonly holds: number;
  /** Whether each value goes on, at some time: nothing is swallowed, given up or put together. */
  readonly passes: boolean;
  /** What fast-check prints of it. */
  readonly [fc.toStringMethod]: () => string;
}

const later = (value: number, frames: number): Numbers => rx.timer(frames).pipe(rx.map(() => value));
const pulled = (values: Iterable<number>, demand: boolean) => (demand ? pullFrom(values) : rx.from(values));

function produced(values: Iterable<number>, demand: boolean, delay: number): Numbers {
  return demand
    ? new DemandObservable<number>((sink) => {
        const iterator = values[Symbol.iterator]();
        let upcoming = iterator.next();
        const emit = () => {
          if (!upcoming.done) {
            const { value } = upcoming;
            upcoming = iterator.next();
            sink.next(value);
          }
          if (upcoming.done) sink.complete();
        };
        let due = 0;
        const answer = (): void => {
          emit();
          if (--due > 0 && !sink.closed) rx.asyncScheduler.schedule(answer, delay);
        };
        return {
          request: (n) => {
            due += n;
            if (delay > 0 && due === n) rx.asyncScheduler.schedule(answer, delay);
            while (delay === 0 && due > 0 && !sink.closed) {
              due--;
              emit();
            }
          },
          unsubscribe: () => {},
        };
      })
    : rx.from(values);
}

export const SOURCES = {
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
} satisfies Record<string, (values: Iterable<number>, demand: boolean) => Numbers>;
export type SourceName = keyof typeof SOURCES;
export const SOURCE = fc.constantFrom(...(Object.keys(SOURCES) as SourceName[]));

/** Those of the operators below that let each value go on. */
const PASSING =
  /^(map|delay|observeOn|subscribeOn|concatMap|delayWhen|materialize|(groupBy|windowCount), (concatMap|mergeMap|map) inside|mergeMap.*|startWith|endWith|subscribed to by an item|answered .*|mergeScan|zip|zip, second|merge|concat)( \(|$)/;

const step = (name: string, apply: Apply, holds = 0): Step => ({
  apply,
  holds,
  passes: PASSING.test(name),
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
  startWith: rx.startWith(7),
  endWith: rx.endWith(7),
  'subscribed to by an item': (s$) => rx.of(0).pipe(rx.concatMap(() => s$)),
  'answered at once or later': rx.mergeMap((n) => (n % 2 === 0 ? rx.of(n) : later(n, 1)), 2),
  'answered by two': rx.mergeMap((n) => rx.merge(rx.EMPTY, later(n, 2))),
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
export const STEP: fc.Arbitrary<Step> = fc.oneof(
  keyOf(ALONE).map((name) => step(name, () => ALONE[name] ?? rx.identity)),
  fc
    .tuple(keyOf(INSIDE), fc.boolean())
    .map(([name, grouped]) =>
      step(
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
      step(
        `${name} (${source})`,
        (demand) => INNER[name]?.((n) => SOURCES[source]([n, n + 100, n + 200], demand)) ?? rx.identity,
      ),
    ),
  fc
    .tuple(keyOf(JOINS), SOURCE, fc.integer({ min: 0, max: 9 }))
    .map(([name, source, count]) =>
      step(
        `${name} (${source}, ${count})`,
        (demand) => JOINS[name]?.(SOURCES[source](numbers(count), demand)) ?? rx.identity,
      ),
    ),
);

export const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

export function through(source$: Numbers, steps: readonly Step[], demand: boolean): Numbers {
  return steps.reduce((s$, { apply }) => s$.pipe(apply(demand)), source$);
}
