/** An operator that keeps its account passes, whatever happens; each way not to keep it is named, with the stage. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filter, map, Observable, type OperatorFunction, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandObservable, DemandSubscriber, dropOldest, keepLatest } from 'rxjs-backpressure';
import {
  ConservationError,
  ControllableSource,
  checkConservation,
  DemandProbe,
} from 'rxjs-backpressure/testing';
import { type OnDrop, ROWS } from '../properties/rows.js';

const RUNS = Number(process.env['FC_RUNS'] ?? 25);

/** Rows that hold demand back for longer than a signal, or ask ahead, and how many values they may have in work. */
const SHAPES: Readonly<Record<string, number>> = {
  adaptiveDemand: 0,
  controlledRequest: 0,
  limitConcurrency: 2,
  losslessPause: 0,
  lossyPause: 0,
  prefetch: 4,
  rateLimit: 0,
  shareAs: 0,
  shareWithDemand: 0,
};
/** Rows that make one value of several, or hand them on in another unit. */
const MERGES = /^(batchWhileBusy|bufferWith|conflate|windowWith)/;
const ONE_TO_ONE = ROWS.filter(({ name }) => !MERGES.test(name));

const ACTION = fc.oneof(
  { weight: 6, arbitrary: fc.constant('emit' as const) },
  { weight: 4, arbitrary: fc.constantFrom(1 as const, 2 as const, 5 as const) },
  { weight: 1, arbitrary: fc.constantFrom('pause' as const, 'resume' as const) },
  { weight: 2, arbitrary: fc.constant('wait' as const) },
);
type Action = typeof ACTION extends fc.Arbitrary<infer A> ? A : never;
const PLAN = fc.record({
  honours: fc.boolean(),
  actions: fc.array(ACTION, { maxLength: 40 }),
  /** Done from inside a delivery each. */
  inside: fc.array(ACTION, { maxLength: 8 }),
  ending: fc.constantFrom('complete' as const, 'error' as const, 'leave' as const),
});
type Plan = typeof PLAN extends fc.Arbitrary<infer P> ? P : never;
type Make = (onDrop: OnDrop, paused$: Subject<boolean>) => OperatorFunction<number, unknown>;
type Wrap = (
  make: (onDrop: OnDrop) => OperatorFunction<number, unknown>,
  onDrop: OnDrop,
) => OperatorFunction<number, unknown>;

/** Plays the plan, and answers all that was seen. */
function play(make: Make, wrap: Wrap, { honours, actions, inside, ending }: Plan): unknown[] {
  const scheduler = new TestScheduler(() => {});
  const seen: unknown[] = [];
  scheduler.run(({ flush }) => {
    const paused$ = new Subject<boolean>();
    const push$ = new Subject<number>();
    const pull$ = new ControllableSource<number>();
    const left = [...inside];
    let emitted = 0;
    const emit = () => {
      if (!honours) push$.next(emitted++);
      const [connection] = pull$.connections;
      if (connection !== undefined && connection.requested > connection.emitted) pull$.next(emitted++);
    };
    const act = (action: Action | undefined) => {
      if (action === 'emit') emit();
      else if (typeof action === 'number') probe.request(action);
      else if (action !== undefined) paused$.next(action === 'pause');
    };
    const probe = new DemandProbe<unknown>({ next: () => act(left.shift()) });
    const operator = wrap(
      (onDrop) => make(onDrop, paused$),
      (value, reason) => void seen.push([scheduler.now(), value, reason]),
    );
    (honours ? pull$ : push$).pipe(operator).subscribe(probe);
    let time = 0;
    for (const action of actions) {
      if (action === 'wait') time += 2;
      else scheduler.schedule(() => act(action), time);
    }
    scheduler.schedule(() => {
      if (ending === 'leave') probe.unsubscribe();
      else (honours ? pull$ : push$)[ending](new Error('broken'));
    }, time + 1);
    flush();
    seen.push(...probe.signals.map((signal) => (signal[0] === 'error' ? String(signal[1]) : signal)));
  });
  return seen;
}

const plain: Wrap = (make, onDrop) => make(onDrop);

describe.each(ONE_TO_ONE.map((row) => [row.name, row] as const))('%s', (name, row) => {
  it('passes, and is what it is without the check', () => {
    const working = SHAPES[name];
    const checked: Wrap = (make, onDrop) =>
      checkConservation(
        name,
        (told) =>
          make((value, reason) => {
            told(value, reason);
            onDrop(value, reason);
          }),
        working === undefined ? {} : { demand: 'shapes', working },
      );
    fc.assert(
      fc.property(PLAN, (plan) => {
        expect(play(row.make, checked, plan)).toEqual(play(row.make, plain, plan));
      }),
      { numRuns: RUNS },
    );
  });
});

/** An operator by hand that hands on what `next` makes of each value, and how it asks. */
const byHand =
  (
    next: (value: number, out: (value: number) => void, up: DemandSubscriber<number>) => void,
  ): OperatorFunction<number, number> =>
  (source) =>
    new DemandObservable<number>((sink) => {
      const up: DemandSubscriber<number> = new DemandSubscriber<number>({
        next: (value) => next(value, (made) => sink.next(made), up),
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      });
      return {
        request: (n) => up.request(n),
        start: () => void source.subscribe(up),
        unsubscribe: () => up.unsubscribe(),
      };
    });

