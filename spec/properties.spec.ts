/** Random pipelines, random demand, random asynchronous boundaries: plain RxJS says what must come out. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as rx from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  boundedBuffer,
  bufferWithCount,
  controlledRequest,
  DemandObservable,
  DemandSubscriber,
  losslessPause,
  prefetch,
  pullFrom,
} from '../src/index.js';

const WINDOW = 16;
const RUNS = Number(process.env['FC_RUNS'] ?? 400);

type Step = rx.OperatorFunction<unknown, unknown>;
/** An operator, with what stands for it in the oracle where it is one of ours. */
interface Made {
  readonly step: Step;
  readonly plain?: Step;
  readonly asynchronous?: boolean;
  readonly oneToOne?: boolean;
  /** Its inner sources wait for demand, so that an error from above finds them at work. */
  readonly innerDemand?: boolean;
  /** What fast-check prints of it. */
  readonly [fc.toStringMethod]: () => string;
}

const same: Step = (source$) => source$;
const n = fc.integer({ min: 1, max: 5 });
const later = (value: unknown, frames: number) => rx.timer(frames).pipe(rx.map(() => value));
const size = (value: unknown) => JSON.stringify(value).length;

/** An operator made from two small numbers. Every one keeps the order of its values, whatever the time they come at. */
const make = (name: string, from: (a: number, b: number) => Omit<Made, typeof fc.toStringMethod>) =>
  fc.tuple(n, n).map(([a, b]): Made => ({ ...from(a, b), [fc.toStringMethod]: () => `${name}[${a}, ${b}]` }));
const oneToOne = true;
const asynchronous = true;

const MADE: fc.Arbitrary<Made> = fc.oneof(
  make('map', () => ({ step: rx.map((value) => [value]), oneToOne })),
  make('tap', () => ({ step: rx.tap(() => {}), oneToOne })),
  make('filter', () => ({ step: rx.filter((value) => size(value) % 2 === 0) })),
  make('scan', () => ({ step: (s$) => s$.pipe(rx.scan((sum, value) => sum + size(value), 0)), oneToOne })),
  make('pairwise', () => ({ step: (s$) => s$.pipe(rx.pairwise()) })),
  make('distinctUntilChanged', () => ({ step: rx.distinctUntilChanged() })),
  make('take', (a) => ({ step: rx.take(a * 5) })),
  make('skip', (a) => ({ step: rx.skip(a) })),
  make('bufferCount', (a, b) => ({ step: (s$) => s$.pipe(rx.bufferCount(a, b)) })),
  make('bufferWithCount', (a, b) => ({
    step: (s$) => s$.pipe(bufferWithCount(a, b)),
    plain: (s$) => s$.pipe(rx.bufferCount(a, b)),
  })),
  make('two for one', () => ({ step: rx.mergeMap((value) => [value, value]) })),
  make('inner demand', () => ({
    step: rx.concatMap((value) => pullFrom([value, 'x'])),
    innerDemand: true,
    plain: rx.concatMap((value) => [value, 'x']),
  })),
  make('startWith', () => ({ step: rx.startWith('first') })),
  make('endWith', () => ({ step: rx.endWith('last') })),
  make('defaultIfEmpty', () => ({ step: rx.defaultIfEmpty('none') })),
  make('windowCount', (a) => ({ step: (s$) => s$.pipe(rx.windowCount(a), rx.mergeAll()) })),
  make('delay', (a) => ({ step: rx.delay(a), asynchronous, oneToOne })),
  make('observeOn', (a) => ({ step: rx.observeOn(rx.asyncScheduler, a), asynchronous, oneToOne })),
  make('concatMap', (a) => ({ step: rx.concatMap((value) => later(value, a)), asynchronous, oneToOne })),
  make('mergeMap', (a, b) => ({ step: rx.mergeMap((value) => later(value, a), b), asynchronous, oneToOne })),
  make('concatMap, startWith', (a) => ({
    step: rx.concatMap((value) => later(value, a).pipe(rx.startWith('s'))),
    asynchronous,
  })),
  make('prefetch', (a) => ({ step: prefetch(a), plain: same, asynchronous })),
  make('boundedBuffer', () => ({ step: boundedBuffer({ capacity: 5000 }), plain: same, oneToOne })),
  make('losslessPause', (a) => ({
    step: losslessPause(rx.timer(0, a).pipe(rx.map((i) => i % 2 === 1))),
    plain: same,
    asynchronous,
  })),
  make('controlledRequest', (a) => ({
    step: controlledRequest(rx.timer(0, 2).pipe(rx.map(() => a))),
    plain: same,
    asynchronous,
  })),
);

const KINDS = ['array', 'iterable', 'prompt', 'slow', 'plain'] as const;
const CHUNK = fc.constantFrom(1, 2, 3, 10, Infinity);
const PLAN = fc.record({
  items: fc.integer({ min: 0, max: 60 }),
  kind: fc.constantFrom(...KINDS),
  steps: fc.array(MADE, { maxLength: 5 }),
  chunk: CHUNK,
  /** Frames between a value and the request that follows it; 0 requests from inside `next`. */
  pace: fc.integer({ min: 0, max: 3 }),
  leaveAt: fc.option(fc.integer({ min: 1, max: 30 })),
});
type Plan = typeof PLAN extends fc.Arbitrary<infer P> ? P : never;

