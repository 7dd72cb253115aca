import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  type ElementRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import type { Counts } from '../run/Gauge.js';
import { Run } from '../run/Run.js';
import { short, whole } from './format.js';
import { onTheme, type Theme, themeOf } from './theme.js';

/** A column of the diagram is what passed in this time, in ms. */
const COLUMN_MS = 250;
const COLUMN = 34;
const HEIGHT = 218;
const SOURCE = 36;
const BAND = { top: 84, bottom: 132 };
const OUTPUT = 180;
const RADIUS = 11;

/** What passed in one column of time. */
interface Column {
  readonly requestedUpstream: number;
  readonly arrived: number;
  readonly requested: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly waiting: number;
}

/** The marble diagram of the run, as it happens: values come down, requests go up. */
@Component({
  selector: 'rb-marbles',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <canvas #canvas role="img" [attr.aria-label]="inWords()"></canvas>
    <ul class="legend" aria-hidden="true">
      <li><i class="value"></i>values, coming down</li>
      <li><i class="up"></i>requests, going up</li>
      <li><i class="cross"></i>dropped</li>
      <li><i class="band"></i>waiting</li>
    </ul>
  `,
})
export class Marbles {
  private readonly run = inject(Run);
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  protected readonly inWords = signal('The marble diagram of this run.');
  private columns: Column[] = [];
  private before: Counts = this.run.gauge().counts();

  constructor() {
    const destroyRef = inject(DestroyRef);
    afterNextRender(() => {
      const canvas = this.canvas().nativeElement;
      let theme = themeOf(canvas);
      destroyRef.onDestroy(
        onTheme(() => {
          theme = themeOf(canvas);
        }),
      );
      let since = performance.now();
      const frame = (now: number) => {
        while (now - since >= COLUMN_MS) {
          since = now - since > 10 * COLUMN_MS ? now : since + COLUMN_MS;
          this.close();
        }
        this.draw(canvas, theme, (now - since) / COLUMN_MS);
        handle = requestAnimationFrame(frame);
      };
      let handle = requestAnimationFrame(frame);
      destroyRef.onDestroy(() => cancelAnimationFrame(handle));
    });
  }

  /** Ends a column: what is new since the last one. */
  private close(): void {
    const now = this.run.gauge().counts();
    const before =
      now.arrived < this.before.arrived || now.requested < this.before.requested ? undefined : this.before;
    const passed = (name: keyof Counts) => difference(now[name], before?.[name] ?? 0);
    this.columns.push({
      requestedUpstream: passed('requestedUpstream'),
      arrived: passed('arrived'),
      requested: passed('requested'),
      delivered: passed('delivered'),
      dropped: passed('dropped'),
      waiting: now.waiting,
    });
    this.columns = this.columns.slice(-80);
    this.before = now;
    const second = this.columns.slice(-1000 / COLUMN_MS);
    const sum = (name: keyof Column) => whole(second.reduce((total, column) => total + column[name], 0));
    this.inWords.set(
      `In the last second ${sum('arrived')} values came, ${sum('requested')} were requested, ` +
        `${sum('delivered')} delivered and ${sum('dropped')} dropped; ${whole(now.waiting)} wait.`,
    );
  }

  private draw(canvas: HTMLCanvasElement, theme: Theme, progress: number): void {
    const width = canvas.clientWidth;
    const scale = devicePixelRatio;
    if (canvas.width !== Math.round(width * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = HEIGHT * scale;
    }
    const context = canvas.getContext('2d');
    if (context === null) {
      return;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, HEIGHT);
    this.lanes(context, theme, width);
    context.save();
    context.beginPath();
    context.rect(0, 0, width, HEIGHT);
    context.clip();
    this.columns.forEach((column, i) => {
      const x = width - COLUMN / 2 - (this.columns.length - 1 - i + progress) * COLUMN;
      if (x > -COLUMN) {
        drawColumn(context, theme, x, column);
      }
    });
    context.restore();
    this.labels(context, theme);
  }

  private lanes(context: CanvasRenderingContext2D, theme: Theme, width: number): void {
    context.strokeStyle = theme.line;
    context.lineWidth = 1;
    for (const y of [SOURCE, OUTPUT]) {
      context.beginPath();
      context.moveTo(0, y + 0.5);
      context.lineTo(width, y + 0.5);
      context.stroke();
    }
    context.strokeRect(0.5, BAND.top + 0.5, width - 1, BAND.bottom - BAND.top);
  }

  private labels(context: CanvasRenderingContext2D, theme: Theme): void {
    context.font = '600 11px ui-sans-serif, system-ui, sans-serif';
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.fillStyle = theme.muted;
    context.fillText('feed', 0, SOURCE - RADIUS - 9);
    context.fillText('consumer', 0, OUTPUT + RADIUS + 12);
  }
}

function drawColumn(context: CanvasRenderingContext2D, theme: Theme, x: number, column: Column): void {
  if (column.waiting > 0) {
    // Logarithmic: one is to be seen, and so are a million.
    const room = BAND.bottom - BAND.top - 2;
    const height = Math.min(room, 4 + (room - 4) * (Math.log10(1 + column.waiting) / 4));
    context.fillStyle = theme.waiting;
    context.fillRect(x - COLUMN / 2, BAND.bottom - height, COLUMN + 0.5, height);
  }
  if (column.dropped > 0) {
    cross(context, theme.dropped, x, BAND.top + 13);
    label(context, theme.dropped, x, BAND.top + 28, short(column.dropped));
  }
  if (column.requestedUpstream > 0) {
    arrow(context, theme.request, x, BAND.top - 4, SOURCE + RADIUS + 4, short(column.requestedUpstream));
  }
  if (column.requested > 0) {
    arrow(context, theme.request, x, OUTPUT - RADIUS - 4, BAND.bottom + 4, short(column.requested));
  }
  if (column.arrived > 0) {
    marble(context, theme, x, SOURCE, column.arrived);
  }
  if (column.delivered > 0) {
    marble(context, theme, x, OUTPUT, column.delivered);
  }
}

function marble(context: CanvasRenderingContext2D, theme: Theme, x: number, y: number, n: number): void {
  context.fillStyle = theme.ink;
  context.beginPath();
  context.arc(x, y + 0.5, RADIUS + (n > 999 ? 2 : 0), 0, 2 * Math.PI);
  context.fill();
  label(context, theme.panel, x, y + 1, short(n));
}

function arrow(
  context: CanvasRenderingContext2D,
  color: string,
  x: number,
  from: number,
  to: number,
  text: string,
): void {
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x - 8, from);
  context.lineTo(x - 8, to);
  context.moveTo(x - 11, to + 4);
  context.lineTo(x - 8, to);
  context.lineTo(x - 5, to + 4);
  context.stroke();
  context.textAlign = 'left';
  label(context, color, x - 2, (from + to) / 2 + 1, text, 'left');
}

function cross(context: CanvasRenderingContext2D, color: string, x: number, y: number): void {
  context.strokeStyle = color;
  context.lineWidth = 1.75;
  context.beginPath();
  context.moveTo(x - 4, y - 4);
  context.lineTo(x + 4, y + 4);
  context.moveTo(x + 4, y - 4);
  context.lineTo(x - 4, y + 4);
  context.stroke();
}

function label(
  context: CanvasRenderingContext2D,
  color: string,
  x: number,
  y: number,
  text: string,
  align: CanvasTextAlign = 'center',
): void {
  context.font = `600 ${text.length > 3 ? 9 : 10}px ui-sans-serif, system-ui, sans-serif`;
  context.textAlign = align;
  context.textBaseline = 'middle';
  context.fillStyle = color;
  context.fillText(text, x, y);
}

/** Two counts may both be without end. */
function difference(now: number, before: number): number {
  return now === before ? 0 : now - before;
}
