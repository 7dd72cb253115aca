// First: Angular's packages are compiled just in time.
import '@angular/compiler';
import { CdkFixedSizeVirtualScroll, CdkVirtualForOf, CdkVirtualScrollViewport } from '@angular/cdk/scrolling';
import {
  type ApplicationRef,
  ChangeDetectionStrategy,
  Component,
  provideZonelessChangeDetection,
  ViewChild,
  viewChild,
} from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { pullFrom } from 'rxjs-backpressure';
import { demandList, requestsFromVirtualScroll } from 'rxjs-backpressure/angular';

let drawn = 0;
let released = false;

function* rows(): Generator<string, void, undefined> {
  try {
    for (;;) yield `row ${drawn++}`;
  } finally {
    released = true;
  }
}

const Rows = Component({
  selector: 'x-rows',
  imports: [CdkFixedSizeVirtualScroll, CdkVirtualForOf, CdkVirtualScrollViewport],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <cdk-virtual-scroll-viewport itemSize="40" minBufferPx="80" maxBufferPx="120" style="display: block; height: 200px">
      <p *cdkVirtualFor="let row of rows.items()" style="height: 40px; margin: 0">{{ row }}</p>
    </cdk-virtual-scroll-viewport>
  `,
})(
  class {
    /** What Angular's compiler makes of `viewChild`; just in time it has to be said. */
    static readonly propDecorators: unknown = {
      viewport: [{ type: ViewChild, args: [CdkVirtualScrollViewport, { isSignal: true }] }],
    };
    readonly viewport = viewChild(CdkVirtualScrollViewport);
    readonly rows = demandList(pullFrom(rows()), { requests$: requestsFromVirtualScroll(this.viewport, 5) });
  },
);

let page: ApplicationRef;

export async function open(): Promise<void> {
  document.body.append(document.createElement('x-rows'));
  page = await bootstrapApplication(Rows, { providers: [provideZonelessChangeDetection()] });
}

/** How many rows were drawn from the source, and which of them the page has. */
export function seen(): { drawn: number; first: string; last: string } {
  const shown = [...document.querySelectorAll('p')].map((row) => row.textContent);
  return { drawn, first: shown.at(0) ?? '', last: shown.at(-1) ?? '' };
}

export function scrollTo(row: number): void {
  document.querySelector('cdk-virtual-scroll-viewport')?.scrollTo({ top: row * 40 });
}

/** Whether the source was released with the page. */
export function close(): boolean {
  page.destroy();
  return released;
}
