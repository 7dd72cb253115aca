/** Every error of an operator says which operator it was, and what it was given. */
import { expect, it } from '@jest/globals';
import { concatAll, NEVER, type OperatorFunction, of, Subject } from 'rxjs';
import * as ours from '../../src/index.js';

const { DemandSubscriber, OverflowError, Semaphore } = ours;

const OVERFLOWING: readonly [string, OperatorFunction<number, unknown>][] = [
  ['adaptiveDemand', ours.adaptiveDemand({ min: 1, max: 2 })],
  ['batchWhileBusy', ours.batchWhileBusy({ max: 1 })],
  ['boundedBuffer', ours.boundedBuffer({ capacity: 1 })],
  ['boundedBuffer', ours.boundedBuffer({ capacity: 1, maxAge: 1000 })],
  ['bufferWithCount', ours.bufferWithCount(2)],
  ['bufferWithTimeOrCount', ours.bufferWithTimeOrCount({ count: 1, time: 10_000 })],
  ['conflateByKey', ours.conflateByKey((n) => n, { maxKeys: 1 })],
  ['limitConcurrency', ours.limitConcurrency(new Semaphore(1), () => NEVER)],
  ['lossyPause', ours.lossyPause(NEVER)],
  ['rateLimit', ours.rateLimit({ permits: 1, per: 1000 })],
  ['shareWithDemand', ours.shareWithDemand()],
  ['tapDemand', ours.tapDemand()],
  ['windowWithCount', (source$) => source$.pipe(ours.windowWithCount(2), concatAll())],
];

it.each(OVERFLOWING)('an overflow of %s bears its name', (name, operator) => {
  const source$ = new Subject<number>();
  let error: unknown;
  source$.pipe(operator).subscribe(
    new DemandSubscriber<unknown>({
      error: (thrown) => {
        error = thrown;
      },
    }),
  );
  for (let i = 0; i < 1100; i++) source$.next(i);
  expect(error).toBeInstanceOf(OverflowError);
  expect(error instanceof OverflowError && error.operator).toBe(name);
});

it.each<[string, () => unknown]>([
  ['adaptiveDemand: min', () => ours.adaptiveDemand({ min: 0, max: 1 })],
  ['adaptiveDemand: max', () => ours.adaptiveDemand({ min: 2, max: 1 })],
  ['batchWhileBusy: max', () => ours.batchWhileBusy({ max: 0 })],
  ['bufferWithTimeOrCount: count', () => ours.bufferWithTimeOrCount({ count: 0, time: 1 })],
  ['bufferWithTimeOrCount: time', () => ours.bufferWithTimeOrCount({ count: 1, time: 0 })],
  ['conflate: merge', () => ours.conflate(1 as never)],
  ['conflateByKey: key', () => ours.conflateByKey(1 as never)],
  ['conflateByKey: maxKeys', () => ours.conflateByKey(() => 1, { maxKeys: 0 })],
  ['dropOldest: capacity', () => ours.dropOldest({ capacity: 0 })],
  ['keepLatest: errors', () => ours.keepLatest({ errors: 'now' as never })],
  ['limitConcurrency: work', () => ours.limitConcurrency(new Semaphore(1), 1 as never)],
  ['rateLimit: permits', () => ours.rateLimit({ permits: 0, per: 1 })],
  ['rateLimit: per', () => ours.rateLimit({ permits: 1, per: 0 })],
  ['rateLimit: burst', () => ours.rateLimit({ permits: 1, per: 1, burst: 0 })],
  ['shareAs: policy', () => ours.shareAs('none' as never)],
  ['shareAs: capacity', () => ours.shareAs('fastest', { capacity: -1 })],
  ['shareAs: must stand', () => of(1).pipe(ours.shareAs('fastest'))],
  ['shareWithDemand: policy', () => ours.shareWithDemand({ policy: 'none' as never })],
  ['shareWithDemand: capacity', () => ours.shareWithDemand({ capacity: -1 })],
  ['windowWithCount: count', () => ours.windowWithCount(0)],
])('a wrong argument is named: %s', (name, make) => {
  let message = '';
  try {
    make();
  } catch (error) {
    message = error instanceof Error ? error.message : '';
  }
  expect(message.slice(0, name.length)).toBe(name);
});

it('a capacity without end is allowed where it says so', () => {
  expect(() => ours.dropOldest({ capacity: Infinity })).not.toThrow();
  expect(() => ours.shareAs('fastest', { capacity: Infinity })).not.toThrow();
  expect(() => ours.shareWithDemand({ capacity: Infinity })).not.toThrow();
});
