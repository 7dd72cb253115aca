import { TestScheduler } from 'rxjs/testing';
import { DemandObservable, type DemandSink } from '../../src/index.js';

/** A source driven by hand, and what it was asked for. */
export class HandDriven<T> {
  readonly asked: number[] = [];
  connected = 0;
  released = 0;
  #sink: DemandSink<T> | undefined;
  readonly source$ = new DemandObservable<T>((sink) => {
    this.connected++;
    this.#sink = sink;
    return { request: (n) => void this.asked.push(n), unsubscribe: () => void this.released++ };
  });

  get total(): number {
    return this.asked.reduce((sum, n) => sum + n, 0);
  }

  next(...values: T[]): void {
    for (const value of values) this.#sink?.next(value);
  }

  error(error: unknown): void {
    this.#sink?.error(error);
  }

  complete(): void {
    this.#sink?.complete();
  }
}

/** Counts up from 0, answering each request at once, and what it was asked for. */
export class Counter {
  readonly asked: number[] = [];
  drawn = 0;
  released = 0;
  readonly source$;

  constructor(end = Infinity) {
    this.source$ = new DemandObservable<number>((sink) => ({
      request: (n) => {
        this.asked.push(n);
        for (let i = 0; i < n && !sink.closed; i++) {
          if (this.drawn < end) sink.next(this.drawn++);
          if (this.drawn >= end) sink.complete();
        }
      },
      unsubscribe: () => void this.released++,
    }));
  }

  get total(): number {
    return this.asked.reduce((sum, n) => sum + n, 0);
  }
}

/** Runs `body`, then what it has scheduled, in virtual time, without an end. */
export function inVirtualTime(body: (scheduler: TestScheduler) => void): void {
  const scheduler = new TestScheduler(() => {});
  scheduler.run(({ flush }) => {
    scheduler.maxFrames = Infinity;
    body(scheduler);
    flush();
  });
}
