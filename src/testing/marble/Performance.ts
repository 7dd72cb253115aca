import { type Observable, type Observer, Subscription } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { DemandSubscriber } from '../../kernel/DemandSubscriber.js';
import { type Expectation, type Input, MAIN, type Row } from './diagram.js';
import { type PlayedInput, playInput } from './inputs.js';
import { describeValue, type Legend, same } from './Legend.js';
import type { Mark } from './row.js';

export interface Outcome {
  /** What happened, for each expected row, by label. */
  readonly rows: ReadonlyMap<string, readonly Mark[]>;
  /** What a `?` in a row stands for, and what else there is to say. */
  readonly notes: readonly string[];
  /** How many values at most waited at the subscriber itself: they came down without having been requested. */
  readonly unasked: number;
}

/** What is subscribed to, what is requested of it, and for how many frames. */
export interface Watched {
  readonly observable: Observable<unknown>;
  readonly request: Row | undefined;
  readonly expectations: readonly Expectation[];
  readonly width: number;
  /** Called when the last frame is over and everything is unsubscribed. */
  over(outcome: Outcome): void;
}

/** Sources played, and consumers watched, on the clock of one `TestScheduler.run`, in the order that a frame is to have. */
export class Performance {
  readonly inputs: Input[] = [];
  readonly #played: { readonly input: Input; readonly played: PlayedInput }[] = [];
  readonly #log = new Log();
  /** What the inputs failed with: `#` in an output, unless the legend says otherwise. */
  readonly #errors: unknown[] = [];

  constructor(
    private readonly scheduler: TestScheduler,
    readonly legend: Legend,
  ) {
    // At the first frame, when all inputs are known; what subscribes and requests was scheduled before, and comes first.
    scheduler.schedule(() => this.#playInputs());
  }

  /** The Observable of an input. */
  add(input: Input, error: unknown = new Error(`the error of '${input.label}'`)): Observable<unknown> {
    const played = playInput(input, this.legend, error, {
      drawn: (what) => {
        if (what === '#') this.#errors.push(error);
        if (typeof what === 'string') {
          this.#note(this.#log, `drawn.${input.name}`, what);
        } else {
          this.#noteValue(this.#log, `drawn.${input.name}`, what.value);
        }
      },
      requested: (n) => this.#noteValue(this.#log, `upstream.${input.name}`, n),
      unsubscribed: () => this.#note(this.#log, `upstream.${input.name}`, '!'),
    });
    this.inputs.push(input);
    this.#played.push({ input, played });
    return played.observable;
  }

  readonly onDrop = (value: unknown): void => this.#noteValue(this.#log, 'dropped', value);

  watch({ observable, request, expectations, width, over }: Watched): void {
    const log = new Log(this.#log);
    const observer: Observer<unknown> = {
      next: (value) => this.#noteValue(log, 'output', value),
      error: (error) => this.#noteError(log, error),
      complete: () => this.#note(log, 'output', '|'),
    };
    const asking = request === undefined ? undefined : new Asking(observer);
    const subscription = new Subscription();
    const at = (frame: number, happen: () => void) => this.scheduler.schedule(happen, frame);
    at(0, () => subscription.add(observable.subscribe(asking ?? observer)));
    for (const { frame, symbol } of request?.marks ?? []) {
      at(frame, () => this.#ask(asking, symbol, log));
    }
    for (let frame = 0; asking !== undefined && frame < width; frame++) {
      // After all else that is known of this frame: by then it shows what waits.
      const look = () => {
        log.buffered[frame] = asking.buffered;
      };
      at(frame, () => at(0, look));
    }
    at(width, () => {
      subscription.unsubscribe();
      const rows = expectations.map((row): [string, Mark[]] => [
        row.label,
        log.marksOf(row, width, this.legend),
      ]);
      over({ rows: new Map(rows), notes: log.notesBefore(width), unasked: asking?.unasked ?? 0 });
    });
  }

  #playInputs(): void {
    // Notifiers before items: what is called by name comes first, what the operator is applied to last.
    const isNotifier = ({ kind, name }: Input) => kind === 'push' && name !== MAIN;
    for (const first of [true, false]) {
      for (const { input, played } of this.#played.filter(({ input }) => isNotifier(input) === first)) {
        for (const mark of input.marks) {
          this.scheduler.schedule(() => played.play(mark), mark.frame);
        }
      }
    }
  }

  #ask(consumer: Asking | undefined, symbol: string, log: Log): void {
    if (symbol === '!') {
      this.#note(log, 'request', '!');
      consumer?.unsubscribe();
    } else {
      consumer?.request(Number(this.legend.valueOf(symbol)));
    }
  }

  #noteValue(log: Log, row: string, value: unknown): void {
    const symbol = this.legend.symbolOf(value);
    if (symbol === undefined) this.#explain(log, row, describeValue(value));
    this.#note(log, row, symbol ?? '?');
  }

