/**
 * What was granted was delivered, was dropped for a reason, waits, or is outstanding: after each signal, whatever
 * happens in whatever order, of a source that honours demand and of one that cannot stop.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandObservable, type DemandSink, DemandSubscriber, OverflowError } from '../../src/index.js';
import { ROWS, type Row } from './rows.js';

const RUNS = Number(process.env['FC_RUNS'] ?? 25);

const ACTION = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'emit' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('request' as const), n: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const), paused: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 4 }) }),
  },
);
type Action = typeof ACTION extends fc.Arbitrary<infer A> ? A : never;

const PLAN = fc.record({
  honours: fc.boolean(),
  actions: fc.array(ACTION, { maxLength: 40 }),
  /** Done from inside a delivery each. */
  inside: fc.array(ACTION, { maxLength: 8 }),
  ending: fc.constantFrom('complete' as const, 'error' as const, 'leave' as const, 'bad request' as const),
});
type Plan = typeof PLAN extends fc.Arbitrary<infer P> ? P : never;

/** One subscription to an operator, its source and consumer driven by hand, and the account of it. */
class Account {
  granted = 0;
  emitted = 0;
  requested = 0;
  deliveries = 0;
  connected = 0;
  released = 0;
  ending: unknown;
  readonly delivered: number[] = [];
  readonly dropped: number[] = [];
  readonly carried: number[] = [];
  readonly #paused$ = new Subject<boolean>();
  readonly #consumer: DemandSubscriber<number | readonly number[]>;
  readonly #inside: Action[];
  #sink: DemandSink<number> | undefined;
  readonly #push$ = new Subject<number>();

  constructor(
    private readonly row: Row,
    private readonly plan: Plan,
  ) {
    this.#inside = [...plan.inside];
    const onDrop = (value: number) => void this.dropped.push(value);
    this.#consumer = new DemandSubscriber<number | readonly number[]>({
      next: (value) => {
        this.deliveries++;
        const values = [value].flat();
        expect(values.length).toBeLessThanOrEqual(row.size ?? 1);
        this.delivered.push(...values);
        const action = this.#inside.shift();
        if (action !== undefined) this.act(action);
      },
      error: (error) => {
        this.ending = error;
        if (error instanceof OverflowError) this.carried.push(...(error.values as number[]));
      },
      complete: () => {
        this.ending = '|';
      },
    });
    const pull$ = new DemandObservable<number>((sink) => {
      this.connected++;
      this.#sink = sink;
      return {
        request: (n) => {
          expect(n).toBeGreaterThan(0);
          this.granted += n;
        },
        unsubscribe: () => {
          this.released++;
        },
      };
    });
    (plan.honours ? pull$ : this.#push$).pipe(row.make(onDrop, this.#paused$)).subscribe(this.#consumer);
  }

  get outstanding(): number {
    return this.plan.honours ? this.granted - this.emitted : 0;
  }

  get waiting(): number {
    return this.emitted - this.delivered.length - this.dropped.length - this.carried.length;
  }

  get closed(): boolean {
    return this.#consumer.closed;
  }

  act(action: Action): void {
    if (this.closed) return;
    if (action.kind === 'pause') this.#paused$.next(action.paused);
    if (action.kind === 'request') {
      this.requested += action.n;
      this.#consumer.request(action.n);
    }
    if (action.kind === 'emit') {
      if (!this.plan.honours && this.#push$.observed) this.#push$.next(this.emitted++);
      if (this.#sink?.closed === false && this.outstanding > 0) this.#sink.next(this.emitted++);
    }
  }

  end(): void {
    const { ending } = this.plan;
    if (ending === 'leave') this.#consumer.unsubscribe();
    if (ending === 'bad request') this.#consumer.request(-1);
    if (ending === 'complete') this.plan.honours ? this.#sink?.complete() : this.#push$.complete();
    if (ending === 'error') this.plan.honours ? this.#sink?.error('broken') : this.#push$.error('broken');
  }

  /** Takes all that may still come. */
  drain(): void {
    // One by one, as to adaptiveDemand a request says that a value has been handled.
    for (let i = 0; i < 200 && !this.closed; i++) {
      this.#paused$.next(false);
      this.requested++;
      this.#consumer.request(1);
    }
  }

  get observed(): boolean {
    return this.#push$.observed || this.#paused$.observed || this.connected > this.released;
  }

  /** The law, and the bounds, between two signals. */
  check(): void {
    const { row, requested, deliveries, waiting, outstanding } = this;
    // What an expectation inside a callback throws comes out here.
    if (this.ending instanceof Error) expect(['OverflowError', 'RangeError']).toContain(this.ending.name);
    expect(deliveries).toBeLessThanOrEqual(requested);
    expect(outstanding).toBeGreaterThanOrEqual(0);
    expect(new Set([...this.delivered, ...this.dropped, ...this.carried]).size).toBe(this.emitted - waiting);
    if (!row.name.startsWith('conflateByKey')) {
      expect(this.delivered).toEqual([...this.delivered].sort((a, b) => a - b));
    }
    if (this.closed) return;
    expect(waiting).toBeGreaterThanOrEqual(0);
    if (row.lossy !== true) expect(this.dropped).toEqual([]);
    if (this.plan.honours) this.#checkDemand(requested - deliveries);
    else expect(waiting).toBeLessThanOrEqual(row.keeps);
  }

  /** Of a source that honours demand nothing is asked for that is not wanted, and all that is; so nothing is lost. */
  #checkDemand(unmet: number): void {
    const { waits = false, size = 1, ahead } = this.row;
    const onItsWay = this.waiting + this.outstanding;
    // A pause may leave a step on its way.
    const most = (unmet > 0 ? unmet * size : 0) + ahead + (waits ? 16 : 0);
    expect(onItsWay).toBeLessThanOrEqual(most);
    if (!waits) {
      expect(this.dropped).toEqual([]);
      if (unmet > 0) expect(onItsWay).toBeGreaterThan(0);
    }
  }
}

function play(row: Row, plan: Plan): Account {
  const scheduler = new TestScheduler(() => {});
  return scheduler.run(({ flush }) => {
    const account = new Account(row, plan);
    let time = 0;
    for (const action of plan.actions) {
      if (action.kind === 'wait') time += action.ms;
      scheduler.schedule(() => {
        account.act(action);
        account.check();
      }, time);
    }
    scheduler.schedule(() => {
      account.end();
      account.check();
    }, time + 1);
    scheduler.schedule(() => account.drain(), time + 2);
    flush();
    return account;
  });
}

describe.each(ROWS.map((row) => [row.name, row] as const))('%s', (_, row) => {
  it('conserves after each signal, keeps within its bounds, and settles and releases all in the end', () => {
    fc.assert(
      fc.property(PLAN, (plan) => {
        const account = play(row, plan);
        account.check();
        expect([account.closed, account.observed]).toEqual([true, false]);
        if (row.silent !== true || plan.ending === 'complete') expect(account.waiting).toBe(0);
        if (plan.ending === 'complete' && account.ending === '|') expect(account.carried).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
