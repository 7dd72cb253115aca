import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  concatMap,
  defer,
  EMPTY,
  map,
  merge,
  mergeMap,
  Observable,
  of,
  race,
  Subject,
  throwError,
  timer,
  zip,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  DemandObservable,
  type DemandSink,
  DemandSubscriber,
  OverflowError,
  prefetch,
  pullFrom,
  shareAs,
  shareWithDemand,
  tapDemand,
} from '../../src/index.js';
import { recorder, requesting } from '../recorder.js';
import { unhandledDuring } from '../unhandled.js';

/** Counts up, and what it was asked for. */
function counter() {
  const source = { asked: 0, subscribed: 0, released: 0, source$: new Observable<number>() };
  source.source$ = new DemandObservable<number>((sink) => {
    let value = 0;
    source.subscribed++;
    return {
      request: (n) => {
        source.asked += n;
        for (let i = 0; i < n && !sink.closed; i++) sink.next(value++);
      },
      unsubscribe: () => {
        source.released++;
      },
    };
  });
  return source;
}

describe('shareWithDemand', () => {
  it("holds everybody within the gap of the slowest, and gives each the same values, with 'slowest'", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 5 })), { maxLength: 40 }),
        (capacity, count, requests) => {
          const source = counter();
          const shared$ = source.source$.pipe(shareWithDemand({ capacity }));
          const subscribers = Array.from({ length: count }, () => {
            const { log: got, consumer: subscriber } = recorder<number>();
            shared$.subscribe(subscriber);
            return { got, subscriber, requested: 0 };
          });
          for (const [index, n] of requests) {
            const one = subscribers[index % count];
            if (one !== undefined) one.requested += n;
            one?.subscriber.request(n);
            const wanted = subscribers.map(({ requested }) => requested);
            const drawn = Math.min(Math.max(...wanted), Math.min(...wanted) + capacity);
            expect(source.asked).toBe(drawn);
            for (const { got, requested } of subscribers) {
              expect(got).toEqual(Array.from({ length: Math.min(requested, drawn) }, (_, value) => value));
            }
          }
          expect(source.subscribed).toBe(1);
          for (const { subscriber } of subscribers) subscriber.unsubscribe();
          expect(source.released).toBe(1);
        },
      ),
    );
  });

  it("asks for what the fastest wants, and drops for the others, each drop told once, with 'fastest'", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }),
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 5 })), { maxLength: 40 }),
        (capacity, requests) => {
          const source = counter();
          const shared$ = source.source$.pipe(shareWithDemand({ policy: 'fastest' }));
          const subscribers = [0, 1].map(() => {
            const got: number[] = [];
            const dropped: number[] = [];
            const subscriber = new DemandSubscriber<number>({ next: (value) => got.push(value) });
            shared$
              .pipe(shareAs('fastest', { capacity, onDrop: (value) => dropped.push(value) }))
              .subscribe(subscriber);
            return { got, dropped, subscriber, requested: 0 };
          });
          for (const [second, n] of requests) {
            for (const one of subscribers.slice(second ? 1 : 0).slice(0, 1)) {
              one.requested += n;
              one.subscriber.request(n);
            }
            subscribers.forEach(({ got, dropped, requested }) => {
              const waiting = source.asked - got.length - dropped.length;
              expect(waiting).toBeGreaterThanOrEqual(0);
              expect(waiting).toBeLessThanOrEqual(capacity);
              expect(got.length).toBeLessThanOrEqual(requested);
              expect(got).toEqual([...got].sort((a, b) => a - b));
            });
          }
          for (const { subscriber, got, dropped } of subscribers) {
            subscriber.unsubscribe();
            expect(new Set([...got, ...dropped]).size).toBe(got.length + dropped.length);
          }
        },
      ),
    );
  });

  it('lets nobody ahead of the slowest who asks from inside a delivery', () => {
    const subject = new Subject<number>();
    const shared$ = subject.pipe(shareWithDemand());
    const got: number[] = [];
    const eager = new DemandSubscriber<number>({
      next: (value, demand) => {
        got.push(value);
        demand.request(1);
      },
    });
    const slow = new DemandSubscriber<number>();
    shared$.subscribe(eager);
    shared$.subscribe(slow);
    eager.request(1);
    slow.request(3);
    for (let value = 0; value < 6; value++) subject.next(value);
    expect({ got, waits: slow.buffered }).toEqual({ got: [0, 1, 2], waits: 0 });
  });

  it('goes on for the others when the one that held them leaves', () => {
    const source = counter();
    const shared$ = source.source$.pipe(shareWithDemand());
    const got: number[] = [];
    const idle = new DemandSubscriber<number>();
    shared$.subscribe(idle);
    shared$.subscribe(
      new DemandSubscriber<number>({
        start: (demand) => demand.request(3),
        next: (value) => got.push(value),
      }),
    );
    expect(got).toEqual([]);
    idle.unsubscribe();
    expect(got).toEqual([0, 1, 2]);
  });

  it('subscribes anew after the ending, and after everybody has left, unless told not to', () => {
    for (const reset of [true, false]) {
      const options = { resetOnComplete: reset, resetOnError: reset, resetOnRefCountZero: reset };
      for (const ending of ['complete', 'error', 'leave'] as const) {
        let subscribed = 0;
        let subject = new Subject<number>();
        const shared$ = new Observable<number>((subscriber) => {
          subscribed++;
          subject = new Subject();
          return subject.subscribe(subscriber);
        }).pipe(shareWithDemand(options));
        const ignored = { error: () => {} };
        const first = shared$.subscribe(ignored);
        ({
          complete: () => subject.complete(),
          error: () => subject.error('x'),
          leave: () => first.unsubscribe(),
        })[ending]();
        const ends: string[] = [];
        shared$.subscribe({ error: () => ends.push('error'), complete: () => ends.push('complete') });
        expect(subscribed).toBe(reset ? 2 : 1);
        expect(ends).toEqual(reset || ending === 'leave' ? [] : [ending]);
      }
    }
  });

  it('does not give the value under way to who subscribes inside its delivery', () => {
    const shared$ = pullFrom([1, 2, 3]).pipe(shareWithDemand());
    const late: number[] = [];
    shared$.subscribe((value) => {
      if (value === 1) shared$.subscribe((other) => late.push(other));
    });
    expect(late).toEqual([2, 3]);
  });

  it('ends for all with an OverflowError when a source that cannot stop overflows', () => {
    const subject = new Subject<number>();
    const errors: unknown[] = [];
    const shared$ = subject.pipe(shareWithDemand());
    for (let i = 0; i < 2; i++) {
      shared$.subscribe(new DemandSubscriber<number>({ error: (error) => errors.push(error) }));
    }
    for (let i = 0; i <= 1024; i++) subject.next(i);
    expect(errors).toEqual([expect.any(OverflowError), expect.any(OverflowError)]);
    expect(subject.observed).toBe(false);
  });

  it('names what is wrong', () => {
    expect(() => shareWithDemand({ capacity: -1 })).toThrow(RangeError);
    expect(() => shareAs('fastest', { capacity: 0.5 })).toThrow(RangeError);
    expect(() => of(1).pipe(shareAs('fastest'))).toThrow(TypeError);
  });

  it('ends for that subscriber alone with what its onDrop throws', () => {
    const subject = new Subject<number>();
    const shared$ = subject.pipe(shareWithDemand());
    const throwing: unknown[] = [];
    const other: unknown[] = [];
    const onDrop = () => {
      throw 'mine';
    };
    shared$
      .pipe(shareAs('fastest', { onDrop }))
      .subscribe(new DemandSubscriber<number>({ error: (error) => throwing.push(error) }));
    shared$.subscribe({ next: (value) => other.push(value), error: (error) => other.push(error) });
    subject.next(1);
    subject.next(2);
    expect([throwing, other]).toEqual([['mine'], [1, 2]]);
  });

  it('tells of what its onDrop throws ahead of the values that wait for it, and where it has left, as unhandled', () => {
    const subject = new Subject<number>();
    const shared$ = subject.pipe(shareWithDemand());
    const onDrop = () => {
      throw 'mine';
    };
    const { log, consumer } = recorder<number>();
    shared$.pipe(shareAs('fastest', { capacity: 1, onDrop })).subscribe(consumer);
    const leaving = recorder<number>().consumer;
    const leave = () => {
      leaving.unsubscribe();
      throw 'its own';
    };
    shared$.pipe(shareAs('fastest', { onDrop: leave })).subscribe(leaving);
    const other = shared$.subscribe();
    expect(unhandledDuring(() => subject.next(1))).toEqual(['its own']);
    expect(log).toEqual([]);
    subject.next(2);
    expect(log).toEqual([{ error: 'mine' }]);
    other.unsubscribe();
  });

  it('lets no completion overtake, whatever errors says', () => {
    const subject = new Subject<number>();
    const { log, consumer } = recorder<number>();
    const shared$ = subject.pipe(shareWithDemand({ policy: 'fastest', capacity: 1 }));
    shared$.subscribe(consumer);
    shared$.subscribe();
    subject.next(1);
    subject.complete();
    expect(log).toEqual([]);
    consumer.request(1);
    expect(log).toEqual([1, '|']);
  });

  it.each([
    ['error', { resetOnError: false }],
    ['complete', { resetOnComplete: false }],
  ] as const)('remembers the one ending that it is told to keep, and not the other: %s', (kept, options) => {
    for (const ending of ['error', 'complete'] as const) {
      let subscribed = 0;
      const source$ = defer(() => {
        subscribed++;
        return ending === 'error' ? throwError(() => 'broken') : EMPTY;
      });
      const shared$ = source$.pipe(shareWithDemand(options));
      for (let i = 0; i < 2; i++) shared$.subscribe({ error: () => {} });
      expect([ending, subscribed]).toEqual([ending, ending === kept ? 1 : 2]);
    }
  });

  it('releases the source where the onDrop of the last to leave throws', () => {
    const subject = new Subject<number>();
    const onDrop = () => {
      throw 'mine';
    };
    const shared$ = subject.pipe(shareWithDemand({ policy: 'fastest', capacity: 1, onDrop }));
    const slow = new DemandSubscriber<number>();
    shared$.subscribe(slow);
    const fast = shared$.subscribe();
    subject.next(1);
    fast.unsubscribe();
    expect(unhandledDuring(() => slow.unsubscribe())).toEqual(['mine']);
    expect(subject.observed).toBe(false);
  });

  it('keeps for a late, slow subscriber no more than the gap and a step, whatever the others have asked for', () => {
    let asked = 0;
    let sent = 0;
    let sink: DemandSink<number> | undefined;
    const source$ = new DemandObservable<number>((given) => {
      sink = given;
      return {
        request: (n) => {
          asked += n;
        },
        unsubscribe() {},
      };
    });
    const shared$ = source$.pipe(shareWithDemand({ capacity: 4 }));
    shared$.subscribe();
    shared$.subscribe(new DemandSubscriber<number>({ start: (demand) => demand.request(10) }));
    while (sent < Math.min(asked, 10_000)) sink?.next(sent++);
    expect(sent).toBeLessThanOrEqual(10 + 4 + 16);
    expect(sent).toBeGreaterThanOrEqual(10 + 4);
  });

  it("lets an error overtake what waits for a subscriber with 'fastest', follow it with 'slowest', or as errors says", () => {
    for (const [policy, errors, overtakes] of [
      ['fastest', undefined, true],
      ['fastest', 'last', false],
      ['slowest', undefined, false],
      ['slowest', 'first', true],
    ] as const) {
      const subject = new Subject<number>();
      const shared$ = subject.pipe(shareWithDemand({ policy, capacity: 2, ...(errors && { errors }) }));
      const log: unknown[] = [];
      const slow = new DemandSubscriber<number>({
        next: (value) => log.push(value),
        error: (error) => log.push(error),
      });
      shared$.subscribe(slow);
      shared$.subscribe({ error: () => {} });
      subject.next(1);
      subject.error('broken');
      expect(log).toEqual(overtakes ? ['broken'] : []);
      slow.request(1);
      expect(log).toEqual(overtakes ? ['broken'] : [1, 'broken']);
    }
  });

  it('gives the same values to those who join in one subscription', () => {
    const shared$ = pullFrom(new Set([1, 2, 3])).pipe(shareWithDemand());
    const tenfold$ = shared$.pipe(map((n) => n * 10));
    const merged = requesting<number>(Infinity);
    const zipped = requesting<number[]>(Infinity);
    merge(shared$, tenfold$).subscribe(merged.consumer);
    zip(shared$, tenfold$).subscribe(zipped.consumer);
    expect(merged.log).toEqual([1, 10, 2, 20, 3, 30, '|']);
    expect(zipped.log).toEqual([[1, 10], [2, 20], [3, 30], '|']);
  });

  it.each<[string, (shared$: Observable<number>) => Observable<unknown>[]]>([
    ['one of them', ($) => [$, $.pipe(prefetch(2))]],
    ['one of them, twice', ($) => [$, $.pipe(prefetch(2), tapDemand())]],
    ['both', ($) => [$.pipe(prefetch(2)), $.pipe(prefetch(3))]],
    ['the one that was first', ($) => [$.pipe(tapDemand()), $]],
  ])(
    'gives the same values to those who join in one subscription, through operators of ours before %s',
    (_, join) => {
      const zipped$ = defer(() => zip(join(pullFrom(new Set([1, 2, 3])).pipe(shareWithDemand()))));
      new TestScheduler(() => undefined).run(() => {
        for (const $ of [
          zipped$,
          of(0).pipe(mergeMap(() => zipped$)),
          pullFrom([0]).pipe(concatMap(() => zipped$)),
        ]) {
          const { log, consumer } = requesting<unknown[]>(Infinity);
          $.subscribe(consumer);
          timer(1).subscribe(() => expect(log).toEqual([[1, 1], [2, 2], [3, 3], '|']));
        }
      });
    },
  );

  it('is subscribed to its source anew by the second to join, where the first has left before that, as share is', () => {
    const source = counter();
    const shared$ = source.source$.pipe(shareWithDemand());
    const { log, consumer } = recorder<number>();
    merge(race(shared$, EMPTY), shared$).subscribe(consumer);
    consumer.request(2);
    expect([log, source.subscribed]).toEqual([[0, 1], 2]);
  });

  it('tells onDrop once of what waits for all when the last one leaves', () => {
    const source$ = new Subject<number>();
    const dropped: [number, string][] = [];
    const shared$ = source$.pipe(
      shareWithDemand({ onDrop: (value, reason) => dropped.push([value, reason]) }),
    );
    const consumers = [recorder<number>().consumer, recorder<number>().consumer];
    for (const consumer of consumers) shared$.subscribe(consumer);
    source$.next(1);
    source$.next(2);
    consumers[0]?.unsubscribe();
    expect(dropped).toEqual([]);
    consumers[1]?.unsubscribe();
    expect(dropped).toEqual([
      [1, 'unsubscribed'],
      [2, 'unsubscribed'],
    ]);
  });
});
