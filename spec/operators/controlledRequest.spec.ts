import { describe, expect, it, jest } from '@jest/globals';
import { type Observable, of, Subject, throwError } from 'rxjs';
import { controlledRequest, DemandObservable, OverflowError, pullFrom } from '../../src/index.js';
import { recorder } from '../recorder.js';

describe('controlledRequest', () => {
  it('asks upstream for the smaller of the two demands that meet', () => {
    const asked: number[] = [];
    const source$ = new DemandObservable<number>(() => ({
      request: (n) => void asked.push(n),
      unsubscribe() {},
    }));
    const requests$ = new Subject<number>();
    const { consumer } = recorder<number>();
    source$.pipe(controlledRequest(requests$)).subscribe(consumer);
    const total = () => asked.reduce((sum, n) => sum + n, 0);
    consumer.request(3);
    expect(total()).toBe(0);
    requests$.next(5);
    expect(total()).toBe(3);
    consumer.request(1);
    expect(total()).toBe(4);
    consumer.request(10);
    expect(total()).toBe(5);
    requests$.next(Infinity);
    expect(total()).toBe(14);
  });

  it('adds requests up, as values come as before', () => {
    const requests$ = new Subject<number>();
    const { log, observer } = recorder<number>();
    pullFrom([1, 2, 3, 4, 5, 6]).pipe(controlledRequest(requests$)).subscribe(observer);
    requests$.next(2);
    requests$.next(1);
    expect(log).toEqual([1, 2, 3]);
    requests$.next(3);
    expect(log).toEqual([1, 2, 3, 4, 5, 6, '|']);
  });

  it('spends each demand once, when both come and go', () => {
    let drawn = 0;
    function* numbers() {
      for (;;) yield drawn++;
    }
    const requests$ = new Subject<number>();
    const { log, consumer } = recorder<number>();
    pullFrom(numbers()).pipe(controlledRequest(requests$)).subscribe(consumer);
    let allowed = 0;
    let requested = 0;
    for (const n of [3, -2, 1, -4, -1, 5, 2, -9]) {
      if (n > 0) {
        requests$.next(n);
        allowed += n;
      } else {
        consumer.request(-n);
        requested -= n;
      }
      expect(log).toHaveLength(Math.min(allowed, requested));
      expect(drawn).toBe(log.length);
    }
  });

  it('takes a request that requests$ makes from inside next', () => {
    const requests$ = new Subject<number>();
    const log: number[] = [];
    pullFrom([1, 2, 3])
      .pipe(controlledRequest(requests$))
      .subscribe((value) => {
        log.push(value);
        if (value < 3) requests$.next(1);
      });
    requests$.next(1);
    expect(log).toEqual([1, 2, 3]);
  });

  it('takes requests that requests$ emits while it is subscribed to', () => {
    const { log, observer } = recorder<number>();
    pullFrom([1, 2, 3])
      .pipe(controlledRequest(of(1, 1)))
      .subscribe(observer);
    expect(log).toEqual([1, 2]);
  });

  it('ends with the error of requests$ at once, and releases the source', () => {
    const released = jest.fn();
    const requests$ = new Subject<number>();
    const { log, observer } = recorder<number>();
    new DemandObservable<number>(() => ({ request() {}, unsubscribe: released }))
      .pipe(controlledRequest(requests$))
      .subscribe(observer);
    requests$.next(1);
    requests$.error(undefined);
    expect(log).toEqual([{ error: undefined }]);
    expect(released).toHaveBeenCalledTimes(1);
  });

  it('ends with the error of a requests$ that fails at once, without leaving the source subscribed', () => {
    const source$ = new Subject<number>();
    const { log, observer } = recorder<number>();
    source$.pipe(controlledRequest(throwError(() => 'broken'))).subscribe(observer);
    expect(log).toEqual([{ error: 'broken' }]);
    expect(source$.observed).toBe(false);
  });

  it('goes on with what was allowed when requests$ completes', () => {
    const requests$ = new Subject<number>();
    const source$ = new Subject<number>();
    const { log, observer } = recorder<number>();
    source$.pipe(controlledRequest(requests$)).subscribe(observer);
    requests$.next(2);
    requests$.complete();
    for (const value of [1, 2, 3]) source$.next(value);
    expect(log).toEqual([1, 2]);
    source$.complete();
    expect(log).toEqual([1, 2]);
  });

  it.each([0, -1, 1.5, Number.NaN, '1'])('ends with a RangeError where requests$ emits %p', (n) => {
    const requests$ = new Subject<number>();
    const source$ = new Subject<number>();
    const { log, observer } = recorder<number>();
    source$.pipe(controlledRequest(requests$)).subscribe(observer);
    requests$.next(n as number);
    expect(log).toEqual([{ error: expect.any(RangeError) }]);
    expect([source$.observed, requests$.observed]).toEqual([false, false]);
  });

  it('leaves requests$ when the stream ends or the consumer leaves', () => {
    const requests$ = new Subject<number>();
    pullFrom([1]).pipe(controlledRequest(requests$)).subscribe();
    expect(requests$.observed).toBe(true);
    requests$.next(1);
    expect(requests$.observed).toBe(false);
    const { consumer } = recorder<number>();
    pullFrom([1]).pipe(controlledRequest(requests$)).subscribe(consumer);
    expect(requests$.observed).toBe(true);
    consumer.unsubscribe();
    expect(requests$.observed).toBe(false);
  });

  it('gives each subscription demand of its own', () => {
    const requests$ = new Subject<number>();
    const controlled$ = pullFrom([1, 2, 3]).pipe(controlledRequest(requests$));
    const first = recorder<number>();
    controlled$.subscribe(first.observer);
    requests$.next(2);
    const second = recorder<number>();
    controlled$.subscribe(second.observer);
    requests$.next(1);
    expect([first.log, second.log]).toEqual([[1, 2, 3, '|'], [1]]);
  });

  it('keeps capacity values of a source without demand, then ends with an OverflowError that carries them', () => {
    const source$ = new Subject<number>();
    const { log, observer } = recorder<number>();
    source$.pipe(controlledRequest(new Subject<number>(), { capacity: 2 })).subscribe(observer);
    for (const value of [1, 2, 3, 4]) source$.next(value);
    expect(log).toEqual([{ error: expect.any(OverflowError) }]);
    expect(log).toEqual([
      { error: expect.objectContaining({ operator: 'controlledRequest', capacity: 2, values: [1, 2, 3] }) },
    ]);
  });

  it.each([-1, 1.5, Number.NaN, '1'])('refuses capacity %p where it is written', (capacity) => {
    expect(() => controlledRequest(of(1), { capacity: capacity as number })).toThrow(/capacity/);
  });

  it('ends with an error where requests$ is no Observable, and releases the source', () => {
    const source$ = new Subject<number>();
    const { log, observer } = recorder<number>();
    const pipe = () => source$.pipe(controlledRequest({} as Observable<number>)).subscribe(observer);
    try {
      pipe();
    } catch (error) {
      observer.error(error);
    }
    expect(log).toEqual([{ error: expect.objectContaining({ name: 'TypeError' }) }]);
    expect(source$.observed).toBe(false);
  });
});
