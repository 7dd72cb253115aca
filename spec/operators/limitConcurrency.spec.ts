import { describe, expect, it } from '@jest/globals';
import { defer, EMPTY, NEVER, type Observable, of, Subject } from 'rxjs';
import {
  DemandObservable,
  type DemandSink,
  DemandSubscriber,
  limitConcurrency,
  pullFrom,
  Semaphore,
} from '../../src/index.js';
import { DemandProbe } from '../../src/testing/index.js';
import { unhandledDuring } from '../unhandled.js';

const MANY = Number(process.env['MANY'] ?? 100_000);

describe('limitConcurrency', () => {
  it('shares the permits of one semaphore between streams, in turn', () => {
    const semaphore = new Semaphore(1);
    const order: string[] = [];
    let end = () => {};
    for (const name of ['a', 'b']) {
      pullFrom([1, 2, 3])
        .pipe(
          limitConcurrency(semaphore, () => {
            const work = new Subject<string>();
            end = () => {
              work.next(name);
              work.complete();
            };
            return work;
          }),
        )
        .subscribe((result) => order.push(result));
    }
    for (let i = 0; i < 6; i++) {
      expect(semaphore.available).toBe(0);
      end();
    }
    let lead = 0;
    for (const name of order) {
      lead += name === 'a' ? 1 : -1;
      expect(Math.abs(lead)).toBeLessThanOrEqual(1);
    }
    expect(order.length).toBe(6);
    expect(semaphore.available).toBe(1);
  });

  it('keeps its turn between streams whose work ends at once', () => {
    const semaphore = new Semaphore(1);
    const order: string[] = [];
    const slow$ = new Subject<string>();
    pullFrom([slow$, of('slow'), of('slow')])
      .pipe(limitConcurrency(semaphore, (work$) => work$))
      .subscribe((result) => order.push(result));
    pullFrom([1, 2, 3])
      .pipe(limitConcurrency(semaphore, () => of('quick')))
      .subscribe((result) => order.push(result));
    slow$.next('slow');
    slow$.complete();
    expect(order).toEqual(['slow', 'quick', 'slow', 'quick', 'slow', 'quick']);
  });

  it('leaves the line for a permit when unsubscribed from', () => {
    const semaphore = new Semaphore(1);
    const worked: number[] = [];
    const work = (value: number) => {
      worked.push(value);
      return NEVER;
    };
    const hot$ = new Subject<number>();
    const waits = hot$.pipe(limitConcurrency(semaphore, work)).subscribe();
    const held = semaphore.tryAcquire();
    hot$.next(1);
    const asks = pullFrom([2]).pipe(limitConcurrency(semaphore, work)).subscribe();
    waits.unsubscribe();
    asks.unsubscribe();
    held?.();
    expect([worked, semaphore.available]).toEqual([[], 1]);
  });

  it('gives the permit of a promise back when that settles, though its work unsubscribed from the stream', async () => {
    const semaphore = new Semaphore(1);
    let settle = () => {};
    const consumer = new DemandSubscriber<void>({ start: (demand) => demand.request(1) });
    pullFrom([1])
      .pipe(
        limitConcurrency(semaphore, () => {
          consumer.unsubscribe();
          return new Promise<void>((resolve) => {
            settle = resolve;
          });
        }),
      )
      .subscribe(consumer);
    await Promise.resolve();
    expect(semaphore.available).toBe(0);
    settle();
    await Promise.resolve();
    await Promise.resolve();
    expect(semaphore.available).toBe(1);
  });

  it('subscribes to no work that unsubscribed from the stream', () => {
    const semaphore = new Semaphore(1);
    let subscribed = false;
    const consumer = new DemandSubscriber<never>({ start: (demand) => demand.request(1) });
    pullFrom([1])
      .pipe(
        limitConcurrency(semaphore, () => {
          consumer.unsubscribe();
          return defer(() => {
            subscribed = true;
            return NEVER;
          });
        }),
      )
      .subscribe(consumer);
    expect([subscribed, semaphore.available]).toEqual([false, 1]);
  });

  it('asks for a few values at a time where permits are unlimited', () => {
    const asked: number[] = [];
    const source$ = new DemandObservable<number>(() => ({
      request: (n) => {
        asked.push(n);
        // Instead of a test that never ends.
        if (asked.length > 100) throw 'too many requests';
      },
      unsubscribe() {},
    }));
    const errors: unknown[] = [];
    source$
      .pipe(limitConcurrency(new Semaphore(Infinity), (value) => of(value)))
      .subscribe({ error: (error) => errors.push(error) });
    expect(errors).toEqual([]);
    expect(asked.reduce((sum, n) => sum + n)).toBe(16);
    const results: number[] = [];
    of(1, 2, 3)
      .pipe(limitConcurrency(new Semaphore(Infinity), (value) => of(value)))
      .subscribe((result) => results.push(result));
    expect(results).toEqual([1, 2, 3]);
  });

  it('does not hold a permit while its source is idle', () => {
    const semaphore = new Semaphore(1);
    const idle = NEVER.pipe(limitConcurrency(semaphore, () => NEVER)).subscribe();
    expect(semaphore.available).toBe(1);
    idle.unsubscribe();
  });

  it('does a hundred thousand jobs that end at once, in two streams, on a flat stack', () => {
    const semaphore = new Semaphore(1);
    let results = 0;
    for (let stream = 0; stream < 2; stream++) {
      pullFrom(new Array<number>(MANY).fill(1))
        .pipe(limitConcurrency(semaphore, (value) => of(value)))
        .subscribe((value) => {
          results += value;
        });
    }
    expect(results).toBe(2 * MANY);
    expect(semaphore.available).toBe(1);
  });

  it('asks for another value where work ends without a result', () => {
    const results: number[] = [];
    pullFrom([1, 2, 3, 4])
      .pipe(limitConcurrency(new Semaphore(1), (value) => (value % 2 === 0 ? of(value) : EMPTY)))
      .subscribe(
        new DemandSubscriber<number>({
          start: (demand) => demand.request(2),
          next: (value) => results.push(value),
        }),
      );
    expect(results).toEqual([2, 4]);
  });

  it('aborts the signal when unsubscribed from, and keeps the permit until the promise has settled', async () => {
    const semaphore = new Semaphore(1);
    let settle = () => {};
    let signal: AbortSignal | undefined;
    const subscription = pullFrom([1])
      .pipe(
        limitConcurrency(semaphore, (_, given) => {
          signal = given;
          return new Promise<void>((resolve) => {
            settle = resolve;
          });
        }),
      )
      .subscribe();
    subscription.unsubscribe();
    expect([signal?.aborted, semaphore.available]).toEqual([true, 0]);
    settle();
    await Promise.resolve();
    await Promise.resolve();
    expect(semaphore.available).toBe(1);
  });

  it('gives the permit back when work throws', () => {
    const semaphore = new Semaphore(1);
    const errors: unknown[] = [];
    pullFrom([1])
      .pipe(
        limitConcurrency(semaphore, () => {
          throw 'broken';
        }),
      )
      .subscribe({ error: (error) => errors.push(error) });
    expect([errors, semaphore.available]).toEqual([['broken'], 1]);
  });

  it('gives the permit back after work that answers with a string', () => {
    const semaphore = new Semaphore(1);
    const results: string[] = [];
    of(1)
      .pipe(limitConcurrency(semaphore, () => 'abc'))
      .subscribe((result) => results.push(result));
    expect([results, semaphore.available]).toEqual([['c'], 1]);
  });

  it('asks for more once others have given permits back', () => {
    const semaphore = new Semaphore(3);
    const held = [semaphore.tryAcquire(), semaphore.tryAcquire()];
    const asked: number[] = [];
    let sink: DemandSink<number> | undefined;
    new DemandObservable<number>((given) => {
      sink = given;
      return { request: (n) => void asked.push(n), unsubscribe() {} };
    })
      .pipe(limitConcurrency(semaphore, () => NEVER))
      .subscribe();
    expect(asked).toEqual([1]);
    for (const release of held) release?.();
    sink?.next(1);
    expect(asked).toEqual([1, 2]);
  });

  it('asks again when a permit comes back, though the one before it asked while it was held', () => {
    const last$ = new Subject<string>();
    const first$ = new Subject<string>();
    const works = [last$, first$, of('at once'), NEVER, NEVER, NEVER];
    let begun = 0;
    pullFrom(works)
      .pipe(
        limitConcurrency(new Semaphore(2), (work$) => {
          begun++;
          return work$;
        }),
      )
      .subscribe(
        new DemandSubscriber<string>({
          start: (demand) => demand.request(2),
          next: (result, demand) => {
            if (result === 'last') demand.request(1);
            if (result === 'at once') demand.request(Infinity);
          },
        }),
      );
    for (const [work$, result] of [
      [first$, 'first'],
      [last$, 'last'],
    ] as const) {
      work$.next(result);
      work$.complete();
    }
    expect(begun).toBe(5);
  });

  it('lets no result that came later overtake one, though its work got the permit of the other', () => {
    const first$ = new Subject<string>();
    const works: Observable<string>[] = [of('at once'), first$, NEVER, of('second')];
    const results: string[] = [];
    const consumer = new DemandSubscriber<string>({
      next: (result, demand) => {
        results.push(result);
        if (result === 'at once') demand.request(5);
      },
    });
    const source$ = new Subject<Observable<string>>();
    source$.pipe(limitConcurrency(new Semaphore(2), (result$) => result$)).subscribe(consumer);
    for (const work$ of works.slice(0, 3)) source$.next(work$);
    consumer.request(1);
    for (const work$ of works.slice(3)) source$.next(work$);
    first$.next('first');
    first$.complete();
    expect(results).toEqual(['at once', 'first', 'second']);
  });

  describe('onDrop', () => {
    /** Values 1 to 4 of a source that cannot stop: 1 and 2 are worked on, 3 waits for a permit, 4 for a request. */
    function busy(onDrop: (value: number, reason: string) => void) {
      const semaphore = new Semaphore(2);
      const source$ = new Subject<number>();
      const works: Subject<number>[] = [];
      const signals: AbortSignal[] = [];
      const consumer = new DemandProbe<number>();
      source$
        .pipe(
          limitConcurrency(
            semaphore,
            (_, signal) => {
              const work = new Subject<number>();
              works.push(work);
              signals.push(signal);
              return work;
            },
            { onDrop },
          ),
        )
        .subscribe(consumer);
      consumer.request(2);
      for (const value of [1, 2, 3, 4]) source$.next(value);
      return { semaphore, source$, works, signals, consumer };
    }

    it('sees each value that waits or is worked on when downstream leaves, once, and none whose work has ended', () => {
      const dropped: [number, string][] = [];
      const { semaphore, works, consumer } = busy((value, reason) => dropped.push([value, reason]));
      works[0]?.complete();
      expect(dropped).toEqual([]);
      consumer.unsubscribe();
      expect(dropped.sort()).toEqual([2, 3, 4].map((value) => [value, 'unsubscribed']));
      works[1]?.complete();
      expect([dropped.length, semaphore.available]).toEqual([3, 2]);
    });

    it('sees those beside a value whose work fails, and not that one', () => {
      const dropped: number[] = [];
      const { works, consumer } = busy((value) => dropped.push(value));
      works[1]?.error('broken');
      expect(dropped.sort()).toEqual([1, 3, 4]);
      expect(consumer.received).toEqual([{ error: 'broken' }]);
    });

    it('that throws is reported as unhandled, and frees every permit all the same', () => {
      const { semaphore, signals, consumer } = busy(() => {
        throw 'dropping';
      });
      expect(unhandledDuring(() => consumer.unsubscribe()).length).toBeGreaterThan(0);
      expect([semaphore.available, signals.every(({ aborted }) => aborted)]).toEqual([2, true]);
    });
  });
});
