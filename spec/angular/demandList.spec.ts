import {
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  ViewChild,
  viewChild,
} from '@angular/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BehaviorSubject, NEVER, of, Subject, throwError } from 'rxjs';
import { DemandObservable, OverflowError } from 'rxjs-backpressure';
import { demandList, requestsFromVirtualScroll, type VirtualScroll } from 'rxjs-backpressure/angular';
import { angular, counter, draw, inContext, onServer, settled } from './bed.js';

angular();

/** Answers one row for each call of `answer`, as a server would. */
function slow() {
  const source = {
    requested: 0,
    answer: (_row: string) => {},
    rows$: new DemandObservable<string>((sink) => {
      source.answer = (row) => sink.next(row);
      return {
        later: true,
        request: (n) => {
          source.requested += n;
        },
        unsubscribe: () => {},
      };
    }),
  };
  return source;
}

describe('demandList', () => {
  it('loads the first rows, more when a button is pressed, and no more once the component is gone', async () => {
    const source = counter(5);
    const Rows = Component({
      selector: 'x-rows',
      standalone: true,
      changeDetection: ChangeDetectionStrategy.OnPush,
      template: `
        @for (row of rows.items(); track row) { {{ row }} }
        <button (click)="rows.request(2)">{{ rows.isComplete() ? 'no more' : 'more' }}</button>
      `,
    })(
      class {
        readonly rows = demandList(source.source$, { first: 1 });
      },
    );
    const page = await draw(Rows);
    const more = async () => {
      page.nativeElement.querySelector('button').click();
      await settled();
    };
    expect([page.text(), source.drawn]).toEqual(['0 more', 1]);
    await more();
    expect([page.text(), source.drawn]).toEqual(['0 1 2 more', 3]);
    await more();
    await more();
    expect([page.text(), source.drawn]).toEqual(['0 1 2 3 4 no more', 5]);
  });

  it('releases the source with the component', async () => {
    const source = counter();
    const Rows = Component({ selector: 'x-rows', standalone: true, template: '' })(
      class {
        readonly rows = demandList(source.source$, { first: 3 });
      },
    );
    const page = await draw(Rows);
    page.destroy();
    page.componentInstance.rows.request(2);
    expect([source.drawn, source.released]).toEqual([3, 1]);
  });

  it('says that it is loading while what was requested has not come', () => {
    const source = slow();
    const list = inContext(() => demandList(source.rows$, { first: 2 }));
    expect(list.isLoading()).toBe(true);
    source.answer('a');
    expect([list.items(), list.isLoading()]).toEqual([['a'], true]);
    source.answer('b');
    expect([list.items(), list.isLoading()]).toEqual([['a', 'b'], false]);
  });

  it('copies its rows when they are read, not when each comes', () => {
    const list = inContext(() => demandList(counter().source$, { first: 100_000 }));
    const rows = list.items();
    expect(rows.length).toBe(100_000);
    expect(list.items()).toBe(rows);
    list.request(1);
    expect([rows.length, list.items().length]).toEqual([100_000, 100_001]);
  });

  it('keeps the rows that came before an error', () => {
    const failing$ = new DemandObservable<string>((sink) => ({
      request: () => {
        sink.next('a');
        sink.error(new Error('broken'));
      },
      unsubscribe: () => {},
    }));
    const list = inContext(() => demandList(failing$, { first: 2 }));
    expect([list.items(), list.isLoading(), list.isComplete()]).toEqual([['a'], false, false]);
    expect(list.error()).toEqual(new Error('broken'));
  });

  it('says that it has failed also where the error is undefined', () => {
    const list = inContext(() =>
      demandList(
        throwError(() => undefined),
        { first: 1 },
      ),
    );
    expect([list.isLoading(), list.isComplete()]).toEqual([false, false]);
  });

  it('ends with an OverflowError where a source without demand sends too much', () => {
    const source$ = new Subject<number>();
    const list = inContext(() => demandList(source$, { capacity: 2 }));
    for (let i = 0; i < 3; i++) source$.next(i);
    expect(list.error()).toBeInstanceOf(OverflowError);
    expect(source$.observed).toBe(false);
  });

  it('ends with a RangeError where a request is no positive integer', () => {
    const source = counter();
    const list = inContext(() => demandList(source.source$));
    list.request(-1);
    expect(list.error()).toBeInstanceOf(RangeError);
    expect(source.released).toBe(1);
  });

  it('loads the first rows on a server, and nothing by itself', () => {
    onServer();
    const requests$ = new Subject<number>();
    const source = counter();
    const list = inContext(() => demandList(source.source$, { first: 3, requests$ }));
    expect([list.items(), requests$.observed]).toEqual([[0, 1, 2], false]);
  });

  it('takes requests from a stream, until the component is gone', async () => {
    const requests$ = new BehaviorSubject(2);
    const Rows = Component({ selector: 'x-rows', standalone: true, template: '' })(
      class {
        readonly rows = demandList(counter().source$, { requests$ });
      },
    );
    const page = await draw(Rows);
    requests$.next(1);
    expect(page.componentInstance.rows.items()).toEqual([0, 1, 2]);
    page.destroy();
    expect(requests$.observed).toBe(false);
  });

  it('throws for what is no count, and where nobody says how long it is to live', () => {
    inContext(() => {
      expect(() => demandList(NEVER, { first: -1 })).toThrow(RangeError);
      expect(() => demandList(NEVER, { page: 0 })).toThrow(RangeError);
      const inside = computed(() => demandList(NEVER));
      expect(() => inside()).toThrow(/demandList/);
    });
    expect(() => demandList(NEVER)).toThrow(/demandList.*injection context/s);
  });
});

