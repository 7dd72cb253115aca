import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concatAll, concatMap, mergeMap, Observable, of, Subject, take, toArray, windowCount } from 'rxjs';
import { DemandSubscriber, pullFrom, tapDemand, windowWithCount } from 'rxjs-backpressure';
import { DemandProbe } from 'rxjs-backpressure/testing';
import { unhandledDuring } from '../unhandled.js';

describe('windowWithCount', () => {
  it('makes the windows of the native windowCount, whatever is requested', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { maxLength: 20 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        (values, count, step) => {
          const windows: number[][] = [];
          const subscriber = new DemandSubscriber<number[]>({
            start: (demand) => demand.request(step),
            next: (window) => windows.push(window),
          });
          pullFrom(values)
            .pipe(
              windowWithCount(count),
              concatMap((window$) => window$.pipe(toArray())),
            )
            .subscribe(subscriber);
          while (!subscriber.closed) {
            expect(windows.length).toBeLessThanOrEqual(values.length);
            subscriber.request(step);
          }
          const native: number[][] = [];
          of(...values)
            .pipe(
              windowCount(count),
              mergeMap((window$) => window$.pipe(toArray())),
            )
            .subscribe((window) => native.push(window));
          // The native operator opens a window before it knows of a value for it.
          expect(windows).toEqual(native.filter((window) => window.length > 0));
        },
      ),
    );
  });

  it('releases the source when both the stream and the open window are unsubscribed from', () => {
    let released = 0;
    const source$ = new Observable<number>((subscriber) => {
      subscriber.next(1);
      return () => released++;
    });
    const windows: Observable<number>[] = [];
    const outer = new DemandSubscriber<Observable<number>>({
      start: (demand) => demand.request(1),
      next: (window$) => windows.push(window$),
    });
    source$.pipe(windowWithCount(2)).subscribe(outer);
    const inner = windows.map((window$) => window$.subscribe());
    outer.unsubscribe();
    expect(released).toBe(0);
    for (const subscription of inner) {
      subscription.unsubscribe();
    }
    expect({ released, windows: inner.length }).toEqual({ released: 1, windows: 1 });
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity])('throws a RangeError for a count of %d', (count) => {
    expect(() => windowWithCount(count)).toThrow(RangeError);
  });

  it('releases the source when the stream is left and nobody has come for the open window, which then fails', () => {
    const source$ = new Subject<number>();
    const windows: Observable<number>[] = [];
    source$.pipe(windowWithCount(3), take(1)).subscribe((window$) => windows.push(window$));
    source$.next(1);
    expect(source$.observed).toBe(false);
    const late: unknown[] = [];
    windows[0]?.subscribe({ next: (value) => late.push(value), error: (error) => late.push(error) });
    expect(late).toEqual([new Error('windowWithCount: the stream of windows was left')]);
  });

  it('gives a second subscriber of a window an error, and goes on for the first', () => {
    const source$ = new Subject<number>();
    const log: unknown[] = [];
    source$.pipe(windowWithCount(2)).subscribe((window$) => {
      window$.subscribe((value) => log.push(value));
      window$.subscribe({ error: (error) => log.push(error.message) });
    });
    source$.next(1);
    source$.next(2);
    expect(log).toEqual([1, 'windowWithCount: a window takes one subscriber', 2]);
  });

  it('tells an error after the values that wait in a window, to who takes the windows one after the other too', () => {
    const source$ = new Subject<number>();
    const log: unknown[] = [];
    const consumer = new DemandSubscriber<number>({
      next: (value) => log.push(value),
      error: (error) => log.push(error),
    });
    source$.pipe(windowWithCount(2), concatAll()).subscribe(consumer);
    source$.next(1);
    source$.error('the source');
    expect(log).toEqual([]);
    consumer.request(1);
    expect(log).toEqual([1, 'the source']);
  });

  it('opens the next window once one has all its values, though nobody has subscribed to it', () => {
    const consumer = new DemandProbe<Observable<number>>();
    pullFrom([1, 2, 3]).pipe(windowWithCount(1)).subscribe(consumer);
    consumer.request(2);
    expect(consumer.values.length).toBe(2);
    const values: number[] = [];
    for (const window$ of consumer.values) window$.subscribe((value) => values.push(value));
    expect(values).toEqual([1, 2]);
    consumer.unsubscribe();
  });

  it('asks for no more than what opens the next window where one is left at its last value', () => {
    const values$ = new Subject<number>();
    const windows: Observable<number>[] = [];
    values$.pipe(windowWithCount(2)).subscribe(
      new DemandSubscriber<Observable<number>>({
        start: (demand) => demand.request(3),
        next: (window$) => windows.push(window$),
      }),
    );
    values$.next(0);
    windows[0]?.pipe(take(2)).subscribe();
    for (const value of [1, 2, 3]) values$.next(value);
    const late: number[] = [];
    windows[1]?.subscribe((value) => late.push(value));
    expect(late).toEqual([2, 3]);
  });

  it('asks for what opens a window only where one is requested', () => {
    let asked = 0;
    const request = (n: number) => {
      asked += n;
    };
    const consumer = new DemandProbe<Observable<number>>();
    pullFrom([1, 2, 3, 4, 5]).pipe(tapDemand({ request }), windowWithCount(2)).subscribe(consumer);
    expect(asked).toBe(0);
    for (const all of [2, 4]) {
      consumer.request(1);
      consumer.values.at(-1)?.subscribe();
      expect(asked).toBe(all);
    }
    consumer.unsubscribe();
  });

  it('tells an error in the open window, before the stream of windows', () => {
    const source$ = new Subject<number>();
    const log: unknown[] = [];
    const tell = (who: string) => ({ error: (error: unknown) => log.push([who, error]) });
    source$.pipe(windowWithCount(2)).subscribe({
      next: (window$) => window$.subscribe(tell('window')),
      ...tell('stream'),
    });
    source$.next(1);
    source$.error('the source');
    expect(log).toEqual([
      ['window', 'the source'],
      ['stream', 'the source'],
    ]);
  });

  it('tells onDrop of what waits in a window that is left, and of what it still lacked, once', () => {
    const source$ = new Subject<number>();
    const dropped: [number, string][] = [];
    const seen: number[] = [];
    const first = new DemandProbe<number>();
    let opened = 0;
    source$
      .pipe(windowWithCount(3, { onDrop: (value, reason) => dropped.push([value, reason]) }))
      .subscribe((window$) => {
        if (opened++ === 0) window$.subscribe(first);
        else window$.subscribe((value) => seen.push(value));
      });
    source$.next(1);
    expect(dropped).toEqual([]);
    first.unsubscribe();
    expect(dropped).toEqual([[1, 'unsubscribed']]);
    for (const value of [2, 3, 4, 5]) source$.next(value);
    expect(dropped).toEqual([1, 2, 3].map((value) => [value, 'unsubscribed']));
    expect(seen).toEqual([4, 5]);
  });

  it('tells onDrop of what waits where the stream of windows is left, and of the open window nobody has come for', () => {
    const source$ = new Subject<number>();
    const dropped: number[] = [];
    const consumer = new DemandProbe<Observable<number>>();
    source$.pipe(windowWithCount(2, { onDrop: (value) => dropped.push(value) })).subscribe(consumer);
    consumer.request(1);
    for (const value of [1, 2, 3]) source$.next(value);
    consumer.unsubscribe();
    expect(dropped.sort()).toEqual([1, 2, 3]);
    const late: unknown[] = [];
    consumer.values[0]?.subscribe({ next: (value) => late.push(value), error: (error) => late.push(error) });
    expect(late).toEqual([new Error('windowWithCount: the stream of windows was left')]);
  });

  it('tells onDrop of nothing in a window that is full, or ended, for which somebody may still come', () => {
    for (const count of [1, 2]) {
      const source$ = new Subject<number>();
      const dropped: number[] = [];
      const consumer = new DemandProbe<Observable<number>>();
      source$.pipe(windowWithCount(count, { onDrop: (value) => dropped.push(value) })).subscribe(consumer);
      consumer.request(1);
      source$.next(1);
      if (count === 2) source$.complete();
      consumer.unsubscribe();
      const late: unknown[] = [];
      consumer.values[0]?.subscribe({ next: (value) => late.push(value), complete: () => late.push('|') });
      expect([late, dropped]).toEqual([[1, '|'], []]);
    }
  });

  it('reports what onDrop throws for a window that is left as unhandled, and goes on', () => {
    const source$ = new Subject<number>();
    const consumer = new DemandProbe<number>();
    const seen: unknown[] = [];
    const onDrop = (value: number) => {
      if (value === 1) throw 'dropping';
    };
    source$.pipe(windowWithCount(2, { onDrop })).subscribe({
      next: (window$) => {
        if (seen.length === 0) window$.subscribe(consumer);
        seen.push('window');
      },
      error: (error) => seen.push(error),
    });
    source$.next(1);
    expect(unhandledDuring(() => consumer.unsubscribe())).toEqual(['dropping']);
    for (const value of [2, 3]) source$.next(value);
    expect(seen).toEqual(['window', 'window']);
  });
});