/** What is known of the source. */
class Ledger {
  drawn = 0;
  opened = 0;
  released = 0;
  onDraw: () => void = () => {};

  draw(): number {
    const item = this.drawn++;
    this.onDraw();
    return item;
  }
}

/** `error`, if there is one, takes the place of the completion. */
function sourceOf(
  { kind, items }: Pick<Plan, 'kind' | 'items'>,
  ledger: Ledger,
  error?: Error,
): rx.Observable<unknown> {
  const values = Array.from({ length: items }, (_, i) => i);
  switch (kind) {
    case 'array':
      return error === undefined ? pullFrom(values) : rx.concat(pullFrom(values), throwing(error));
    case 'plain':
      return error === undefined ? rx.from(values) : rx.concat(values, throwing(error));
    case 'iterable':
      return pullFrom({
        *[Symbol.iterator]() {
          ledger.opened++;
          try {
            while (ledger.drawn < items) yield ledger.draw();
            if (error !== undefined) throw error;
          } finally {
            ledger.released++;
          }
        },
      });
    default:
      return new DemandObservable<unknown>((sink) => {
        ledger.opened++;
        const end = () => (error === undefined ? sink.complete() : sink.error(error));
        const emit = () => {
          if (sink.closed) return;
          if (ledger.drawn < items) sink.next(ledger.draw());
          if (ledger.drawn >= items) end();
        };
        return {
          request: (asked) => {
            for (let i = 0; i < Math.min(asked, items + 1); i++) {
              if (kind === 'prompt') emit();
              else rx.asyncScheduler.schedule(emit, i);
            }
          },
          unsubscribe: () => {
            ledger.released++;
          },
        };
      });
  }
}

const throwing = (error: Error) => rx.throwError(() => error);

interface Seen {
  readonly values: unknown[];
  ending: string;
  exceeded: boolean;
  /** Items drawn and not come out, at most. */
  ahead: number;
}

function observe(plan: Plan, ledger: Ledger, error?: Error): Seen {
  return observeFrom(sourceOf(plan, ledger, error), plan, [ledger]);
}

function observeFrom(
  source$: rx.Observable<unknown>,
  plan: Pick<Plan, 'steps' | 'chunk' | 'pace' | 'leaveAt'>,
  ledgers: readonly Ledger[],
): Seen {
  const seen: Seen = { values: [], ending: '', exceeded: false, ahead: 0 };
  inVirtualTime(() => {
    let requested = 0;
    const ask = () => {
      requested += plan.chunk;
      consumer.request(plan.chunk);
    };
    const consumer = new DemandSubscriber<unknown>({
      start: ask,
      next: (value) => {
        seen.values.push(value);
        seen.exceeded ||= seen.values.length > requested;
        if (seen.values.length === plan.leaveAt) consumer.unsubscribe();
        else if (seen.values.length === requested && plan.pace === 0) ask();
        else if (seen.values.length === requested) rx.asyncScheduler.schedule(ask, plan.pace);
      },
      error: (thrown) => {
        seen.ending = String(thrown);
      },
      complete: () => {
        seen.ending = 'complete';
      },
    });
    for (const ledger of ledgers) {
      ledger.onDraw = () => {
        seen.ahead = Math.max(seen.ahead, ledger.drawn - seen.values.length);
      };
    }
    plan.steps.reduce((source, { step }) => source.pipe(step), source$).subscribe(consumer);
    rx.timer(5000).subscribe(() => consumer.unsubscribe());
  });
  return seen;
}

/** TestScheduler.run mixes up timers of one frame when one of them clears another, and then throws: no case for us. */
function inVirtualTime(work: () => void): void {
  try {
    new TestScheduler(() => {}).run(work);
  } catch (error) {
    fc.pre(!String(error).includes('Expected a due immediate or interval'));
    throw error;
  }
}

function oracle({ items, steps }: Plan, ending: rx.Observable<never> = rx.EMPTY): unknown[] {
  return plainly(rx.concat(rx.range(0, items), ending), steps);
}

function plainly(source$: rx.Observable<unknown>, steps: readonly Made[]): unknown[] {
  const values: unknown[] = [];
  inVirtualTime(() => {
    steps
      .reduce((source, { step, plain }) => source.pipe(plain ?? step), source$)
      .subscribe({ next: (value) => values.push(value), error: () => {} });
  });
  return values;
}

const check = (property: (plan: Plan) => void) => fc.assert(fc.property(PLAN, property), { numRuns: RUNS });

