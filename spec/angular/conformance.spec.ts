/** The rows of `rxjs-backpressure/angular`: see `spec/conformance`. */
import { createEnvironmentInjector, EnvironmentInjector } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { expect, it } from '@jest/globals';
import { type Observable, tap } from 'rxjs';
import * as library from 'rxjs-backpressure/angular';
import { type Running, type Verification, verifyOperator, verifySink } from 'rxjs-backpressure/testing';
import { angular, frames, inContext, settled } from './bed.js';

angular();

/** A sink, and what is done with it while the laws wait. */
interface Watched extends Running {
  look?(): void;
}

function sink(run: (source$: Observable<number>, injector: EnvironmentInjector) => Watched) {
  return (): Promise<Verification> => {
    const all: Watched[] = [];
    const settle = async () => {
      await frames(1);
      for (const { look } of all) look?.();
      await settled();
    };
    const begin = (source$: Observable<number>) => {
      const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
      const running = run(source$, injector);
      all.push(running);
      return Object.assign(running, { stop: () => injector.destroy() });
    };
    return verifySink(begin, { settle });
  };
}

/** A promise, and how to settle it. */
function outcome() {
  let resolve = (): void => {};
  let reject: (error: unknown) => void = () => {};
  const done = new Promise<void>((resolved, rejected) => {
    [resolve, reject] = [resolved, rejected];
  });
  return { done, resolve, reject };
}

/** One row at a time: another is requested when the last has come. */
function asList(source$: Observable<number>, injector: EnvironmentInjector): Watched {
  const list = library.demandList(source$, { first: 1, injector });
  const { done, resolve, reject } = outcome();
  let requested = 1;
  return {
    done,
    get taken() {
      return list.items();
    },
    look() {
      if (list.isComplete()) resolve();
      else if (list.isLoading()) return;
      // What was requested has neither come nor is it on its way.
      else if (list.items().length < requested) reject(list.error());
      else {
        requested++;
        list.request(1);
      }
    },
  };
}

function oneByOne(source$: Observable<number>, injector: EnvironmentInjector): Watched {
  const taken: number[] = [];
  const { done, resolve, reject } = outcome();
  library.subscribeWithDemand(
    source$,
    {
      start: (demand) => demand.request(1),
      next: (value, demand) => {
        taken.push(value);
        demand.request(1);
      },
      error: reject,
      complete: resolve,
    },
    { injector },
  );
  return { taken, done };
}

/** A signal keeps its last value at the end, of which only the source tells. */
function asSignal(source$: Observable<number>, injector: EnvironmentInjector): Watched {
  const taken: number[] = [];
  const { done, resolve, reject } = outcome();
  const newest = library.toFrameSignal(source$.pipe(tap({ complete: resolve })), { injector });
  return {
    taken,
    done,
    look() {
      try {
        const value = newest();
        if (value !== undefined && value !== taken.at(-1)) taken.push(value);
      } catch (error) {
        reject(error);
      }
    },
  };
}

const ROWS: Readonly<Record<string, () => Promise<Verification>>> = {
  demandList: sink(asList),
  pauseWhileHidden: () =>
    verifyOperator(() => inContext(() => library.pauseWhileHidden()), { demand: 'shapes', settle: settled }),
  subscribeWithDemand: sink(oneByOne),
  toFrameSignal: sink(asSignal),
};

/** Exports that are no source, sink or operator, and why. */
const NO_SUBJECTS: Readonly<Record<string, string>> = {
  monitorSignal: 'shows counts',
  requestsFromVirtualScroll: 'a notifier, which pushes',
};

it('the rows have every source, sink and operator of the entry', () => {
  expect([...Object.keys(ROWS), ...Object.keys(NO_SUBJECTS)].sort()).toEqual(Object.keys(library).sort());
});

it.each(Object.entries(ROWS))('%s keeps the laws', async (_subject, verify) => {
  const { held } = await verify();
  expect(held.length).toBeGreaterThan(5);
});