  #noteError(log: Log, error: unknown): void {
    const expected = this.legend.valueOf('#');
    const fits = this.legend.has('#')
      ? (typeof expected === 'function' && error instanceof expected) || same(error, expected)
      : this.#errors.some((emitted) => emitted === error);
    if (!fits) this.#explain(log, 'output', `the error ${describeValue(error)}`);
    this.#note(log, 'output', fits ? '#' : '?');
  }

  #note(log: Log, row: string, symbol: string): void {
    log.add(row, { frame: this.scheduler.frame, symbol });
  }

  #explain(log: Log, row: string, what: string): void {
    const { frame } = this.scheduler;
    log.notes.push({ frame, text: `${row}: '?' in frame ${frame} is ${what}` });
  }
}

/** Asks for nothing by itself. */
class Asking extends DemandSubscriber<unknown> {
  unasked = 0;

  override next(value: unknown): void {
    super.next(value);
    this.unasked = Math.max(this.unasked, this.buffered);
  }
}

/** What happened, row by row: at the sources, or at one consumer, which sees that too. */
class Log {
  readonly notes: { readonly frame: number; readonly text: string }[] = [];
  /** How many values waited at the consumer when a frame was over. */
  readonly buffered: number[] = [];
  readonly #marks = new Map<string, Mark[]>();

  constructor(private readonly above?: Log) {}

  add(row: string, mark: Mark): void {
    const marks = this.#marks.get(row) ?? [];
    marks.push(mark);
    this.#marks.set(row, marks);
  }

  notesBefore(width: number): string[] {
    return [...(this.above?.notes ?? []), ...this.notes]
      .filter(({ frame }) => frame < width)
      .map(({ text }) => text);
  }

  marksOf({ shows, input }: Expectation, width: number, legend: Legend): Mark[] {
    switch (shows) {
      case 'waiting':
        return this.#counts(width, legend, (frame) => this.#waiting(frame));
      case 'inFlight':
        return this.#counts(width, legend, (frame) => this.#waiting(frame) - (this.buffered[frame] ?? 0));
      case 'upstream':
      case 'drawn':
        return this.#marksIn(`${shows}.${input}`, width);
      default:
        return this.#marksIn(shows, width);
    }
  }

  #marksIn(row: string, width: number): Mark[] {
    const marks = this.#marks.get(row) ?? this.above?.marks(row) ?? [];
    return marks.filter(({ frame }) => frame < width);
  }

  marks(row: string): readonly Mark[] {
    return this.#marks.get(row) ?? [];
  }

  /** A number a frame until the consumer's stream is over; a frame without a mark is 0. */
  #counts(width: number, legend: Legend, count: (frame: number) => number): Mark[] {
    const over = [...this.marks('output'), ...this.marks('request')].find(({ symbol }) =>
      ENDS.includes(symbol),
    );
    const marks: Mark[] = [];
    for (let frame = 0; frame < Math.min(width, over?.frame ?? Infinity); frame++) {
      const size = count(frame);
      if (size !== 0) marks.push({ frame, symbol: legend.symbolOf(size) ?? '?' });
    }
    return marks;
  }

  /** For a pipeline that hands on each value once: what has come in and neither gone out nor been dropped. */
  #waiting(last: number): number {
    const values = (row: string) =>
      this.#marksIn(row, last + 1).filter(({ symbol }) => !ENDS.includes(symbol)).length;
    return values(`drawn.${MAIN}`) - values('output') - values('dropped');
  }
}

const ENDS = '|#!';