type Flawed = readonly [
  flaw: string,
  build: (onDrop: OnDrop) => OperatorFunction<number, number>,
  seen: string,
];
const FLAWED: readonly Flawed[] = [
  ['loses a value', () => byHand((value, out, up) => (value === 1 ? up.request(1) : out(value))), 'lost 1'],
  [
    'doubles a value',
    () =>
      byHand((value, out) => {
        out(value);
        if (value === 1) out(value);
      }),
    'delivered or discarded 1 more than arrived',
  ],
  [
    'discards without giving demand back',
    (onDrop) => byHand((value, out) => (value === 1 ? onDrop(value, 'overflow') : out(value))),
    'kept 1 of the demand to itself',
  ],
  [
    'gives demand back that it has not',
    () =>
      byHand((value, out, up) => {
        out(value);
        if (value === 1) up.request(1);
      }),
    'asked for 1 more than it was granted',
  ],
  [
    'reports a drop twice',
    (onDrop) =>
      keepLatest<number>({
        onDrop: (value, reason) => {
          onDrop(value, reason);
          onDrop(value, reason);
        },
      }),
    'delivered or discarded 1 more than arrived',
  ],
  ['keeps a drop to itself', () => keepLatest(), 'lost 1'],
  ['filters', () => filter((value) => value !== 1), 'lost 1'],
];

describe('what is broken on purpose is named', () => {
  function run(build: Flawed[1], request: number): unknown {
    const source$ = new Subject<number>();
    const probe = new DemandProbe<number>();
    source$
      .pipe(
        checkConservation('prices', build),
        map((n) => n),
      )
      .subscribe(probe);
    probe.request(request);
    for (const n of [0, 1, 2, 3, 4, 5]) source$.next(n);
    expect(source$.observed).toBe(probe.ending === undefined);
    return probe.ending?.kind === 'error' ? probe.ending.error : undefined;
  }

  it.each(FLAWED)('%s', (_flaw, build, seen) => {
    const error = run(build, /drop/.test(_flaw) ? 1 : 5);
    expect(error).toBeInstanceOf(ConservationError);
    expect(error).toMatchObject({ name: 'ConservationError', stage: 'prices', seen });
  });

  it('delivers unasked', () => {
    const source$ = new Subject<number>();
    const probe = new DemandProbe<number>();
    source$
      .pipe(
        checkConservation(
          'prices',
          () =>
            byHand((value, out, up) => {
              out(value);
              if (value === 0) up.request(1);
            }),
          { demand: 'shapes' },
        ),
      )
      .subscribe(probe);
    probe.request(1);
    source$.next(0);
    source$.next(1);
    expect(probe.received).toEqual([
      0,
      { error: expect.objectContaining({ stage: 'prices', seen: 'delivered 1 that nobody asked for' }) },
    ]);
  });

  it('has the account in the error', () => {
    expect(
      String(
        run(
          (onDrop) =>
            dropOldest({
              capacity: 2,
              onDrop: (value, reason) => {
                if (value < 2) onDrop(value, reason);
              },
            }),
          1,
        ),
      ),
    ).toBe(
      'ConservationError: prices lost 1: granted 1, arrived 5, delivered 1, discarded 1 overflow 0 age 0 unsubscribed, waiting 2, outstanding 0',
    );
  });

  it('loses what is in work when it completes', () => {
    const source$ = new Subject<number>();
    const probe = new DemandProbe<number>();
    source$
      .pipe(
        checkConservation('prices', () => byHand((value, out) => (value === 1 ? undefined : out(value))), {
          working: 1,
        }),
      )
      .subscribe(probe);
    probe.request(5);
    source$.next(1);
    source$.complete();
    expect(probe.received).toEqual([{ error: expect.objectContaining({ seen: 'lost 1' }) }]);
  });

  it('but not what it has in its hands while one more comes in', () => {
    const source$ = new Subject<number>();
    const probe = new DemandProbe<number>();
    const operator = checkConservation<number, number>('prices', () =>
      byHand((value, out) => {
        if (value === 0) source$.next(1);
        out(value);
      }),
    );
    source$.pipe(operator).subscribe(probe);
    probe.request(2);
    source$.next(0);
    expect(probe.received).toEqual([0, 1]);
  });

  it('but not before what was requested inside a delivery has gone up', () => {
    const source$ = new Subject<number>();
    const later: (() => void)[] = [];
    const probe = new DemandProbe<number>({ next: (_, demand) => demand.request(1) });
    const operator = checkConservation<number, number>(
      'prices',
      () => byHand((value, out) => later.push(() => out(value))),
      { working: 1 },
    );
    source$.pipe(operator).subscribe(probe);
    probe.request(1);
    for (const n of [0, 1]) {
      source$.next(n);
      later.shift()?.();
    }
    expect(probe.received).toEqual([0, 1]);
  });

  it('but not what a source sends after its end', () => {
    const late$ = new Observable<number>((subscriber) => {
      subscriber.next(0);
      subscriber.complete();
      subscriber.next(1);
      subscriber.error('late');
    });
    const probe = new DemandProbe<number>();
    late$.pipe(checkConservation('prices', (onDrop) => dropOldest({ capacity: 2, onDrop }))).subscribe(probe);
    probe.request(1);
    expect(probe.received).toEqual([0, '|']);
  });

  it('refuses what is no build, and no count', () => {
    expect(() => checkConservation('x', 1 as never)).toThrow(/build/);
    expect(() => checkConservation('x', () => map((n) => n), { working: -1 })).toThrow(/working/);
  });
});
