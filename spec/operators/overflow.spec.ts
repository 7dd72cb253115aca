/** What every operator that keeps or drops values holds, whatever happens to it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type OperatorFunction, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  type BufferOptions,
  batchWhileBusy,
  boundedBuffer,
  conflateByKey,
  controlledRequest,
  DemandHandle,
  DemandSubscriber,
  dropLatest,
  dropOldest,
  keepLatest,
  losslessPause,
  lossyPause,
  OverflowError,
} from '../../src/index.js';

const RUNS = Number(process.env['FC_RUNS'] ?? 300);

type OnDrop = NonNullable<BufferOptions<number>['onDrop']>;
type Make = (onDrop: OnDrop, notifier$: Subject<boolean>) => OperatorFunction<number, number | number[]>;

const unlimited = () => {
  const handle = new DemandHandle();
  handle.request(Infinity);
  return handle;
};

/** Each with an `onDrop`, and room for few. */
const OPERATORS: readonly [string, Make][] = [
  ["boundedBuffer 'error'", (onDrop) => boundedBuffer({ capacity: 3, onDrop })],
  ...(['dropLatest', 'replaceLatest', 'dropOldest', 'dropAll'] as const).flatMap(
    (overflow): [string, Make][] => [
      [`boundedBuffer '${overflow}'`, (onDrop) => boundedBuffer({ capacity: 3, overflow, onDrop })],
      [
        `boundedBuffer '${overflow}' with sizeOf`,
        (onDrop) => boundedBuffer({ capacity: 6, overflow, sizeOf: (n) => n % 4, onDrop }),
      ],
      [
        `boundedBuffer '${overflow}' with maxAge`,
        (onDrop) => boundedBuffer({ capacity: 3, overflow, maxAge: 3, onDrop }),
      ],
      [`batchWhileBusy '${overflow}'`, (onDrop) => batchWhileBusy({ max: 3, overflow, onDrop })],
      [
        `conflateByKey '${overflow}'`,
        (onDrop) => conflateByKey((n) => n % 5, { maxKeys: 3, overflow, onDrop }),
      ],
    ],
  ),
  ['batchWhileBusy', (onDrop) => batchWhileBusy({ max: 3, onDrop })],
  ['conflateByKey', (onDrop) => conflateByKey((n) => n % 3, { onDrop })],
  ['dropLatest', (onDrop) => dropLatest({ capacity: 2, onDrop })],
  ['dropOldest', (onDrop) => dropOldest({ capacity: 2, onDrop })],
  ['keepLatest', (onDrop) => keepLatest({ onDrop })],
  ['controlledRequest', (onDrop) => controlledRequest(unlimited(), { capacity: 3, onDrop })],
  ['losslessPause', (onDrop, paused$) => losslessPause(paused$, { capacity: 3, onDrop })],
  ['lossyPause', (onDrop, paused$) => lossyPause(paused$, { capacity: 3, onDrop })],
];

type Action =
  | { readonly kind: 'emit' }
  | { readonly kind: 'request'; readonly n: number }
  | { readonly kind: 'notify'; readonly value: boolean }
  | { readonly kind: 'wait'; readonly ms: number };
const ACTION: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'emit' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('request' as const), n: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('notify' as const), value: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 4 }) }),
  },
);

/** Plays actions from outside, and each of `inside` from within one delivery. */
function play(make: Make, actions: readonly Action[], inside: readonly Action[], ending: string) {
  let emitted = 0;
  let requested = 0;
  let batches = 0;
  const delivered: number[] = [];
  const dropped: number[] = [];
  const carried: number[] = [];
  const scheduler = new TestScheduler(() => {});
  scheduler.run(({ flush }) => {
    const source$ = new Subject<number>();
    const notifier$ = new Subject<boolean>();
    const within = [...inside];
    const act = (action: Action | undefined) => {
      if (action?.kind === 'emit' && source$.observed) source$.next(emitted++);
      if (action?.kind === 'request' && !consumer.closed) {
        requested += action.n;
        consumer.request(action.n);
      }
      if (action?.kind === 'notify') notifier$.next(action.value);
    };
    const consumer = new DemandSubscriber<number | number[]>({
      next: (value) => {
        batches++;
        expect(batches).toBeLessThanOrEqual(requested);
        delivered.push(...[value].flat());
        act(within.shift());
      },
      error: (error) => {
        if (error instanceof OverflowError) carried.push(...(error.values as number[]));
      },
    });
    source$.pipe(make((value) => dropped.push(value), notifier$)).subscribe(consumer);
    let time = 0;
    for (const action of actions) {
      if (action.kind === 'wait') time += action.ms;
      scheduler.schedule(() => act(action), time);
    }
    scheduler.schedule(() => {
      if (ending === 'complete') source$.complete();
      if (ending === 'error') source$.error(new Error('the source'));
      consumer.unsubscribe();
    }, time + 1);
    flush();
    expect([source$.observed, notifier$.observed]).toEqual([false, false]);
  });
  return { emitted: [...Array(emitted).keys()], delivered, dropped, carried };
}

describe.each(OPERATORS)('%s', (title, make) => {
  it('conserves: what came in went out, was dropped, once, or is carried by the error; and in order', () => {
    fc.assert(
      fc.property(
        fc.array(ACTION, { maxLength: 40 }),
        fc.array(ACTION, { maxLength: 8 }),
        fc.constantFrom('complete', 'error', 'leave'),
        (actions, inside, ending) => {
          const { emitted, delivered, dropped, carried } = play(make, actions, inside, ending);
          const byNumber = (a: number, b: number) => a - b;
          expect([...delivered, ...dropped, ...carried].sort(byNumber)).toEqual(emitted);
          if (!title.startsWith('conflateByKey')) expect(delivered).toEqual([...delivered].sort(byNumber));
        },
      ),
      { numRuns: RUNS },
    );
  });
});
