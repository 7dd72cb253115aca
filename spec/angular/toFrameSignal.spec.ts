import { ChangeDetectionStrategy, Component, computed, type Signal } from '@angular/core';
import { describe, expect, it } from '@jest/globals';
import { NEVER, of, Subject, throwError } from 'rxjs';
import { DemandObservable } from 'rxjs-backpressure';
import { toFrameSignal } from 'rxjs-backpressure/angular';
import { angular, counter, draw, frames, inContext, onServer } from './bed.js';

angular();

describe('toFrameSignal', () => {
  it('asks for one value a frame and draws it', async () => {
    const source = counter();
    const Ticker = Component({
      selector: 'x-ticker',
      standalone: true,
      changeDetection: ChangeDetectionStrategy.OnPush,
      template: '{{ value() }}',
    })(
      class {
        readonly value = toFrameSignal(source.source$, { initialValue: 'none' });
      },
    );
    const page = await draw(Ticker);
    expect([page.text(), source.drawn]).toEqual(['none', 0]);
    await frames(3);
    expect(source.drawn).toBe(3);
    expect(page.text()).toBe('2');
    page.destroy();
    await frames(3);
    expect([source.drawn, source.released]).toEqual([3, 1]);
  });

  it('shows the newest value of a source without demand, and tells what it dropped', async () => {
    const source$ = new Subject<number>();
    const dropped: number[] = [];
    const value: Signal<number | undefined> = inContext(() =>
      toFrameSignal(source$, { onDrop: (it) => dropped.push(it) }),
    );
    for (let i = 0; i < 5; i++) source$.next(i);
    expect(value()).toBeUndefined();
    await frames(1);
    expect(value()).toBe(4);
    expect(dropped).toEqual([0, 1, 2, 3]);
    source$.next(5);
    await frames(1);
    expect(value()).toBe(5);
  });

  it('has at most one request on its way to a source that is slow', async () => {
    let requests = 0;
    const slow$ = new DemandObservable<number>(() => ({
      request: (n) => {
        requests += n;
      },
      unsubscribe: () => {},
    }));
    inContext(() => toFrameSignal(slow$));
    await frames(10);
    expect(requests).toBe(1);
  });

  it('keeps the last value when the source completes', async () => {
    const value = inContext(() => toFrameSignal(of(1, 2, 3)));
    await frames(2);
    expect(value()).toBe(3);
  });

  it('throws the error of the source where it is read', async () => {
    const value = inContext(() => toFrameSignal(throwError(() => new Error('broken'))));
    await frames(1);
    expect(() => value()).toThrow('broken');
  });

  it('counts values as the same that are equal', async () => {
    const source$ = new Subject<{ id: number }>();
    const value = inContext(() => toFrameSignal(source$, { equal: (a, b) => a?.id === b?.id }));
    let read = 0;
    const derived = computed(() => [value(), read++]);
    source$.next({ id: 1 });
    await frames(1);
    derived();
    source$.next({ id: 1 });
    await frames(1);
    derived();
    expect(read).toBe(1);
  });

  it('does not subscribe on a server', async () => {
    onServer();
    const source = counter();
    const value = inContext(() => toFrameSignal(source.source$, { initialValue: 0 }));
    await frames(5);
    expect([value(), source.subscribed]).toEqual([0, 0]);
  });

  it('throws where nobody says how long it is to live, and where it would be made anew at each reading', () => {
    expect(() => toFrameSignal(NEVER)).toThrow(/toFrameSignal.*injection context/s);
    inContext(() => {
      const inside = computed(() => toFrameSignal(NEVER));
      expect(() => inside()).toThrow(/toFrameSignal/);
    });
  });
});
