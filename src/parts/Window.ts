import { BoundedBuffer } from '../buffer/BoundedBuffer.js';
import type { DropOptions } from '../buffer/BufferOptions.js';
import { Drain } from '../buffer/Drain.js';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { reportUnhandled } from '../kernel/reportUnhandled.js';
import { addDemand } from '../protocol/arithmetic.js';
import type { Demand, DemandSink, Producer } from '../protocol/Demand.js';
import { COMPLETE, type Ending } from '../protocol/Ending.js';

/** `count` successive values of a stream, as an Observable for one subscriber, whose demand is asked for upstream. */
export class Window<T> extends DemandObservable<T> implements Producer {
  /** How many values it has yet to get. */
  lacking: number;
  readonly #drain: Drain<T>;
  #sink: DemandSink<T> | undefined;
  #requested = 0;
  /** What was asked for on its behalf, the value that opened it included. */
  #asked = 1;
  #left = false;
  #ended = (): void => {};

  constructor(
    first: T,
    private readonly count: number,
    readonly upstream: Demand,
    private readonly changed: () => void,
    private readonly options: DropOptions<T>,
  ) {
    super((sink) => {
      if (this.#sink !== undefined) {
        throw new Error('windowWithCount: a window takes one subscriber');
      }
      if (this.#left) {
        throw new Error('windowWithCount: the stream of windows was left');
      }
      this.#sink = sink;
      this.#drain.downstream = sink;
      return this;
    });
    this.lacking = count;
    this.#drain = new Drain<T>(
      {},
      upstream,
      (ending) => {
        if (ending.kind === 'error') {
          this.#sink?.error(ending.error);
          this.#ended();
        } else {
          this.#sink?.complete();
        }
      },
      new BoundedBuffer<T>('windowWithCount', options),
    );
    this.next(first);
  }

  /** Whether the values that it lacks are still waited for. */
  get filling(): boolean {
    return this.lacking > 0 && !this.#left;
  }

  next(value: T): void {
    this.lacking--;
    if (this.#left) {
      this.options.onDrop?.(value, 'unsubscribed');
    }
    this.#drain.next(value);
    if (this.lacking === 0) {
      this.#drain.end(COMPLETE);
    }
  }

  /** Ends it after the values that wait in it; `ended` is called once nothing waits any more, so that it overtakes none of them. */
  end(ending: Ending, ended = (): void => {}): void {
    this.lacking = 0;
    this.#ended = ended;
    this.#drain.end(ending);
    if (this.#drain.closed) {
      ended();
    }
  }

  /** The stream of windows was left: who comes later is not left waiting for values that nobody asks for. */
  abandon(): void {
    if (this.#sink === undefined && this.filling) {
      this.unsubscribe();
    }
  }

  request(n: number): void {
    this.#requested = addDemand(this.#requested, n);
    this.#drain.request(n);
    const more = Math.min(this.#requested, this.count) - this.#asked;
    if (more > 0 && !this.#left) {
      this.#asked += more;
      this.upstream.request(more);
    }
  }

  unsubscribe(): void {
    this.#left = true;
    try {
      this.#drain.close();
    } catch (error) {
      reportUnhandled(error);
    }
    this.#ended();
    this.changed();
  }
}
