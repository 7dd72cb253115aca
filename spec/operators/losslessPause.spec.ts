import { describe, expect, it, jest } from '@jest/globals';
import { asyncScheduler, BehaviorSubject, map, type Observable, of, Subject, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  DemandObservable,
  type DemandSink,
  losslessPause,
  OverflowError,
  pullFrom,
  tapDemand,
} from '../../src/index.js';
import { recorder } from '../recorder.js';

describe('losslessPause', () => {
  it.each<[string, (values: number[]) => { source$: Observable<number>; go(): void }]>([
    ['a source that honours demand', (values) => ({ source$: pullFrom(values), go() {} })],
    [
      'a source that cannot stop',
      (values) => {
        const source$ = new Subject<number>();
        return { source$, go: () => values.forEach((value) => void source$.next(value)) };
      },
    ],
  ])('a pause made inside next stops after that value: %s', (_, make) => {
    const paused$ = new BehaviorSubject(false);
    const { source$, go } = make([1, 2, 3, 4]);
    const log: number[] = [];
    source$.pipe(losslessPause(paused$)).subscribe((value) => {
      log.push(value);
      paused$.next(true);
    });
    go();
    expect(log).toEqual([1]);
    paused$.next(false);
    expect(log).toEqual([1, 2]);
    paused$.next(false);
    paused$.next(false);
    expect(log).toEqual([1, 2, 3, 4]);
  });

  it('a pause and a resume both made inside next lose and double nothing', () => {
    const paused$ = new BehaviorSubject(false);
    const { log, observer } = recorder<number>();
    pullFrom([1, 2, 3, 4, 5])
      .pipe(losslessPause(paused$))
      .subscribe({
        ...observer,
        next: (value) => {
          paused$.next(true);
          paused$.next(false);
          observer.next(value);
        },
      });
    expect(log).toEqual([1, 2, 3, 4, 5, '|']);
  });

  it('keeps a value that is emitted from inside next behind those that wait', () => {
    const source$ = new Subject<number>();
    const paused$ = new BehaviorSubject(true);
    const log: number[] = [];
    source$.pipe(losslessPause(paused$)).subscribe((value) => {
      log.push(value);
      if (value === 1) source$.next(100);
    });
    for (const value of [1, 2, 3]) source$.next(value);
    paused$.next(false);
    expect(log).toEqual([1, 2, 3, 100]);
  });

  it('asks a source that honours demand for nothing while paused, and for the rest afterwards', () => {
    let drawn = 0;
    function* numbers() {
      while (drawn < 100) yield drawn++;
    }
    const paused$ = new BehaviorSubject(true);
    const { log, consumer } = recorder<number>();
    pullFrom(numbers()).pipe(losslessPause(paused$)).subscribe(consumer);
    consumer.request(5);
    expect([drawn, log]).toEqual([0, []]);
    paused$.next(false);
    expect([drawn, log]).toEqual([5, [0, 1, 2, 3, 4]]);
    paused$.next(true);
    consumer.request(30);
    expect(drawn).toBe(5);
    paused$.next(false);
    expect([drawn, log.length]).toEqual([35, 35]);
  });

  it('asks no more than downstream wants, and steps of 16, also of a source that answers later', () => {
    const asked: number[] = [];
    let sink: DemandSink<number> | undefined;
    const source$ = new DemandObservable<number>((given) => {
      sink = given;
      return { request: (n) => void asked.push(n), unsubscribe() {} };
    });
    const paused$ = new Subject<boolean>();
    const { log, consumer } = recorder<number>();
    source$.pipe(losslessPause(paused$)).subscribe(consumer);
    const total = () => asked.reduce((sum, n) => sum + n, 0);
    consumer.request(20);
    expect(total()).toBe(16);
    paused$.next(true);
    for (let value = 0; value < 16; value++) sink?.next(value);
    expect([total(), log]).toEqual([16, []]);
    paused$.next(false);
    expect(log).toEqual([...Array(16).keys()]);
    expect(total()).toBe(20);
    for (let value = 16; value < 20; value++) sink?.next(value);
    expect(log).toEqual([...Array(20).keys()]);
    expect(total()).toBe(20);
  });

  it('counts what is on its way once, through any number of pauses', () => {
    const asked: number[] = [];
    const source$ = new DemandObservable<number>(() => ({
      request: (n) => void asked.push(n),
      unsubscribe() {},
    }));
    const paused$ = new Subject<boolean>();
    const { consumer } = recorder<number>();
    source$.pipe(losslessPause(paused$)).subscribe(consumer);
    consumer.request(10);
    for (let i = 0; i < 5; i++) {
      paused$.next(true);
      paused$.next(true);
      paused$.next(false);
      paused$.next(false);
    }
    expect(asked.reduce((sum, n) => sum + n, 0)).toBe(10);
  });

  it.each([['complete'], ['error']] as const)('lets %s wait for the values that wait', (ending) => {
    const source$ = new Subject<unknown>();
    const paused$ = new BehaviorSubject(true);
    const { log, observer } = recorder<unknown>();
    source$.pipe(losslessPause(paused$)).subscribe(observer);
    source$.next(undefined);
    source$.next(2);
    source$[ending](undefined);
    expect(log).toEqual([]);
    paused$.next(false);
    expect(log).toEqual([undefined, 2, ending === 'complete' ? '|' : { error: undefined }]);
    expect(paused$.observed).toBe(false);
  });

  it("lets an error overtake what waits where errors is 'first', and reports that as dropped", () => {
    const source$ = new Subject<number>();
    const onDrop = jest.fn<(value: number, reason: string) => void>();
    const { log, observer } = recorder<number>();
    source$.pipe(losslessPause(new BehaviorSubject(true), { errors: 'first', onDrop })).subscribe(observer);
    source$.next(1);
    source$.error('broken');
    expect(log).toEqual([{ error: 'broken' }]);
    expect(onDrop).toHaveBeenCalledTimes(1);
    expect(onDrop.mock.calls[0]?.[0]).toBe(1);
  });

  it('ends at once with an error of paused$, paused or not, and releases the source', () => {
    for (const paused of [false, true]) {
      const source$ = new Subject<number>();
      const paused$ = new BehaviorSubject(paused);
      const { log, observer } = recorder<number>();
      source$.pipe(losslessPause(paused$)).subscribe(observer);
      source$.next(1);
      paused$.error(undefined);
      expect(log).toEqual([...(paused ? [] : [1]), { error: undefined }]);
      expect(source$.observed).toBe(false);
    }
    const source$ = new Subject<number>();
    const { log, observer } = recorder<number>();
    source$.pipe(losslessPause(throwError(() => 'broken'))).subscribe(observer);
    expect([log, source$.observed]).toEqual([[{ error: 'broken' }], false]);
  });

  it('stays as it is when paused$ completes', () => {
    const running = recorder<number>();
    pullFrom([1, 2])
      .pipe(losslessPause(of(false)))
      .subscribe(running.observer);
    expect(running.log).toEqual([1, 2, '|']);
    const pausing = recorder<number>();
    pullFrom([1, 2])
      .pipe(losslessPause(of(true)))
      .subscribe(pausing.observer);
    expect(pausing.log).toEqual([]);
  });

  it('keeps the state of each subscription apart', () => {
    const source$ = new Subject<number>();
    const paused$ = new BehaviorSubject(true);
    const piped$ = source$.pipe(losslessPause(paused$));
    const first = recorder<number>();
    const second = recorder<number>();
    const subscription = piped$.subscribe(first.observer);
    source$.next(1);
    piped$.subscribe(second.observer);
    source$.next(2);
    subscription.unsubscribe();
    paused$.next(false);
    expect([first.log, second.log]).toEqual([[], [2]]);
  });

  it('ends with an OverflowError that carries what waited, once more than capacity do', () => {
    const source$ = new Subject<number>();
    const { log, observer } = recorder<number>();
    source$.pipe(losslessPause(new BehaviorSubject(true), { capacity: 2 })).subscribe(observer);
    for (const value of [1, 2, 3, 4]) source$.next(value);
    expect(log).toEqual([
      { error: expect.objectContaining({ operator: 'losslessPause', capacity: 2, values: [1, 2, 3] }) },
    ]);
    expect((log[0] as { error: unknown }).error).toBeInstanceOf(OverflowError);
    expect(source$.observed).toBe(false);
  });

  it('goes on over asynchronous operators without loss while pauses come and go', () => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    scheduler.run(({ cold }) => {
      const paused$ = cold<boolean>('-ft-f-t--ft---f--tf----tf', { t: true, f: false });
      const source$ = new DemandObservable<number>((sink) => {
        let value = 0;
        return {
          request: (n) => {
            asyncScheduler.schedule(() => {
              for (let i = 0; i < n && !sink.closed; i++) {
                sink.next(value++);
                if (value === 200) sink.complete();
              }
            }, 1);
          },
          unsubscribe() {},
        };
      });
      const { log, observer } = recorder<number>();
      source$
        .pipe(
          map((n) => n),
          losslessPause(paused$),
        )
        .subscribe(observer);
      scheduler.schedule(() => expect(log).toEqual([...Array(200).keys(), '|']), 500);
    });
  });

  it.each([-1, 1.5, Number.NaN, '1'])('refuses capacity %p where it is written', (capacity) => {
    expect(() => losslessPause(of(true), { capacity: capacity as number })).toThrow(/capacity/);
  });

  it('hands each request on at once while what was requested fits into a step', () => {
    const asked: number[] = [];
    const { consumer } = recorder<number>();
    new DemandObservable<number>(() => ({ request: (n) => void asked.push(n), unsubscribe() {} }))
      .pipe(losslessPause(of(false)))
      .subscribe(consumer);
    for (const n of [1, 1, 2]) consumer.request(n);
    expect(asked).toEqual([1, 1, 2]);
  });

  it('asks for nothing twice where it is told to go on while it does', () => {
    const paused$ = new BehaviorSubject(false);
    const asked: number[] = [];
    const { consumer } = recorder<number>();
    new DemandObservable<number>(() => ({ request: (n) => void asked.push(n), unsubscribe() {} }))
      .pipe(tapDemand({ request: (n) => asked.push(n) }), losslessPause(paused$))
      .subscribe(consumer);
    consumer.request(3);
    paused$.next(false);
    expect(asked).toEqual([3, 3]);
  });

  it('ends with an error of the notifier also while the completion waits behind values', () => {
    const { log, consumer } = recorder<number>();
    const paused$ = new BehaviorSubject(true);
    const dropped: number[] = [];
    of(1)
      .pipe(losslessPause(paused$, { onDrop: (value) => dropped.push(value) }))
      .subscribe(consumer);
    consumer.request(1);
    paused$.error('the notifier');
    expect({ log, dropped }).toEqual({ log: [{ error: 'the notifier' }], dropped: [1] });
  });
});