describe('the end of a demandList', () => {
  /** Stands for the browser's: what is observed is reported to be in view, or not, when `report` says so. */
  class Observer {
    static last: Observer | undefined;
    readonly observed = new Set<object>();
    constructor(private readonly seen: (entries: { isIntersecting: boolean }[]) => void) {
      Observer.last = this;
    }
    observe(element: object): void {
      this.observed.add(element);
    }
    unobserve(element: object): void {
      this.observed.delete(element);
    }
    disconnect(): void {
      this.observed.clear();
    }
    static report(isIntersecting: boolean): void {
      Observer.last?.seen([{ isIntersecting }]);
    }
  }

  class Mutations {
    observe(): void {}
    disconnect(): void {}
  }

  beforeEach(() => {
    Reflect.set(globalThis, 'IntersectionObserver', Observer);
    // What it would see of the list, the test says itself.
    Reflect.set(globalThis, 'MutationObserver', Mutations);
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'IntersectionObserver');
    Reflect.deleteProperty(globalThis, 'MutationObserver');
    Observer.last = undefined;
  });

  it('requests a page while it is in view and nothing is on its way', async () => {
    const source = slow();
    const Rows = Component({ selector: 'x-rows', standalone: true, template: '<hr #end>' })(
      class {
        /** What Angular's compiler makes of `viewChild`; just in time it has to be said. */
        static readonly propDecorators: unknown = {
          end: [{ type: ViewChild, args: ['end', { isSignal: true }] }],
        };
        readonly end = viewChild<ElementRef<{ parentNode: object | null }>>('end');
        readonly rows = demandList(source.rows$, { end: this.end, page: 2 });
      },
    );
    const page = await draw(Rows);
    expect(Observer.last?.observed.size).toBe(1);
    Observer.report(false);
    expect(source.requested).toBe(0);
    Observer.report(true);
    Observer.report(true);
    expect(source.requested).toBe(2);
    source.answer('a');
    source.answer('b');
    Observer.report(true);
    expect(source.requested).toBe(4);
    page.destroy();
    expect(Observer.last?.observed.size).toBe(0);
  });
});

describe('requestsFromVirtualScroll', () => {
  function scroll() {
    const range$ = new Subject<{ end: number }>();
    const rows: unknown[] = [];
    const viewport: VirtualScroll = { renderedRangeStream: range$, getDataLength: () => rows.length };
    return { range$, rows, viewport };
  }

  it('asks for what lacks to the last rendered row and those ahead, each row once', () => {
    const { range$, rows, viewport } = scroll();
    const asked: number[] = [];
    requestsFromVirtualScroll(viewport, 5).subscribe((n) => asked.push(n));
    expect(asked).toEqual([5]);
    rows.length = 5;
    range$.next({ end: 3 });
    range$.next({ end: 3 });
    expect(asked).toEqual([5, 3]);
    range$.next({ end: 1 });
    range$.next({ end: 4 });
    expect(asked).toEqual([5, 3, 1]);
  });

  it('does not ask for rows that are there already', () => {
    const { range$, rows, viewport } = scroll();
    rows.length = 100;
    const asked: number[] = [];
    requestsFromVirtualScroll(viewport, 5).subscribe((n) => asked.push(n));
    range$.next({ end: 95 });
    expect(asked).toEqual([]);
    range$.next({ end: 96 });
    expect(asked).toEqual([1]);
  });

  it('fills a demandList', () => {
    const { range$, viewport } = scroll();
    const list = inContext(() =>
      demandList(counter().source$, { requests$: requestsFromVirtualScroll(viewport, 2) }),
    );
    range$.next({ end: 2 });
    expect(list.items()).toEqual([0, 1, 2, 3]);
  });

  it('throws for what is no count', () => {
    expect(() => requestsFromVirtualScroll(scroll().viewport, 0)).toThrow(RangeError);
    expect(() =>
      requestsFromVirtualScroll({ renderedRangeStream: of(), getDataLength: () => 0 }, 1.5),
    ).toThrow(RangeError);
  });
});
