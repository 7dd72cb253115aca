import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, DestroyRef, inject, VERSION } from '@angular/core';
import { takeUntilDestroyed, toSignal } from '@angular/core/rxjs-interop';
import { afterEach, describe, expect, it } from '@jest/globals';
import { concatMap, interval, map, NEVER, Subject, timer } from 'rxjs';
import { DemandSubscriber, forEachWithDemand, MonitorRegistry, monitor, prefetch } from 'rxjs-backpressure';
import { monitorSignal, pauseWhileHidden, subscribeWithDemand } from 'rxjs-backpressure/angular';
import { angular, counter, draw, frames, inContext, onServer, settled } from './bed.js';

angular();

const parts = { selector: 'x-page', standalone: true, changeDetection: ChangeDetectionStrategy.OnPush };

it('is the Angular that it is said to be', () => {
  const folder = process.env['ANGULAR'] === undefined ? '../..' : `./${process.env['ANGULAR']}`;
  const { dependencies, devDependencies } = require(`${folder}/package.json`);
  expect((devDependencies ?? dependencies)['@angular/core']).toBe(VERSION.full);
});

describe("Angular's own", () => {
  it('async pipe shows a source that honours demand, and releases it with the component', async () => {
    const source = counter(100);
    const page = await draw(
      Component({ ...parts, imports: [AsyncPipe], template: '{{ value$ | async }}' })(
        class {
          readonly value$ = source.source$.pipe(
            map((n) => n * 2),
            prefetch(4),
          );
        },
      ),
    );
    expect([page.text(), source.drawn]).toEqual(['198', 100]);
    page.destroy();
    expect(source.released).toBe(1);
  });

  it('toSignal has no more in flight than prefetch says, and releases the source with the component', async () => {
    const source = counter();
    const page = await draw(
      Component({ ...parts, template: '{{ value() }}' })(
        class {
          readonly value = toSignal(
            source.source$.pipe(
              prefetch(4),
              concatMap((n) => timer(16).pipe(map(() => n))),
              prefetch(2),
            ),
          );
        },
      ),
    );
    await frames(3);
    expect(page.text()).toBe('2');
    expect(source.drawn).toBeLessThanOrEqual(3 + 4 + 2);
    page.destroy();
    expect(source.released).toBe(1);
  });

  it('takeUntilDestroyed ends demand', async () => {
    const source = counter();
    const taken: number[] = [];
    const taking = new DemandSubscriber<number>({ next: (n) => taken.push(n) });
    const page = await draw(
      Component({ ...parts, template: '' })(
        class {
          readonly subscription = source.source$.pipe(takeUntilDestroyed()).subscribe(taking);
        },
      ),
    );
    taking.request(2);
    page.destroy();
    taking.request(2);
    expect([taken, source.drawn, source.released]).toEqual([[0, 1], 2, 1]);
  });

  it('DestroyRef stops forEachWithDemand through a signal of its own', async () => {
    const source = counter();
    let ended = '';
    const page = await draw(
      Component({ ...parts, template: '' })(
        class {
          readonly left = new AbortController();
          constructor() {
            inject(DestroyRef).onDestroy(() => this.left.abort());
            forEachWithDemand(source.source$, () => new Promise(() => {}), {
              signal: this.left.signal,
            }).catch(() => {
              ended = 'left';
            });
          }
        },
      ),
    );
    page.destroy();
    await settled();
    expect([source.drawn, source.released, ended]).toEqual([1, 1, 'left']);
  });
});

describe('subscribeWithDemand', () => {
  it('delivers what is requested until the component is destroyed', async () => {
    const source = counter();
    const taken: number[] = [];
    const page = await draw(
      Component({ ...parts, template: '<button (click)="demand.request(1)"></button>' })(
        class {
          readonly demand = subscribeWithDemand(source.source$, {
            start: (demand) => demand.request(1),
            next: (n) => taken.push(n),
          });
        },
      ),
    );
    page.nativeElement.querySelector('button').click();
    expect(taken).toEqual([0, 1]);
    page.destroy();
    page.componentInstance.demand.request(1);
    expect([taken, source.released]).toEqual([[0, 1], 1]);
  });

  it('is forgotten by what lives on when it ends before', () => {
    let forgotten = 0;
    const life = { get: () => ({ onDestroy: () => () => forgotten++ }) };
    inContext(() => {
      const source = counter(1);
      subscribeWithDemand(source.source$, { start: (demand) => demand.request(1) }, { injector: life });
    });
    expect(forgotten).toBe(1);
  });

  it('throws where nobody says how long it is to live', () => {
    expect(() => subscribeWithDemand(NEVER, {})).toThrow(/subscribeWithDemand.*injection context/s);
  });
});

describe('pauseWhileHidden', () => {
  const see = (state: string) => {
    const page: EventTarget = Reflect.get(globalThis, 'document');
    Object.defineProperty(page, 'visibilityState', { configurable: true, value: state });
    page.dispatchEvent(new Event('visibilitychange'));
  };
  afterEach(() => see('visible'));

  it('delivers nothing while the page is hidden, then all of it, and completes with the component', async () => {
    const source$ = new Subject<number>();
    const taken: number[] = [];
    let completed = 0;
    const page = await draw(
      Component({ ...parts, template: '' })(
        class {
          constructor() {
            source$.pipe(pauseWhileHidden()).subscribe({
              next: (n) => taken.push(n),
              complete: () => completed++,
            });
          }
        },
      ),
    );
    source$.next(1);
    see('hidden');
    source$.next(2);
    source$.next(3);
    expect(taken).toEqual([1]);
    see('visible');
    expect(taken).toEqual([1, 2, 3]);
    page.destroy();
    expect([completed, source$.observed]).toEqual([1, false]);
  });

  it('asks for nothing on a server', () => {
    onServer();
    const source = counter();
    inContext(() => source.source$.pipe(pauseWhileHidden())).subscribe();
    expect(source.drawn).toBe(0);
  });

  it('throws where nobody says how long it is to live', () => {
    expect(() => pauseWhileHidden()).toThrow(/pauseWhileHidden.*injection context/s);
  });
});

describe('monitorSignal', () => {
  it('shows what the monitors have counted, once in a while', async () => {
    const registry = new MonitorRegistry();
    const page = await draw(
      Component({
        ...parts,
        template: '@for (it of counts(); track it.name) { {{ it.name }} {{ it.delivered }} }',
      })(
        class {
          readonly counts = monitorSignal({ registry, every: 100 });
        },
      ),
    );
    expect(page.text()).toBe('');
    const rows = new DemandSubscriber<number>();
    counter().source$.pipe(monitor('rows', { registry })).subscribe(rows);
    rows.request(3);
    await frames(1);
    expect(page.text()).toBe('');
    await frames(10);
    expect(page.text()).toBe('rows 3');
    page.destroy();
    rows.request(1);
    await frames(10);
    expect(page.componentInstance.counts()[0]?.delivered).toBe(3);
  });

  it('has no timer on a server', async () => {
    onServer();
    const registry = new MonitorRegistry();
    const counts = inContext(() => monitorSignal({ registry, every: 10 }));
    interval(1).pipe(monitor('rows', { registry })).subscribe().unsubscribe();
    await frames(10);
    expect(counts()).toEqual([]);
  });

  it('throws for what is no time, and where nobody says how long it is to live', () => {
    expect(() => inContext(() => monitorSignal({ every: 0 }))).toThrow(RangeError);
    expect(() => monitorSignal()).toThrow(/monitorSignal.*injection context/s);
  });
});
