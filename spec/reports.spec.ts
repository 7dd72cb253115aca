import { describe, expect, it } from '@jest/globals';
import {
  asyncScheduler,
  BehaviorSubject,
  concatMap,
  delay,
  filter,
  interval,
  map,
  mergeMap,
  type Observable,
  observeOn,
  Subject,
  scan,
  take,
  timer,
  zip,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  boundedBuffer,
  DemandSubscriber,
  dropLatest,
  forEachWithDemand,
  losslessPause,
  OverflowError,
  prefetch,
  pullFrom,
  toAsyncIterable,
  toPublisher,
} from '../src/index.js';
import { recorder } from './recorder.js';

const WINDOW = 16;

/** Counts what is read, and how far reading was ahead of what has come out at its highest. */
function readAhead(size: number) {
  const state = { drawn: 0, handled: 0, worst: 0 };
  function* items() {
    while (state.drawn < size) {
      const item = state.drawn++;
      state.worst = Math.max(state.worst, state.drawn - state.handled);
      yield item;
    }
  }
  return { state, source$: pullFrom({ [Symbol.iterator]: items }) };
}

/** Takes everything, as fast as it comes. */
function greedy<T>(next: (value: T) => void) {
  return new DemandSubscriber<T>({ start: (demand) => demand.request(Infinity), next });
}

function inVirtualTime(body: (scheduler: TestScheduler) => void): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run(() => {
    scheduler.maxFrames = Infinity;
    body(scheduler);
  });
}

describe('ReactiveX/rxjs', () => {
  it.each<[string, (source$: Observable<number>) => Observable<unknown>]>([
    ['delay', (source$) => source$.pipe(delay(3))],
    ['observeOn', (source$) => source$.pipe(observeOn(asyncScheduler))],
    ['concatMap', (source$) => source$.pipe(concatMap((n) => timer(1).pipe(map(() => n))))],
    ['mergeMap', (source$) => source$.pipe(mergeMap((n) => timer(3).pipe(map(() => n))))],
    ['zip', (source$) => zip(source$, interval(1))],
  ])('#71: no hidden unbounded buffer in %s', (_, pipeline) => {
    inVirtualTime(() => {
      const { state, source$ } = readAhead(2000);
      pipeline(source$).subscribe(greedy(() => state.handled++));
      afterwards(() => {
        expect(state.handled).toBe(2000);
        expect(state.worst).toBeLessThanOrEqual(WINDOW);
      });
    });
  });

  it('#1542, #3868: losslessPause stands in for pausableBuffered, and stops a source that can stop', () => {
    const paused$ = new Subject<boolean>();
    const { state, source$ } = readAhead(100);
    const seen: number[] = [];
    source$.pipe(losslessPause(paused$)).subscribe((value) => {
      seen.push(value);
      if (value === 9) paused$.next(true);
    });
    expect([seen.length, state.drawn]).toEqual([10, 10]);
    paused$.next(false);
    expect(seen).toEqual([...Array(100).keys()]);
  });

  it('#2342: concatMap over a big source reads ahead at most the window', () => {
    inVirtualTime(() => {
      const { state, source$ } = readAhead(10_000);
      source$.pipe(concatMap((n) => timer(1).pipe(map(() => n)))).subscribe(greedy(() => state.handled++));
      afterwards(() => {
        expect(state.handled).toBe(10_000);
        expect(state.worst).toBeLessThanOrEqual(WINDOW);
      });
    });
  });

  it('#4610: mergeMap with concurrency 2 over 10,000 items reads ahead at most the window', () => {
    inVirtualTime(() => {
      const { state, source$ } = readAhead(10_000);
      let running = 0;
      let most = 0;
      source$
        .pipe(
          mergeMap((n) => {
            most = Math.max(most, ++running);
            return timer(2).pipe(
              map(() => {
                running--;
                return n;
              }),
            );
          }, 2),
        )
        .subscribe(greedy(() => state.handled++));
      afterwards(() => {
        expect([state.handled, most]).toEqual([10_000, 2]);
        expect(state.worst).toBeLessThanOrEqual(WINDOW);
      });
    });
  });

  it('#4610: prefetch(4) narrows that for a plain subscriber', () => {
    inVirtualTime(() => {
      const { state, source$ } = readAhead(1000);
      source$
        .pipe(
          mergeMap((n) => timer(2).pipe(map(() => n)), 2),
          prefetch(4),
        )
        .subscribe(() => state.handled++);
      afterwards(() => {
        expect(state.handled).toBe(1000);
        expect(state.worst).toBeLessThanOrEqual(4);
      });
    });
  });

  it('#5297, #5492, #6857: for await reads a source that honours demand no further than prefetch ahead', async () => {
    const { state, source$ } = readAhead(1000);
    for await (const _ of toAsyncIterable(source$)) {
      state.handled++;
    }
    expect(state.handled).toBe(1000);
    expect(state.worst).toBeLessThanOrEqual(16 + 1);
  });

  it('#5297, #5492, #6857: for await over a source that cannot stop is bounded, and fails by name', async () => {
    const flood$ = new Subject<number>();
    const iterator = toAsyncIterable(flood$)[Symbol.asyncIterator]();
    const first = iterator.next();
    for (let i = 0; i < 100_000; i++) flood$.next(i);
    expect(await first).toEqual({ done: false, value: 0 });
    expect(flood$.observed).toBe(false);
    const drain = async () => {
      while (!(await iterator.next()).done);
    };
    await expect(drain()).rejects.toBeInstanceOf(OverflowError);
  });
});

