/** Subtle behaviour that other systems test, cases 53 to 60: flattening and joining. */
import { describe, expect, it } from '@jest/globals';
import {
  concatMap,
  defer,
  groupBy,
  map,
  mergeMap,
  NEVER,
  of,
  repeat,
  retry,
  Subject,
  switchMap,
  throwError,
  timer,
  zip,
} from 'rxjs';
import { DemandObservable, limitConcurrency, pullFrom, Semaphore } from '../../src/index.js';
import { recorder } from '../recorder.js';
import { Counter, inVirtualTime } from './watched.js';

const WINDOW = 16;

it('case 53: limitConcurrency asks for as many as may be worked on, and for one more as each ends', () => {
  const work: Subject<void>[] = [];
  const counter = new Counter();
  const { consumer } = recorder<void>();
  counter.source$
    .pipe(
      limitConcurrency(new Semaphore(4), () => {
        const one = new Subject<void>();
        work.push(one);
        return one;
      }),
    )
    .subscribe(consumer);
  consumer.request(Infinity);
  expect(counter.total).toBe(4);
  for (let ended = 1; ended < 10; ended++) {
    work.shift()?.complete();
    expect(counter.total).toBe(4 + ended);
  }
  consumer.unsubscribe();
});

it('case 53: mergeMap draws no more than the window ahead', () => {
  inVirtualTime((scheduler) => {
    const counter = new Counter(1000);
    let ended = 0;
    let ahead = 0;
    const { consumer } = recorder<number>({
      next: () => {
        ended++;
        ahead = Math.max(ahead, counter.drawn - ended);
      },
    });
    counter.source$.pipe(mergeMap((n) => timer(2).pipe(map(() => n)), 4)).subscribe(consumer);
    consumer.request(Infinity);
    scheduler.schedule(() => {
      expect(ended).toBe(1000);
      expect(ahead).toBeLessThanOrEqual(WINDOW);
      expect(ahead).toBeGreaterThan(0);
    }, 5000);
  });
});

it('case 54: mergeMap completes after the last queued value, with no demand left, and a later error comes after it', () => {
  const broken = throwError(() => 'broken');
  for (const [last$, ending] of [
    [of<number>(), '|'],
    [broken, { error: 'broken' }],
  ] as const) {
    const { log, consumer } = recorder<number>();
    pullFrom([1, 2, 3])
      .pipe(mergeMap((n) => (n < 3 ? of(n, n) : last$)))
      .subscribe(consumer);
    consumer.request(3);
    expect(log).toEqual([1, 1, 2]);
    consumer.request(1);
    consumer.request(1);
    expect(log).toEqual([1, 1, 2, 2, ending]);
  }
});

it('case 55: concatMap loses nothing at the edges of inner sources, and the next one gets the demand that is left', () => {
  const { log, consumer } = recorder<string>();
  const inner: Counter[] = [];
  pullFrom(['a', 'b', 'c'])
    .pipe(
      concatMap((name, i) => {
        const counter = new Counter(i + 2);
        inner.push(counter);
        return counter.source$.pipe(map((n) => name + n));
      }),
    )
    .subscribe(consumer);
  consumer.request(4);
  expect(log).toEqual(['a0', 'a1', 'b0', 'b1']);
  expect(inner.map(({ total }) => total)).toEqual([2, 2]);
  consumer.request(3);
  expect(log).toEqual(['a0', 'a1', 'b0', 'b1', 'b2', 'c0', 'c1']);
  consumer.request(10);
  expect(log.slice(7)).toEqual(['c2', 'c3', '|']);
});

it('case 57: switchMap hands unmet demand to the next inner source once, not a multiple of it', () => {
  const outer$ = new Subject<number>();
  const { log, consumer } = recorder<number>();
  const counters: Counter[] = [];
  outer$
    .pipe(
      switchMap((n) => {
        const counter = new Counter(2);
        counters.push(counter);
        return counter.source$.pipe(map((value) => 10 * n + value));
      }),
    )
    .subscribe(consumer);
  consumer.request(7);
  inVirtualTime((scheduler) => {
    for (let n = 1; n <= 5; n++) scheduler.schedule(() => outer$.next(n), n);
    scheduler.schedule(() => expect(log).toEqual([10, 11, 20, 21, 30, 31, 40]), 10);
  });
  expect(counters.reduce((sum, { total }) => sum + total, 0)).toBe(7);
});

describe('zip', () => {
  it('case 58: no side is more than the window ahead, also where one is silent', () => {
    inVirtualTime((scheduler) => {
      const fast = new Counter();
      const { consumer } = recorder<unknown>();
      zip(fast.source$, NEVER).subscribe(consumer);
      consumer.request(Infinity);
      scheduler.schedule(() => {
        expect(fast.drawn).toBe(WINDOW);
        consumer.unsubscribe();
      }, 100);
    });
    const left = new Counter(100);
    const right = new Counter(50);
    const { log, consumer } = recorder<unknown>();
    zip(left.source$, right.source$).subscribe(consumer);
    consumer.request(Infinity);
    expect(log).toHaveLength(51);
    expect(left.drawn - 50).toBeLessThanOrEqual(WINDOW);
  });
});

it('case 59: retry and repeat ask again for the unmet remainder only', () => {
  const asked: number[] = [];
  let attempts = 0;
  const source$ = new DemandObservable<number>((sink) => {
    const fails = attempts++ === 0;
    let value = 0;
    return {
      request: (n) => {
        asked.push(n);
        for (let i = 0; i < n && !sink.closed; i++) {
          sink.next(++value);
          if (value === 3 && fails) sink.error('broken');
          else if (value === 3) sink.complete();
        }
      },
      unsubscribe() {},
    };
  });
  const { log, consumer } = recorder<number>();
  source$.pipe(retry(1)).subscribe(consumer);
  consumer.request(4);
  expect(log).toEqual([1, 2, 3, 1]);
  expect(asked.reduce((sum, n) => sum + n, 0)).toBe(4);
  consumer.request(2);
  expect(log).toEqual([1, 2, 3, 1, 2, 3, '|']);
  const counter: Counter[] = [];
  const repeated = recorder<number>();
  defer(() => {
    counter.push(new Counter(2));
    return counter.at(-1)?.source$ ?? of();
  })
    .pipe(repeat(3))
    .subscribe(repeated.consumer);
  repeated.consumer.request(5);
  expect(repeated.log).toEqual([0, 1, 0, 1, 0]);
  expect(counter.reduce((sum, { total }) => sum + total, 0)).toBe(5);
});

it('case 60: groupBy draws for its groups what is requested of them together, and waits with the rest', () => {
  const counter = new Counter(30);
  const { log, consumer } = recorder<string>();
  counter.source$
    .pipe(
      groupBy((n) => n % 3),
      mergeMap((group$) => group$.pipe(map((n) => `${group$.key}:${n}`))),
    )
    .subscribe(consumer);
  consumer.request(4);
  expect(log).toEqual(['0:0', '1:1', '2:2', '0:3']);
  expect(counter.drawn).toBe(4);
  consumer.request(Infinity);
  expect(log).toHaveLength(31);
});
