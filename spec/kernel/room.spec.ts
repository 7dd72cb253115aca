import { describe, expect, it } from '@jest/globals';
import {
  concatAll,
  concatMap,
  delay,
  from,
  groupBy,
  interval,
  map,
  merge,
  mergeMap,
  type Observable,
  take,
  takeLast,
  timer,
  toArray,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  batchWhileBusy,
  boundedBuffer,
  DemandSubscriber,
  dropLatest,
  OverflowError,
  pullFrom,
  windowWithCount,
} from '../../src/index.js';
import { recorder } from '../recorder.js';
import { counting } from './counting.js';

const PAGE = Array.from({ length: 100 }, (_, i) => i);

/** Takes all, one after the other, each some time after the one before. */
function slowly(source$: Observable<unknown>): unknown[] {
  const log: unknown[] = [];
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run(() => {
    source$.subscribe(
      new DemandSubscriber<unknown>({
        start: (demand) => demand.request(1),
        next: (value, demand) => {
          log.push(value);
          scheduler.schedule(() => demand.request(1), 1);
        },
        error: (error) => log.push(error),
        complete: () => log.push('|'),
      }),
    );
  });
  return log;
}

describe('what a demand source was asked for finds room, whatever the capacity', () => {
  it.each<[string, (pages$: Observable<number>) => Observable<unknown>]>([
    [
      'at once',
      (pages$) =>
        pages$.pipe(
          map(() => PAGE),
          concatAll(),
        ),
    ],
    [
      'later',
      (pages$) =>
        pages$.pipe(
          delay(1),
          mergeMap(() => PAGE),
        ),
    ],
    [
      'by concatMap',
      (pages$) =>
        pages$.pipe(
          concatMap(() => timer(1).pipe(map(() => PAGE))),
          concatAll(),
        ),
    ],
    [
      'by mergeMap',
      (pages$) =>
        pages$.pipe(
          mergeMap(() => timer(1).pipe(map(() => PAGE)), 4),
          concatAll(),
        ),
    ],
  ])('though it becomes pages %s', (_, paged) => {
    const log = slowly(paged(pullFrom(Array.from({ length: 40 }, (_, i) => i))));
    expect(log).toEqual([...Array.from({ length: 40 }, () => PAGE).flat(), '|']);
  });

  it.each<[string, (source$: Observable<number>) => Observable<unknown>]>([
    ['toArray', (source$) => source$.pipe(toArray(), concatAll())],
    ['takeLast', (source$) => source$.pipe(takeLast(1500))],
    [
      'groupBy, toArray',
      (source$) =>
        source$.pipe(
          groupBy(() => 0),
          mergeMap((group$) => group$.pipe(toArray())),
          concatAll(),
        ),
    ],
    ['toArray, dropLatest', (source$) => source$.pipe(toArray(), concatAll(), dropLatest())],
  ])('though all of it comes when it ends, by %s', (_, ending) => {
    const values = Array.from({ length: 1500 }, (_n, i) => i);
    const later$ = pullFrom(values).pipe(boundedBuffer({ capacity: 0 }));
    for (const source$ of [pullFrom(values), later$]) {
      expect(slowly(ending(source$))).toEqual([...values, '|']);
    }
  });

  it('though a single page is larger than the capacity', () => {
    const { log, consumer } = recorder<number>();
    pullFrom([PAGE, PAGE])
      .pipe(mergeMap((page) => Array.from({ length: 20 }, () => page).flat()))
      .subscribe(consumer);
    for (let i = 0; i < 4000; i++) {
      consumer.request(1);
    }
    expect(log.length).toBe(4001);
  });

  it.each<[string, (source$: Observable<number>) => Observable<number>]>([
    [
      'two values',
      (source$) =>
        source$.pipe(
          delay(0),
          mergeMap((n) => [n, n]),
        ),
    ],
    [
      'windows',
      (source$) =>
        source$.pipe(
          windowWithCount(3),
          mergeMap((window$) => window$.pipe(delay(0))),
        ),
    ],
  ])('so that nothing that keeps few values drops or fails, though each becomes %s', (_, source) => {
    const values = Array.from({ length: 90 }, (_, i) => i);
    const plain: unknown[] = [];
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    scheduler.run(() => source(from(values)).subscribe((value) => plain.push(value)));
    for (const keep of [dropLatest<number>(), boundedBuffer<number>({ capacity: 0 })]) {
      expect(slowly(source(pullFrom(values)).pipe(keep))).toEqual([...plain, '|']);
    }
  });

  it('and what comes of it without an end, or of others, finds no more than the capacity', () => {
    const failed: unknown[] = [];
    const overflow = { error: (error: unknown) => failed.push(error), start: () => {} };
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    scheduler.maxFrames = 5000;
    scheduler.run(() => {
      scheduler.maxFrames = 5000;
      const pairs$ = pullFrom([1]).pipe(
        mergeMap(() => interval(1)),
        mergeMap((n) => [n, n]),
      );
      const asked = new DemandSubscriber<number>({ ...overflow, start: (demand) => demand.request(1) });
      pairs$.subscribe(asked);
      const others$ = merge(pullFrom(PAGE), interval(1).pipe(mergeMap(() => PAGE)));
      others$.subscribe(new DemandSubscriber<number>(overflow));
    });
    expect(failed).toEqual([expect.any(OverflowError), expect.any(OverflowError)]);
    const [ofOthers, pairs] = failed.map((error) =>
      error instanceof OverflowError ? error.values.length : 0,
    );
    expect(ofOthers).toBeLessThanOrEqual(1024 + 16 + 1);
    expect(pairs).toBeLessThanOrEqual(2 * (1024 + 17));
  });
});

describe('an operator that completes releases its source though values wait', () => {
  it('take of one that knows no demand', () => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    scheduler.run(({ cold, expectSubscriptions }) => {
      const source$ = cold<number>('-ab-------', { a: 1, b: 2 });
      const { log, consumer } = recorder<number>();
      source$.pipe(take(2)).subscribe(consumer);
      expectSubscriptions(source$.subscriptions).toBe('^-!');
      scheduler.schedule(() => consumer.request(1), 5);
      scheduler.schedule(() => consumer.request(1), 6);
      scheduler.schedule(() => expect(log).toEqual([1, 2, '|']), 9);
    });
  });

  it('take of one that honours demand, below an operator that asks ahead', () => {
    const source = counting('pulled');
    const { log, consumer } = recorder<number[]>();
    source.source$.pipe(take(2), batchWhileBusy({ max: 3 })).subscribe(consumer);
    expect([source.drawn, source.released]).toEqual([2, 1]);
    consumer.request(1);
    expect(log).toEqual([[0, 1], '|']);
  });
});
