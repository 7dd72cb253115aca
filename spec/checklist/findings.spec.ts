/** Ten defects that other systems shipped: none may be ours. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BehaviorSubject, concatMap, delay, interval, map, mergeMap, Subject, startWith, zip } from 'rxjs';
import {
  boundedBuffer,
  controlledRequest,
  DemandHandle,
  DemandSubscriber,
  dropLatest,
  forEachWithDemand,
  keepLatest,
  losslessPause,
  lossyPause,
  OverflowError,
  prefetch,
  pullFrom,
} from '../../src/index.js';
import { recorder } from '../recorder.js';
import { Counter, HandDriven, inVirtualTime } from './watched.js';

const WINDOW = 16;

describe('finding 1: no unbounded queue behind operators of concurrency', () => {
  it('an async generator into a slow concatMap is read a window ahead, where from() had read 5000 for 36', async () => {
    let read = 0;
    async function* numbers() {
      for (; read < 5000; ) yield read++;
    }
    let done = 0;
    let ahead = 0;
    const work: (() => void)[] = [];
    const consumer = new DemandSubscriber<number>({
      start: (demand) => demand.request(Infinity),
      next: () => {
        done++;
        ahead = Math.max(ahead, read - done);
      },
    });
    pullFrom(numbers())
      .pipe(concatMap((n) => new Promise<number>((resolve) => work.push(() => resolve(n)))))
      .subscribe(consumer);
    for (let turn = 0; done < 36; turn++) {
      expect(turn).toBeLessThan(5000);
      await Promise.resolve();
      work.shift()?.();
    }
    for (let turn = 0; turn < 500; turn++) await Promise.resolve();
    consumer.unsubscribe();
    expect(ahead).toBeLessThanOrEqual(WINDOW);
    expect(read).toBeLessThanOrEqual(done + WINDOW + 1);
  });

  it('a ReadableStream is pulled as it is worked on, where from() had pulled 3000 for 29', async () => {
    let pulled = 0;
    const stream = new ReadableStream<number>(
      {
        pull(controller) {
          if (pulled === 100) controller.close();
          else controller.enqueue(pulled++);
        },
      },
      { highWaterMark: 1 },
    );
    let done = 0;
    let ahead = 0;
    await forEachWithDemand(pullFrom(stream), async () => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      done++;
      ahead = Math.max(ahead, pulled - done);
    });
    expect(done).toBe(100);
    expect(ahead).toBeLessThanOrEqual(3);
  });

  it('zip of a large range and an interval holds a window, where RxJS held all 100,000', () => {
    inVirtualTime((scheduler) => {
      const counter = new Counter(100_000);
      const { log, consumer } = recorder<unknown>();
      zip(counter.source$, interval(5)).subscribe(consumer);
      consumer.request(Infinity);
      scheduler.schedule(() => {
        expect(log.length).toBeGreaterThan(30);
        expect(counter.drawn - log.length).toBeLessThanOrEqual(WINDOW);
        consumer.unsubscribe();
      }, 200);
    });
  });
});

it('finding 2: dropLatest rejects the arriving value, and replaceLatest is the other meaning, by its own name', () => {
  for (const [operator, expected] of [
    [dropLatest<number>({ capacity: 2 }), [1, 2]],
    [boundedBuffer<number>({ capacity: 2, overflow: 'dropLatest' }), [1, 2]],
    [boundedBuffer<number>({ capacity: 2, overflow: 'replaceLatest' }), [1, 5]],
  ] as const) {
    const source$ = new Subject<number>();
    const { log, consumer } = recorder<number>();
    source$.pipe(operator).subscribe(consumer);
    for (const value of [1, 2, 3, 4, 5]) source$.next(value);
    consumer.request(5);
    expect(log).toEqual(expected);
  }
});

it('finding 3: a value that is emitted while a paused buffer drains does not overtake', () => {
  const source$ = new Subject<number | string>();
  const paused$ = new BehaviorSubject(true);
  const log: unknown[] = [];
  source$.pipe(losslessPause(paused$)).subscribe((value) => {
    log.push(value);
    if (value === 0) source$.next('re');
  });
  for (const value of [0, 1, 2]) source$.next(value);
  paused$.next(false);
  expect(log).toEqual([0, 1, 2, 're']);
});

it('finding 4: five requested, two dropped, five delivered all the same', () => {
  const hand = new HandDriven<number>();
  const paused$ = new BehaviorSubject(false);
  const { log, consumer } = recorder<number>();
  hand.source$.pipe(lossyPause(paused$)).subscribe(consumer);
  consumer.request(5);
  paused$.next(true);
  hand.next(1, 2);
  paused$.next(false);
  for (let value = 3; value <= hand.total; value++) hand.next(value);
  expect(log).toEqual([3, 4, 5, 6, 7]);
});

it('finding 5: requests add up, and demand belongs to a subscription', () => {
  const handle = new DemandHandle();
  const source$ = new Subject<number>();
  const log: number[] = [];
  const piped$ = source$.pipe(controlledRequest(handle));
  piped$.subscribe((value) => log.push(value));
  handle.request(5);
  handle.request(2);
  for (let value = 0; value < 10; value++) source$.next(value);
  expect(log).toHaveLength(7);
  const other = recorder<number>();
  piped$.subscribe(other.consumer);
  other.consumer.request(5);
  source$.next(10);
  expect(other.log).toEqual([]);
});

it('finding 6: an error waits for values where nothing is lost, overtakes them where some are, and says so by one option', () => {
  const run = (errors: 'last' | 'first' | undefined, lossless: boolean) => {
    const source$ = new Subject<number>();
    const { log, consumer } = recorder<number>();
    const options = errors && { errors };
    source$
      .pipe(lossless ? boundedBuffer<number>({ capacity: 1, ...options }) : keepLatest<number>(options))
      .subscribe(consumer);
    source$.next(1);
    source$.error('broken');
    consumer.request(1);
    return log.length;
  };
  expect([run(undefined, true), run('last', true), run('first', true)]).toEqual([2, 2, 1]);
  expect([run(undefined, false), run('last', false), run('first', false)]).toEqual([1, 2, 1]);
});

it('finding 7: draining 200,000 values is linear: it took RxJS 4 more than three times the limit of this test', () => {
  const source$ = new Subject<number>();
  const paused$ = new BehaviorSubject(true);
  let sum = 0;
  source$.pipe(losslessPause(paused$, { capacity: 200_000 })).subscribe(() => sum++);
  for (let value = 0; value < 200_000; value++) source$.next(value);
  paused$.next(false);
  expect(sum).toBe(200_000);
});

it('finding 8: a source is asked for more as values are worked on, not as they are received', async () => {
  const counter = new Counter(100);
  let working = 0;
  let ahead = 0;
  await forEachWithDemand(counter.source$.pipe(prefetch(4)), async () => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    working++;
    ahead = Math.max(ahead, counter.drawn - working);
  });
  expect(working).toBe(100);
  expect(ahead).toBeLessThanOrEqual(4);
});

it('finding 9: native operators carry demand: many for one, one more in front, and later ones', () => {
  const twice = new Counter();
  const { log, consumer } = recorder<number>();
  twice.source$.pipe(mergeMap((n) => [n, n])).subscribe(consumer);
  consumer.request(3);
  expect([log, twice.drawn]).toEqual([[0, 0, 1], 2]);
  const first = new Counter();
  const started = recorder<number>();
  first.source$.pipe(startWith(-1)).subscribe(started.consumer);
  started.consumer.request(3);
  expect([started.log, first.drawn]).toEqual([[-1, 0, 1], 2]);
  inVirtualTime((scheduler) => {
    const delayed = new Counter();
    const later = recorder<number>();
    delayed.source$
      .pipe(
        delay(5),
        map((n) => n),
      )
      .subscribe(later.consumer);
    later.consumer.request(1);
    scheduler.schedule(() => expect(delayed.drawn).toBe(WINDOW), 4);
    scheduler.schedule(() => expect(later.log).toEqual([0]), 100);
  });
});

it('finding 10: the protocol and the buffers know nothing of RxJS', () => {
  for (const floor of ['protocol', 'buffer']) {
    const folder = join(__dirname, '../../src', floor);
    for (const file of readdirSync(folder)) {
      expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/^(import|export) .*'rxjs/m);
    }
  }
  expect(new OverflowError('it', 1, [])).toBeInstanceOf(Error);
});
