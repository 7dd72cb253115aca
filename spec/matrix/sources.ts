import {
  asyncScheduler,
  concat,
  concatMap,
  from,
  map,
  type Observable,
  type Subscription,
  throwError,
  timer,
} from 'rxjs';
import { DemandObservable, type DemandSink, type Producer, pullFrom } from '../../src/index.js';

/** Frames between two values of a slow source; no value ever falls on the frame of a notifier with a period of 25. */
export const GAP = 10.125;

export const failure = new Error('the source fails');

/** What a source has to give: `values`, then its end, or `failure`. */
export interface Offer {
  readonly values: readonly number[];
  readonly fails: boolean;
}

/** The sources that honour demand, each with an ordinary Observable of the same values at the same time beside it. */
export type Kind = 'iterable' | 'prompt' | 'slow';

export const KINDS: readonly Kind[] = ['iterable', 'prompt', 'slow'];

/** What happens at all counted sources of one run. */
export class Ledger {
  /** Items given. */
  drawn = 0;
  /** Iterators and producers made. */
  opened = 0;
  /** Iterators and producers that have ended or were given up. */
  released = 0;
  /** The most that were open at a time. */
  mostOpen = 0;
  onDraw: () => void = () => {};

  open(): void {
    this.opened++;
    this.mostOpen = Math.max(this.mostOpen, this.opened - this.released);
  }

  draw(): void {
    this.drawn++;
    this.onDraw();
  }
}

export function plainSource(kind: Kind, { values, fails }: Offer): Observable<number> {
  const values$ =
    kind === 'slow'
      ? from(values).pipe(concatMap((value) => timer(GAP).pipe(map(() => value))))
      : from(values);
  return fails
    ? concat(
        values$,
        throwError(() => failure),
      )
    : values$;
}

export function demandSource(kind: Kind, offer: Offer, ledger: Ledger): Observable<number> {
  return kind === 'iterable'
    ? pullFrom(iterable(offer, ledger))
    : new DemandObservable((sink) => (kind === 'prompt' ? prompt : slow)(offer, ledger, sink));
}

function iterable({ values, fails }: Offer, ledger: Ledger): Iterable<number> {
  return {
    [Symbol.iterator]() {
      ledger.open();
      const remaining = values.values();
      let ended = false;
      return {
        next() {
          const result = remaining.next();
          if (result.done !== true) {
            ledger.draw();
            return result;
          }
          ended = true;
          ledger.released++;
          if (fails) {
            throw failure;
          }
          return result;
        },
        return() {
          // RxJS's own loop, compiled for ES5, returns an iterator that has thrown.
          ledger.released += ended ? 0 : 1;
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** Answers from inside `request`. */
function prompt(offer: Offer, ledger: Ledger, sink: DemandSink<number>): Producer {
  const give = giver(offer, ledger, sink);
  let credit = 0;
  let giving = false;
  return {
    request(n) {
      credit += n;
      if (giving) {
        return;
      }
      giving = true;
      while (credit > 0 && !sink.closed) {
        credit--;
        give();
      }
      giving = false;
    },
    unsubscribe: () => ledger.released++,
  };
}

/** Answers one item at a time, `GAP` after it was asked or after the item before. */
function slow(offer: Offer, ledger: Ledger, sink: DemandSink<number>): Producer {
  const give = giver(offer, ledger, sink);
  let credit = 0;
  let answer: Subscription | undefined;
  const answerLater = () => {
    if (credit > 0 && !sink.closed) {
      answer ??= asyncScheduler.schedule(() => {
        answer = undefined;
        credit--;
        give();
        answerLater();
      }, GAP);
    }
  };
  return {
    request(n) {
      credit += n;
      answerLater();
    },
    unsubscribe() {
      answer?.unsubscribe();
      ledger.released++;
    },
  };
}

/** Gives the next value, and the ending with the last one. */
function giver({ values, fails }: Offer, ledger: Ledger, sink: DemandSink<number>): () => void {
  ledger.open();
  let given = 0;
  return () => {
    const value = values[given++];
    if (value !== undefined) {
      ledger.draw();
      sink.next(value);
    }
    if (given === values.length) {
      if (fails) {
        sink.error(failure);
      } else {
        sink.complete();
      }
    }
  };
}
