/** Runs a diagram in the virtual time of RxJS's `TestScheduler`, and answers what really happened, in its alphabet. */
import * as rxjs from 'rxjs';
import { isObservable, type Observable, type OperatorFunction, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import * as library from 'rxjs-backpressure';
import { DemandSubscriber } from 'rxjs-backpressure';
import { type Diagram, type Expectation, type Input, MAIN } from './diagram.js';
import { type PlayedInput, playInput } from './inputs.js';
import type { Mark } from './row.js';
import { describeValue, evaluate, readLegend, type Scope, type Symbols, same } from './symbols.js';

export interface Outcome {
  /** What happened, for each expected row, by label. */
  readonly rows: ReadonlyMap<string, readonly Mark[]>;
  /** What a `?` in a row stands for, and what else there is to say. */
  readonly notes: readonly string[];
  /** How many values at most waited at the subscriber itself: they came down without having been requested. */
  readonly unasked: number;
}

/** Frames after the end of the diagram until everything must have stopped. */
const GRACE = 10_000;

export function run(diagram: Diagram): Outcome {
  const scheduler = new TestScheduler(() => {});
  return scheduler.run(() => new Performance(diagram, scheduler)).outcome();
}

/** One performance of a diagram. Everything is scheduled at once, in the order that a frame is to have. */
class Performance {
  private readonly symbols: Symbols;
  private readonly logs = new Map<string, Mark[]>();
  private readonly notes: string[] = [];
  private readonly errors: Error[] = [];
  private readonly subscription = new Subscription();
  private readonly consumer: Partial<rxjs.Observer<unknown>>;
  private unasked = 0;
  private recording = true;

  constructor(
    private readonly diagram: Diagram,
    private readonly scheduler: TestScheduler,
  ) {
    const scope: Scope = { ...rxjs, ...library, onDrop: (value: unknown) => this.logValue('dropped', value) };
    this.symbols = readLegend(diagram, scope);
    const inputs = diagram.inputs.map((input) => ({ input, played: this.playInput(input) }));
    const observable = this.build(inputs, scope);
    this.consumer = this.makeConsumer();

    this.at(0, () => this.subscription.add(observable.subscribe(this.consumer)));
    for (const { frame, symbol } of diagram.request?.marks ?? []) {
      this.at(frame, () => this.ask(symbol));
    }
    // Notifiers before items: what is named in the operator line comes first, what the operator is applied to last.
    const ofKind = (push: boolean) =>
      inputs.filter(({ input }) => push === (input.kind === 'push' && input.name !== MAIN));
    for (const { input, played } of [...ofKind(true), ...ofKind(false)]) {
      for (const mark of input.marks) {
        this.at(mark.frame, () => played.play(mark));
      }
    }
    this.at(diagram.width, () => this.stop());
    this.at(diagram.width + GRACE, () => this.checkStopped());
  }

  outcome(): Outcome {
    const rows = this.diagram.expectations.map((row): [string, readonly Mark[]] => [
      row.label,
      row.shows === 'waiting' ? this.waiting() : this.log(logOf(row)),
    ]);
    return { rows: new Map(rows), notes: this.notes, unasked: this.unasked };
  }

  private at(frame: number, happen: () => void): void {
    this.scheduler.schedule(() => {
      happen();
      if (this.consumer instanceof DemandSubscriber)
        this.unasked = Math.max(this.unasked, this.consumer.buffered);
    }, frame);
  }

  private playInput(input: Input): PlayedInput {
    const error = new Error(`the error of '${input.label}'`);
    return playInput(input, this.symbols, error, {
      drawn: (what) => {
        if (what === '#') this.errors.push(error);
        if (typeof what === 'string') {
          this.note(`drawn.${input.name}`, what);
        } else {
          this.logValue(`drawn.${input.name}`, what.value);
        }
      },
      requested: (n) => this.logValue(`upstream.${input.name}`, n),
      unsubscribed: () => this.note(`upstream.${input.name}`, '!'),
    });
  }

  private build(inputs: readonly { input: Input; played: PlayedInput }[], scope: Scope): Observable<unknown> {
    const named = inputs.map(({ input, played }): [string, unknown] => [input.name, played.observable]);
    const main = inputs.find(({ input }) => input.name === MAIN)?.played.observable;
    const made = evaluate(this.diagram.operator, { ...scope, ...Object.fromEntries(named) });
    if (main === undefined && isObservable(made)) return made;
    if (main !== undefined && typeof made === 'function') {
      return main.pipe(made as OperatorFunction<unknown, unknown>);
    }
    const wanted =
      main === undefined ? 'an Observable, as there is no row to apply an operator to' : 'an operator';
    throw new TypeError(`the operator line must make ${wanted}, got ${describeValue(made)}`);
  }

  /** With a request row a subscriber that asks for nothing by itself; without, a plain one. */
  private makeConsumer(): Partial<rxjs.Observer<unknown>> {
    const observer = {
      next: (value: unknown) => this.logValue('output', value),
      error: (error: unknown) => this.logError(error),
      complete: () => this.note('output', '|'),
    };
    return this.diagram.request === undefined ? observer : new DemandSubscriber<unknown>(observer);
  }

  private ask(symbol: string): void {
    if (!(this.consumer instanceof DemandSubscriber)) return;
    if (symbol === '!') {
      this.note('request', '!');
      this.consumer.unsubscribe();
    } else {
      this.consumer.request(this.symbols.valueOf(symbol) as number);
    }
  }

  private stop(): void {
    this.recording = false;
    this.subscription.unsubscribe();
  }

  private checkStopped(): void {
    if (this.scheduler.actions.some((action) => !action.closed)) {
      throw new Error(`something still runs ${GRACE} frames after everything was unsubscribed`);
    }
  }

  private logValue(row: string, value: unknown): void {
    const symbol = this.symbols.symbolOf(value);
    if (symbol === undefined && this.recording) {
      this.notes.push(`${row}: '?' in frame ${this.scheduler.frame} is ${describeValue(value)}`);
    }
    this.note(row, symbol ?? '?');
  }

  private logError(error: unknown): void {
    const { error: legend } = this.symbols;
    const fits =
      legend === undefined
        ? this.errors.some((emitted) => emitted === error)
        : (typeof legend.expected === 'function' && error instanceof legend.expected) ||
          same(error, legend.expected);
    if (fits) {
      this.note('output', '#');
    } else {
      this.notes.push(`output: '?' in frame ${this.scheduler.frame} is the error ${describeValue(error)}`);
      this.note('output', '?');
    }
  }

  private note(row: string, symbol: string): void {
    if (this.recording) {
      const marks = this.log(row);
      marks.push({ frame: this.scheduler.frame, symbol });
      this.logs.set(row, marks);
    }
  }

  private log(row: string): Mark[] {
    return this.logs.get(row) ?? [];
  }

  /** For an operator that hands on each value once: what has come in and neither gone out nor been dropped. */
  private waiting(): Mark[] {
    const count = (row: string, frame: number) =>
      this.log(row).filter((mark) => mark.frame <= frame && !'|#!'.includes(mark.symbol)).length;
    const over = [...this.log('output'), ...this.log('request')].find(({ symbol }) => '|#!'.includes(symbol));
    const marks: Mark[] = [];
    for (let frame = 0; frame < Math.min(this.diagram.width, over?.frame ?? Infinity); frame++) {
      const size = count(`drawn.${MAIN}`, frame) - count('output', frame) - count('dropped', frame);
      if (size !== 0) marks.push({ frame, symbol: this.symbols.symbolOf(size) ?? '?' });
    }
    return marks;
  }
}

function logOf({ shows, input }: Expectation): string {
  return shows === 'upstream' || shows === 'drawn' ? `${shows}.${input}` : shows;
}
