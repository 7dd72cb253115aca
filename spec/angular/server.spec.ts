/**
 * A page as a server makes it, by Angular's own platform for servers.
 * @jest-environment node
 */
import { AsyncPipe } from '@angular/common';
import * as core from '@angular/core';
import { ChangeDetectionStrategy, Component, type Type } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideServerRendering, renderApplication } from '@angular/platform-server';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { of, Subject } from 'rxjs';
import {
  controlledRequest,
  DemandObservable,
  MonitorRegistry,
  monitor,
  prefetch,
  pullFrom,
} from 'rxjs-backpressure';
import {
  demandList,
  monitorSignal,
  pauseWhileHidden,
  subscribeWithDemand,
  toFrameSignal,
} from 'rxjs-backpressure/angular';
import { counter, zoneless } from './bed.js';

const parts = { selector: 'x-page', standalone: true, changeDetection: ChangeDetectionStrategy.OnPush };

/** What stands in the body of the page that the server sends, without the marks that Angular leaves for the browser. */
async function sent(page: Type<unknown>): Promise<string> {
  const html = await renderApplication(
    (context) => bootstrapApplication(page, { providers: [provideServerRendering(), zoneless()] }, context),
    { document: '<html><head></head><body><x-page></x-page></body></html>' },
  );
  return (/<x-page[^>]*>(.*)<\/x-page>/s.exec(html)?.[1] ?? html)
    .replace(/<!--.*?-->/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

// Angular says in which mode it runs.
beforeAll(() => void jest.spyOn(console, 'log').mockImplementation(() => {}));

describe('on a server', () => {
  it('the page is sent with the first rows, and nothing goes on by itself', async () => {
    const framed = counter();
    const rows = counter();
    const hidden = counter();
    const taken = counter();
    const requests$ = new Subject<number>();
    const registry = new MonitorRegistry();
    const html = await sent(
      Component({
        ...parts,
        imports: [AsyncPipe],
        template: `
          {{ frame() }}, {{ rows.items().join(' ') }}, {{ hidden$ | async }}, {{ last }}, {{ counts().length }}
          {{ rows.isLoading() }}
        `,
      })(
        class {
          last = -1;
          readonly frame = toFrameSignal(framed.source$, { initialValue: 'none yet' });
          readonly rows = demandList(rows.source$.pipe(monitor('rows', { registry })), {
            first: 3,
            requests$,
          });
          readonly hidden$ = hidden.source$.pipe(pauseWhileHidden());
          readonly taking = subscribeWithDemand(taken.source$, {
            start: (demand) => demand.request(2),
            next: (n) => {
              this.last = n;
            },
          });
          readonly counts = monitorSignal({ registry, every: 10 });
        },
      ),
    );
    expect(html).toBe('none yet, 0 1 2, , 1, 1 false');
    expect([framed.subscribed, hidden.drawn, requests$.observed]).toEqual([0, 0, false]);
    expect([rows.drawn, rows.released, hidden.released, taken.drawn, taken.released]).toEqual([
      3, 1, 1, 2, 1,
    ]);
  });

  it("Angular's own async pipe and toSignal show what is there, and release the source with the page", async () => {
    const piped = counter(3);
    const read = counter();
    const html = await sent(
      Component({ ...parts, imports: [AsyncPipe], template: '{{ value$ | async }} {{ value() }}' })(
        class {
          readonly value$ = piped.source$.pipe(prefetch(2));
          readonly value = toSignal(read.source$.pipe(controlledRequest(of(5))));
        },
      ),
    );
    expect([html, piped.drawn, read.drawn, read.released]).toEqual(['2 4', 3, 5, 1]);
  });

  it('waits for the first rows, from Angular 19 on', async () => {
    let page = 0;
    const pages$ = pullFrom(async (n: number) => {
      await new Promise(setImmediate);
      return Array.from({ length: Math.min(n, 2) }, () => page++);
    });
    const html = await sent(
      Component({ ...parts, template: '{{ rows.items().join() }} {{ rows.isLoading() }}' })(
        class {
          readonly rows = demandList(pages$, { first: 5 });
        },
      ),
    );
    expect(html).toBe('PendingTasks' in core ? '0,1,2,3,4 false' : 'true');
    expect(page).toBeLessThanOrEqual(6);
  });

  it('waits no longer for what has failed', async () => {
    const failing$ = new DemandObservable<string>((sink) => ({
      later: true,
      request: () => setImmediate(() => sink.error(new Error('broken'))),
      unsubscribe: () => {},
    }));
    const html = await sent(
      Component({ ...parts, template: '{{ rows.isLoading() ? "loading" : "failed" }}' })(
        class {
          readonly rows = demandList(failing$, { first: 5 });
        },
      ),
    );
    expect(html).toBe('PendingTasks' in core ? 'failed' : 'loading');
  });
});