describe('Reactive-Extensions/RxJS, pausableBuffered', () => {
  it('#249: the first value is kept where the stream begins paused', () => {
    const source$ = new Subject<number>();
    const paused$ = new BehaviorSubject(true);
    const seen: number[] = [];
    source$.pipe(losslessPause(paused$)).subscribe((value) => seen.push(value));
    for (const value of [1, 2, 3]) source$.next(value);
    paused$.next(false);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('#277: one value at a time, paused inside next and resumed later: each value once', () => {
    inVirtualTime(() => {
      const source$ = new BehaviorSubject(0);
      const paused$ = new BehaviorSubject(false);
      const seen: number[] = [];
      interval(5)
        .pipe(take(4))
        .subscribe((i) => source$.next(i + 1));
      source$.pipe(losslessPause(paused$)).subscribe((value) => {
        seen.push(value);
        paused$.next(true);
        timer(12).subscribe(() => paused$.next(false));
      });
      afterwards(() => expect(seen).toEqual([0, 1, 2, 3, 4]));
    });
  });

  it('#745: a first pause after a first value does not double that value', () => {
    const source$ = new Subject<number>();
    const paused$ = new Subject<boolean>();
    const seen: number[] = [];
    source$.pipe(losslessPause(paused$)).subscribe((value) => seen.push(value));
    source$.next(1);
    paused$.next(true);
    paused$.next(false);
    expect(seen).toEqual([1]);
  });

  it('#1014: how many values are kept has a bound, and keeping the newest two can be chosen', () => {
    const source$ = new Subject<number>();
    const paused$ = new BehaviorSubject(true);
    const bounded: unknown[] = [];
    source$
      .pipe(losslessPause(paused$, { capacity: 2 }))
      .subscribe({ error: (error) => bounded.push(error) });
    const newest: number[] = [];
    source$
      .pipe(losslessPause(paused$), boundedBuffer({ capacity: 2, overflow: 'dropOldest' }))
      .subscribe(new DemandSubscriber<number>({ next: (value) => newest.push(value) }));
    for (const value of [1, 2, 3]) source$.next(value);
    expect(bounded).toEqual([expect.any(OverflowError)]);
    const { log: two, consumer: slow } = recorder<number>();
    const hot$ = new Subject<number>();
    hot$.pipe(boundedBuffer({ capacity: 2, overflow: 'dropOldest' })).subscribe(slow);
    for (const value of [1, 2, 3, 4]) hot$.next(value);
    slow.request(5);
    expect(two).toEqual([3, 4]);
  });

  it('#1128: a second subscriber knows the state that paused$ holds', () => {
    const source$ = new Subject<number>();
    const paused$ = new BehaviorSubject(true);
    const piped$ = source$.pipe(losslessPause(paused$));
    const log: string[] = [];
    piped$.subscribe(() => log.push('first'));
    paused$.next(false);
    piped$.subscribe(() => log.push('second'));
    source$.next(0);
    expect(log).toEqual(['first', 'second']);
  });
});

describe('elsewhere', () => {
  it('nestjs/nest #1434, #12751, #12768: a slow writer gets each value of a hot source once, in order, bounded', () => {
    const rows$ = new Subject<number>();
    const written: number[] = [];
    const errors: unknown[] = [];
    let grant: (n: number) => void = () => {};
    toPublisher(rows$.pipe(boundedBuffer({ capacity: 50 }))).subscribe({
      onSubscribe: (subscription) => {
        grant = (n) => subscription.request(n);
      },
      onNext: (row) => written.push(row),
      onError: (error) => errors.push(error),
      onComplete: () => {},
    });
    let sent = 0;
    for (let drained = 0; drained < 20; drained++) {
      for (let i = 0; i < 5; i++) rows$.next(sent++);
      grant(5);
    }
    expect(written).toEqual([...Array(100).keys()]);
    for (let i = 0; i < 51; i++) rows$.next(sent++);
    expect(errors).toEqual([expect.objectContaining({ operator: 'boundedBuffer', capacity: 50 })]);
    expect(rows$.observed).toBe(false);
  });

  it('Stack Overflow 19414277: a page that a socket floods works on what it can, and counts what it leaves out', () => {
    inVirtualTime(() => {
      const messages$ = interval(1).pipe(take(1000));
      let dropped = 0;
      const painted: number[] = [];
      messages$.pipe(dropLatest({ onDrop: () => dropped++ })).subscribe(
        new DemandSubscriber<number>({
          start: (demand) => demand.request(1),
          next: (value, demand) => {
            painted.push(value);
            timer(16).subscribe(() => demand.request(1));
          },
        }),
      );
      afterwards(() => {
        expect(painted.length + dropped).toBe(1000);
        expect(painted.length).toBeGreaterThanOrEqual(58);
        expect(painted.length).toBeLessThanOrEqual(63);
        expect(painted).toEqual([...painted].sort((a, b) => a - b));
      });
    });
  });

  it('rx-flowable 0.1.2: values need no wrapper, and native operators keep the demand', async () => {
    const { state, source$ } = readAhead(1000);
    const sums: number[] = [];
    const work$ = source$.pipe(
      filter((n) => n % 2 === 0),
      scan((sum, n) => sum + n, 0),
      take(5),
    );
    await forEachWithDemand(work$, async (sum) => {
      expect(state.drawn).toBe(2 * sums.length + 1);
      sums.push(sum);
    });
    expect(sums).toEqual([0, 2, 6, 12, 20]);
  });
});

/** Runs `check` in virtual time, after everything. */
function afterwards(check: () => void): void {
  asyncScheduler.schedule(check, 1_000_000);
}
