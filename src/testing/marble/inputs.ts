/** The sources of a diagram, played on its clock. */
import { Observable, type Subscriber } from 'rxjs';
import { DemandObservable } from '../../kernel/DemandObservable.js';
import { addDemand } from '../../protocol/arithmetic.js';
import type { DemandSink, Producer } from '../../protocol/Demand.js';
import { pullFrom } from '../../sources/pullFrom.js';
import type { Input } from './diagram.js';
import type { Legend } from './Legend.js';
import type { Mark } from './row.js';

/** What an input tells of itself. */
export interface Witness {
  /** It emitted a value, or ended with `|` or `#`. */
  drawn(value: { readonly value: unknown } | '|' | '#'): void;
  requested(n: number): void;
  unsubscribed(): void;
}

export interface PlayedInput {
  readonly observable: Observable<unknown>;
  /** The frame of `mark` has come. */
  play(mark: Mark): void;
}

export function playInput(input: Input, legend: Legend, error: unknown, witness: Witness): PlayedInput {
  switch (input.kind) {
    case 'push':
      return push(legend, error, witness);
    case 'pull':
      return pull(legend, error, witness);
    case 'iterable':
      return iterable(input, legend, error, witness);
  }
}

/** A hot source: emits at its frames to whoever is subscribed then. */
function push(legend: Legend, error: unknown, witness: Witness): PlayedInput {
  const subscribers = new Set<Subscriber<unknown>>();
  let ending: '|' | '#' | undefined;
  return {
    observable: new Observable((subscriber) => {
      if (ending !== undefined) {
        end(subscriber, ending, error);
        return;
      }
      subscribers.add(subscriber);
      return () => {
        subscribers.delete(subscriber);
        if (ending === undefined) witness.unsubscribed();
      };
    }),
    play({ symbol }) {
      const listening = [...subscribers];
      if (symbol === '|' || symbol === '#') {
        ending = symbol;
        if (listening.length > 0) witness.drawn(symbol);
        for (const subscriber of listening) end(subscriber, symbol, error);
      } else if (listening.length > 0) {
        const value = legend.valueOf(symbol);
        witness.drawn({ value });
        for (const subscriber of listening) subscriber.next(value);
      }
    },
  };
}

/** A source that honours demand: offers its items in order, from their frames on; each subscription begins anew. */
function pull(legend: Legend, error: unknown, witness: Witness): PlayedInput {
  const offered: Mark[] = [];
  const drains = new Set<() => void>();

  const connect = (sink: DemandSink<unknown>): Producer => {
    let credit = 0;
    let next = 0;
    let emitting = false;
    let over = false;
    const emit = ({ symbol }: Mark) => {
      if (symbol === '|' || symbol === '#') {
        over = true;
        drains.delete(drain);
        witness.drawn(symbol);
        end(sink, symbol, error);
      } else {
        credit--;
        const value = legend.valueOf(symbol);
        witness.drawn({ value });
        sink.next(value);
      }
    };
    const drain = () => {
      if (emitting) return;
      emitting = true;
      try {
        for (let mark = offered[next]; mark !== undefined && !over; mark = offered[next]) {
          if (credit === 0 && mark.symbol !== '|' && mark.symbol !== '#') break;
          next++;
          emit(mark);
        }
      } finally {
        emitting = false;
      }
    };
    drains.add(drain);
    // An ending needs no demand.
    drain();
    return {
      request(n) {
        witness.requested(n);
        credit = addDemand(credit, n);
        drain();
      },
      unsubscribe() {
        drains.delete(drain);
        if (!over) witness.unsubscribed();
        over = true;
      },
    };
  };

  return {
    observable: new DemandObservable(connect),
    play(mark) {
      offered.push(mark);
      for (const drain of [...drains]) drain();
    },
  };
}

/** An iterable, read by `pullFrom`: it answers at once, and what is read of it is what was asked for. */
function iterable({ marks }: Input, legend: Legend, error: unknown, witness: Witness): PlayedInput {
  const read = function* () {
    let over = false;
    try {
      for (const { symbol } of marks) {
        if (symbol === '#') {
          over = true;
          witness.drawn('#');
          throw error;
        }
        if (symbol === '|') break;
        const value = legend.valueOf(symbol);
        witness.drawn({ value });
        yield value;
      }
      over = true;
      witness.drawn('|');
    } finally {
      if (!over) witness.unsubscribed();
    }
  };
  return { observable: pullFrom({ [Symbol.iterator]: read }), play() {} };
}

function end(to: { complete(): void; error(error: unknown): void }, symbol: '|' | '#', error: unknown): void {
  if (symbol === '|') {
    to.complete();
  } else {
    to.error(error);
  }
}
