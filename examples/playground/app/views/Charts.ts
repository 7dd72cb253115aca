import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  type ElementRef,
  inject,
  viewChild,
} from '@angular/core';
import uPlot from 'uplot';
import { Run } from '../run/Run.js';
import { short } from './format.js';
import { onTheme, type Theme, themeOf } from './theme.js';

const EVERY_MS = 250;
/** How many samples are shown: a minute. */
const SAMPLES = 240;
const HEIGHT = 132;

/** Of a page of Chromium; other browsers do not say. */
interface Memory {
  readonly memory?: { readonly usedJSHeapSize: number };
}

type Row = readonly [time: number, demand: number | null, plain: number | null];

/** What waits, how old items are when they have been handled, and the heap of the page: the last minute. */
@Component({
  selector: 'rb-charts',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <figure>
      <figcaption>Waiting <small>items, logarithmic</small></figcaption>
      <div #waiting></div>
    </figure>
    <figure>
      <figcaption>Latency <small>ms from server to handled, logarithmic</small></figcaption>
      <div #latency></div>
    </figure>
    <figure>
      <figcaption>Heap <small>MB of this page, both pipelines{{ knowsHeap ? '' : ': only Chromium says' }}</small></figcaption>
      <div #heap></div>
    </figure>
  `,
})
export class Charts {
  private readonly run = inject(Run);
  private readonly waiting = viewChild.required<ElementRef<HTMLElement>>('waiting');
  private readonly latency = viewChild.required<ElementRef<HTMLElement>>('latency');
  private readonly heap = viewChild.required<ElementRef<HTMLElement>>('heap');
  protected readonly knowsHeap = heapInMegabytes() !== null;
  private waitingRows: Row[] = [];
  private latencyRows: Row[] = [];
  private heapRows: Row[] = [];

  constructor() {
    const destroyRef = inject(DestroyRef);
    afterNextRender(() => {
      const places = [this.waiting(), this.latency(), this.heap()].map((place) => place.nativeElement);
      let charts: uPlot[] = [];
      const remake = () => {
        for (const chart of charts) chart.destroy();
        charts = places.map((place, i) => make(place, themeOf(place), i < 2));
        this.show(charts);
      };
      const unwatch = onTheme(remake);
      const resized = new ResizeObserver(() => {
        for (const [i, place] of places.entries()) {
          charts[i]?.setSize({ width: place.clientWidth, height: HEIGHT });
        }
      });
      for (const place of places) resized.observe(place);
      const timer = setInterval(() => {
        this.sample();
        this.show(charts);
      }, EVERY_MS);
      destroyRef.onDestroy(() => {
        unwatch();
        resized.disconnect();
        clearInterval(timer);
        for (const chart of charts) chart.destroy();
      });
    });
  }

  private sample(): void {
    const now = Date.now() / 1000;
    const { plain } = this.run;
    const gauge = this.run.gauge();
    const demandRuns = this.run.state().kind === 'running';
    const plainRuns = this.run.plainState().kind === 'running';
    const row = (demand: number | null, beside: number | null): Row => [
      now,
      demandRuns ? demand : null,
      plainRuns ? beside : null,
    ];
    this.waitingRows = [...this.waitingRows, row(gauge.waiting, plain.waiting)].slice(-SAMPLES);
    this.latencyRows = [
      ...this.latencyRows,
      row(gauge.takeLatency() || null, plain.takeLatency() || null),
    ].slice(-SAMPLES);
    this.heapRows = [...this.heapRows, [now, heapInMegabytes(), null] as const].slice(-SAMPLES);
  }

  private show(charts: readonly uPlot[]): void {
    [this.waitingRows, this.latencyRows, this.heapRows].forEach((rows, i) => {
      charts[i]?.setData([
        rows.map(([time]) => time),
        rows.map(([, demand]) => demand),
        rows.map(([, , plain]) => plain),
      ]);
    });
  }
}

function make(place: HTMLElement, theme: Theme, logarithmic: boolean): uPlot {
  const axis: uPlot.Axis = {
    stroke: theme.muted,
    font: '11px ui-sans-serif, system-ui, sans-serif',
    grid: { stroke: theme.line, width: 1 },
    ticks: { show: false },
  };
  const line = (stroke: string): uPlot.Series => ({
    stroke,
    width: 1.75,
    points: { show: false },
  });
  return new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 4, 0, 0],
      scales: {
        x: { range: () => [Date.now() / 1000 - (SAMPLES * EVERY_MS) / 1000, Date.now() / 1000] },
        y: logarithmic
          ? { distr: 4, asinh: 1, range: (_, __, most) => [0, Math.max(100, most ?? 0)] }
          : { range: (_, __, most) => [0, Math.max(20, (most ?? 0) * 1.15)] },
      },
      axes: [
        {
          ...axis,
          size: 22,
          gap: 4,
          values: (_, times) => times.map((time) => ago(time)),
          splits: () => [45, 30, 15].map((seconds) => Date.now() / 1000 - seconds),
        },
        {
          ...axis,
          size: 40,
          gap: 4,
          values: (_, values) => values.map((value) => (value === null ? '' : short(value))),
          ...(logarithmic && {
            splits: (_, __, ___, most) => [0, 10, 100, 1000, 1e4, 1e5, 1e6].filter((n) => n <= most),
          }),
        },
      ],
      series: [{}, line(logarithmic ? theme.demand : theme.ink), line(theme.plain)],
    },
    [[], [], []],
    place,
  );
}

function ago(time: number): string {
  return `−${Math.round(Date.now() / 1000 - time)} s`;
}

function heapInMegabytes(): number | null {
  const { memory }: Memory = performance as Memory;
  return memory === undefined ? null : memory.usedJSHeapSize / 2 ** 20;
}
