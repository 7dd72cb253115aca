import { expect } from '@jest/globals';
import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandObservable, pullFrom } from '../../src/index.js';

/** How many items may be in flight, by default. */
export const WINDOW = 16;
/** The three ways a source can answer. */
export const KINDS = ['pulled', 'answering inside request', 'answering later'] as const;

/** A source that counts what was drawn from it, in each of the three ways a source can answer. */
export function counting(kind: (typeof KINDS)[number], limit = Infinity, first = 0) {
  const state = { drawn: 0, released: 0 };
  if (kind === 'pulled') {
    function* numbers() {
      try {
        while (state.drawn < limit) {
          yield first + state.drawn++;
        }
      } finally {
        state.released++;
      }
    }
    return Object.assign(state, { source$: pullFrom({ [Symbol.iterator]: numbers }) });
  }
  const source$ = new DemandObservable<number>((sink) => {
    const answer = (n = 0) => {
      for (let i = 0; i < n && !sink.closed; i++) {
        sink.next(first + state.drawn++);
        if (state.drawn === limit) {
          sink.complete();
        }
      }
    };
    return {
      request: (n) => {
        if (kind === 'answering later') asyncScheduler.schedule(answer, 0, n);
        else answer(n);
      },
      unsubscribe: () => void state.released++,
    };
  });
  return Object.assign(state, { source$ });
}

/** One that honours demand, and never answers. */
export const silent = () => new DemandObservable<never>(() => ({ request() {}, unsubscribe() {} }));

/** Runs `body` in virtual time, to the end of everything scheduled before `until`; `waiting` counts the timers that are set. */
export function inVirtualTime(
  until: number,
  body: (at: (frame: number, act: () => void) => void, waiting: () => number) => void,
): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.maxFrames = until;
  scheduler.run(() => {
    scheduler.maxFrames = until;
    body(
      (frame, act) => void scheduler.schedule(() => act(), frame),
      () => scheduler.actions.length,
    );
  });
}