describe('a random pipeline under random demand', () => {
  it('delivers what plain RxJS delivers, in order, each value once, and never more than requested', () => {
    check((plan) => {
      const expected = oracle(plan);
      const { values, ending, exceeded } = observe(plan, new Ledger());
      const left = plan.leaveAt !== null && plan.leaveAt <= expected.length;
      expect({ values, ending, exceeded }).toEqual({
        values: left ? expected.slice(0, plan.leaveAt ?? 0) : expected,
        ending: left ? '' : 'complete',
        exceeded: false,
      });
    });
  });

  it('releases its source on every ending, once', () => {
    check((plan) => {
      const ledger = new Ledger();
      observe(plan, ledger);
      expect(ledger.released).toBe(ledger.opened);
    });
  });

  it('reads ahead no more than a window for each asynchronous stretch, and not at all in a synchronous one', () => {
    check((plan) => {
      fc.pre(plan.kind === 'iterable' || plan.kind === 'prompt');
      fc.pre(plan.steps.every(({ oneToOne }) => oneToOne));
      const { ahead } = observe(plan, new Ledger());
      // Each operator of ours ends one chain and begins another, with a window of its own.
      const chains = plan.steps.filter(({ plain }) => plain !== undefined).length + 1;
      const asynchronous = plan.steps.some((made) => made.asynchronous);
      expect(ahead).toBeLessThanOrEqual(asynchronous ? WINDOW * chains + 1 : 1);
    });
  });

  it('hands an error on after a part of what came before it, and no less of that than plain RxJS does', () => {
    check((plan) => {
      const error = new Error('in the middle');
      const ledger = new Ledger();
      const { values, ending, exceeded } = observe({ ...plan, leaveAt: null }, ledger, error);
      const all = oracle(plan);
      const least = plan.steps.some(({ innerDemand }) => innerDemand) ? [] : oracle(plan, throwing(error));
      expect(values).toEqual(all.slice(0, values.length));
      expect(values.length).toBeGreaterThanOrEqual(least.length);
      // `take` may complete before the error comes.
      expect(['Error: in the middle', ...(values.length === all.length ? ['complete'] : [])]).toContain(
        ending,
      );
      expect({ exceeded, released: ledger.released }).toEqual({ exceeded: false, released: ledger.opened });
    });
  });
});

const BRANCH = fc.record({
  items: fc.integer({ min: 0, max: 60 }),
  kind: fc.constantFrom(...KINDS),
  steps: fc.array(
    MADE.filter((made) => made.oneToOne === true),
    { maxLength: 2 },
  ),
});
const SEVERAL = fc.record({
  branches: fc.array(BRANCH, { minLength: 2, maxLength: 4 }),
  steps: fc.array(
    MADE.filter((made) => made.oneToOne === true),
    { maxLength: 3 },
  ),
  chunk: CHUNK,
  pace: fc.integer({ min: 0, max: 3 }),
  leaveAt: fc.constant(null),
});
type Several = typeof SEVERAL extends fc.Arbitrary<infer P> ? P : never;

const tag = (branch: number) => rx.map((value: unknown) => [branch, value]);

describe('several random sources under one consumer', () => {
  const checkSeveral = (property: (several: Several) => void) =>
    fc.assert(fc.property(SEVERAL, property), { numRuns: RUNS });

  const ours = ({ branches }: Several, ledgers: readonly Ledger[]) =>
    branches.map((branch, i) =>
      branch.steps
        .reduce((source$, { step }) => source$.pipe(step), sourceOf(branch, ledgers[i] ?? new Ledger()))
        .pipe(tag(i)),
    );
  const plain = ({ branches }: Several) =>
    branches.map((branch, i) =>
      branch.steps
        .reduce<rx.Observable<unknown>>(
          (s$, { step, plain }) => s$.pipe(plain ?? step),
          rx.range(0, branch.items),
        )
        .pipe(tag(i)),
    );

  it.each<[string, (branches: rx.Observable<unknown>[]) => rx.Observable<unknown>]>([
    ['zip', (branches) => rx.zip(branches)],
    ['concat', (branches) => rx.concat(...branches)],
    ['forkJoin', (branches) => rx.forkJoin(branches)],
  ])('come out of %s as with plain RxJS', (_, join) => {
    checkSeveral((several) => {
      const ledgers = several.branches.map(() => new Ledger());
      const { values, ending, exceeded } = observeFrom(join(ours(several, ledgers)), several, ledgers);
      expect({ values, ending, exceeded }).toEqual({
        values: plainly(join(plain(several)), several.steps),
        ending: 'complete',
        exceeded: false,
      });
      expect(ledgers.map(({ released }) => released)).toEqual(ledgers.map(({ opened }) => opened));
    });
  });

  /** Steps that leave the tag of a branch where it is. */
  const merged = (several: Several) => ({ ...several, steps: [] });

  it('come out of merge each in its order, each value once', () => {
    checkSeveral((several) => {
      const ledgers = several.branches.map(() => new Ledger());
      const { values, ending, exceeded } = observeFrom(
        rx.merge(...ours(several, ledgers)),
        merged(several),
        ledgers,
      );
      const of = (all: unknown[]) =>
        several.branches.map((_, i) => all.filter((value) => Array.isArray(value) && value[0] === i));
      expect(of(values)).toEqual(of(plainly(rx.concat(...plain(several)), [])));
      expect({ ending, exceeded }).toEqual({ ending: 'complete', exceeded: false });
      expect(ledgers.map(({ released }) => released)).toEqual(ledgers.map(({ opened }) => opened));
    });
  });
});
