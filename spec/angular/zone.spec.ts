/** A page with zone.js, which Angular checks after whatever has happened in its zone. */
import { AsyncPipe } from '@angular/common';
import {
  ApplicationRef,
  ChangeDetectionStrategy,
  Component,
  provideZoneChangeDetection,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { TestBed } from '@angular/core/testing';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { concatMap, map, Subject, timer } from 'rxjs';
import { MonitorRegistry, monitor, prefetch, pullFrom } from 'rxjs-backpressure';
import { demandList, monitorSignal, toFrameSignal } from 'rxjs-backpressure/angular';
import { angular, counter, draw, frames } from './bed.js';

angular(provideZoneChangeDetection);
// It watches the timers that are there when it is loaded: jest's.
beforeAll(() => require('zone.js'));

const parts = { selector: 'x-page', standalone: true, changeDetection: ChangeDetectionStrategy.OnPush };

/** Gives each value it is asked for a frame later. */
const late = () => counter().source$.pipe(concatMap((n) => timer(16).pipe(map(() => n))));

describe('in a zone', () => {
  it('async and toSignal draw what comes, also with OnPush', async () => {
    const page = await draw(
      Component({ ...parts, imports: [AsyncPipe], template: '{{ piped$ | async }} {{ read() }}' })(
        class {
          readonly piped$ = late().pipe(prefetch(2));
          readonly read = toSignal(late().pipe(prefetch(2)));
        },
      ),
    );
    await frames(4);
    expect(page.text()).toBe('3 3');
  });

  it('what goes on by itself checks the page when something has changed, and leaves the application stable', async () => {
    const registry = new MonitorRegistry();
    const source$ = new Subject<string>();
    const page = await draw(
      Component({ ...parts, template: '{{ frame() }} {{ rows.items().join() }} {{ counts().length }}' })(
        class {
          checked = 0;
          readonly frame = toFrameSignal(source$.pipe(monitor('frames', { registry })));
          readonly rows = demandList(counter().source$, { first: 2 });
          readonly counts = monitorSignal({ registry, every: 10_000 });
          ngDoCheck(): void {
            this.checked++;
          }
        },
      ),
    );
    const stable: boolean[] = [];
    const watching = TestBed.inject(ApplicationRef).isStable.subscribe((is) => stable.push(is));
    const before = page.componentInstance.checked;
    await frames(10);
    expect([page.componentInstance.checked, stable]).toEqual([before, [true]]);
    source$.next('a');
    await frames(1);
    expect(page.text()).toBe('a 0,1 1');
    watching.unsubscribe();
  });

  it('rows that come later are drawn', async () => {
    const pages$ = pullFrom(async (n: number) => {
      await new Promise((resolve) => setTimeout(resolve, 16));
      return Array.from({ length: n }, (_, i) => i);
    });
    const page = await draw(
      Component({
        ...parts,
        template: '{{ rows.items().join() }}<button (click)="rows.request(1)"></button>',
      })(
        class {
          readonly rows = demandList(pages$, { first: 2 });
        },
      ),
    );
    await frames(2);
    expect(page.text()).toBe('0,1');
    page.nativeElement.querySelector('button').click();
    await frames(2);
    expect(page.text()).toBe('0,1,0');
  });
});
