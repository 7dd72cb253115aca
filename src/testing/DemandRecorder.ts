import type { MonoTypeOperatorFunction } from 'rxjs';
import { Queue } from '../buffer/Queue.js';
import { demandOperator } from '../parts/demandOperator.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount, checkTime } from '../protocol/check.js';
import { type Recorded, writeDiagram } from './marble/writeDiagram.js';

/** Options of a {@link DemandRecorder}. */
export interface DemandRecorderOptions {
  /** The title of its diagrams. Default `'recorded'`. */
  readonly title?: string;
  /** How many signals of a subscription are kept, the newest: a positive integer. Default 500. */
  readonly limit?: number;
  /** How many subscriptions are kept, the newest: a positive integer. Default 4. */
  readonly subscriptions?: number;
  /** How many ms one column of the diagram is, where there is room. Default 1. */
  readonly frame?: number;
  /** After so many columns in which nothing happens the next signal is shown: a positive integer. Default 20. */
  readonly gap?: number;
  /** What measures time, in ms. Default `performance`; in virtual time, the scheduler. */
  readonly clock?: { now(): number };
}

/**
 * Writes down what passes a point of a pipeline, in both directions and within a bound, and prints it as a marble diagram that
 * {@link runMarble} can run: so that an incident becomes a test.
 *
 * Where more happens than is kept, the oldest is forgotten, and the demand that was left then stands at the beginning.
 *
 * @param options `limit`, `subscriptions`: how much is kept; `title`, `frame`, `gap`: how it is printed; `clock`
 *
 * @example
 * ```ts
 * import { DemandSubscriber, pullFrom, tapDemand } from 'rxjs-backpressure';
 * import { DemandRecorder, runMarble } from 'rxjs-backpressure/testing';
 *
 * const recorder = new DemandRecorder({ title: 'rows' });
 * pullFrom(['a', 'b', 'c'])
 *   .pipe(recorder.record())
 *   .subscribe(new DemandSubscriber<string>({ start: (demand) => demand.request(2) }));
 *
 * const diagram = String(recorder);
 * runMarble(diagram, { tapDemand }); // now put the operator that fails instead of tapDemand()
 * ```
 */
export class DemandRecorder {
  readonly #traces = new Queue<Trace>();
  readonly #options: Required<DemandRecorderOptions>;
  #subscriptions = 0;

  constructor(options: DemandRecorderOptions = {}) {
    const {
      title = 'recorded',
      limit = 500,
      subscriptions = 4,
      frame = 1,
      gap = 20,
      clock = performance,
    } = options;
    checkCount('DemandRecorder: limit', limit, 1);
    checkCount('DemandRecorder: subscriptions', subscriptions, 1);
    checkTime('DemandRecorder: frame', frame);
    checkCount('DemandRecorder: gap', gap, 1);
    this.#options = { title, limit, subscriptions, frame, gap, clock };
  }

  /** The operator for the point to look at. Requests go up and values come down as they are. */
  record<T>(): MonoTypeOperatorFunction<T> {
    const { clock, limit, subscriptions } = this.#options;
    return demandOperator<T, T>(
      (downstream, upstream) => {
        const trace = new Trace(++this.#subscriptions, limit);
        this.#traces.push(trace);
        if (this.#traces.size > subscriptions) {
          this.#traces.shift();
        }
        const note = (signal: Signal) => trace.add({ ...signal, time: clock.now() });
        let ended = false;
        const end = (signal: Signal) => {
          ended = true;
          note(signal);
        };
        return {
          request: (n) => {
            note({ kind: 'request', n });
            upstream.request(n);
          },
          next: (value) => {
            note({ kind: 'next', value });
            downstream.next(value);
          },
          error: (error) => {
            end({ kind: 'error', error });
            downstream.error(error);
          },
          complete: () => {
            end({ kind: 'complete' });
            downstream.complete();
          },
          unsubscribe: () => {
            if (!ended) {
              note({ kind: 'unsubscribe' });
            }
          },
        };
      },
      { operator: 'DemandRecorder' },
    );
  }

  /** One diagram for each subscription that is kept, oldest first. */
  toString(): string {
    const { title, frame, gap } = this.#options;
    return [...this.#traces]
      .map((trace) =>
        writeDiagram(`${title}, subscription ${trace.number}`, trace.recorded(), { frame, gap }),
      )
      .join('\n');
  }
}

type Signal = Recorded extends infer R ? (R extends Recorded ? Omit<R, 'time'> : never) : never;

/** The newest signals of one subscription. */
class Trace {
  readonly #signals = new Queue<Recorded>();
  /** The demand that was left when what is forgotten had happened. */
  #left = 0;

  constructor(
    readonly number: number,
    private readonly limit: number,
  ) {}

  add(signal: Recorded): void {
    this.#signals.push(signal);
    if (this.#signals.size > this.limit) {
      const forgotten = this.#signals.shift();
      if (forgotten.kind === 'request') this.#left = addDemand(this.#left, forgotten.n);
      if (forgotten.kind === 'next') this.#left--;
    }
  }

  recorded(): Recorded[] {
    const signals = [...this.#signals];
    const [first] = signals;
    return this.#left > 0 && first !== undefined
      ? [{ kind: 'request', n: this.#left, time: first.time }, ...signals]
      : signals;
  }
}
