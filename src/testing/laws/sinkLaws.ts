/** Section 2 of Reactive Streams, and our own laws, for whatever takes the values of an Observable. */
import type { Observable } from 'rxjs';
import { pullFrom } from '../../sources/pullFrom.js';
import { ControllableSource } from '../ControllableSource.js';
import { type Law, must, show, Untested } from './ConformanceError.js';
import type { Settle } from './settle.js';

/** A sink at work. */
export interface Running {
  /** Settles as the work does. */
  readonly done: Promise<unknown>;
  /** The values that were taken, in order. */
  readonly taken: readonly unknown[];
  /** Makes it stop early, if it can. */
  readonly stop?: () => unknown;
}

/** What the laws are tried on. */
export interface SinkSubject {
  readonly run: (source$: Observable<number>) => Running;
  /** The same, where taking the first value fails with this error. */
  readonly failing?: ((source$: Observable<number>, error: unknown) => Running) | undefined;
  /** How many values it may ask for ahead. */
  readonly ahead: number;
  readonly settle: Settle;
}

export const SINK_LAWS: readonly Law<SinkSubject>[] = [
  {
    rule: '2.1',
    async holds(subject) {
      const { source$ } = await start(subject);
      const { requested } = source$.connection;
      must(requested >= 1, 'it requests nothing');
      must(requested <= subject.ahead, `it asks for ${requested} ahead, more than ${subject.ahead}`);
    },
  },
  {
    rule: '2.4',
    async holds(subject) {
      const { source$ } = await start(subject);
      const before = source$.requests.length;
      source$.complete();
      await subject.settle();
      must(source$.requests.length === before, 'it requests after completion');
    },
  },
  {
    rule: '2.6',
    async holds(subject) {
      const { source$, running } = await start(subject);
      if (running.stop === undefined) throw new Untested('it cannot be stopped');
      await running.stop();
      await subject.settle();
      must(source$.released === 1, `it was stopped, and released its source ${source$.released} times`);
    },
  },
  {
    rule: '2.8',
    async holds(subject) {
      const { source$, running } = await start(subject);
      if (running.stop === undefined) throw new Untested('it cannot be stopped');
      await running.stop();
      await subject.settle();
      const before = running.taken.length;
      source$.next(1);
      source$.complete();
      await subject.settle();
      must(running.taken.length === before, 'it took a value after it was stopped');
    },
  },
  {
    rule: '2.9',
    async holds(subject) {
      const { source$, outcome } = await start(subject);
      source$.complete();
      await subject.settle();
      must((await outcome()) === 'resolved', `the source completed, and it ${await outcome()}`);
    },
  },
  {
    rule: '2.10',
    async holds(subject) {
      const { source$, outcome } = await start(subject);
      source$.error(new Error('on purpose'));
      await subject.settle();
      must((await outcome()) === 'rejected', `the source failed, and it ${await outcome()}`);
    },
  },
  {
    rule: 'demand',
    async holds(subject) {
      const { source$, running } = await start(subject);
      for (let i = 0; i < 50; i++) {
        const { requested, emitted } = source$.connection;
        must(
          requested - running.taken.length <= subject.ahead,
          `${running.taken.length} taken, ${requested} requested: more than ${subject.ahead} ahead`,
        );
        if (emitted < requested) source$.next(i);
        await subject.settle();
      }
      must(running.taken.length > 0, 'it took nothing');
    },
  },
  {
    rule: 'conservation',
    async holds(subject) {
      const values = Array.from({ length: 60 }, (_, i) => i);
      const running = subject.run(pullFrom(values));
      const outcome = watch(running);
      // Each turn may let only one value through.
      for (let turn = 0; turn < values.length && (await outcome()) === 'pending'; turn++)
        await subject.settle();
      must(
        show(running.taken) === show(values) && running.taken.length === 60,
        `of 60 it took ${show(running.taken)}`,
      );
      must((await outcome()) === 'resolved', `after all values it ${await outcome()}`);
    },
  },
  {
    rule: 'release',
    async holds(subject) {
      for (const signal of ['complete', 'error'] as const) {
        const { source$ } = await start(subject);
        source$[signal](new Error('on purpose'));
        await subject.settle();
        must(source$.released === 1, `after ${signal} the source was released ${source$.released} times`);
      }
    },
  },
  {
    rule: 'sink throw',
    async holds(subject) {
      if (subject.failing === undefined) throw new Untested('what it does with a value cannot fail');
      const source$ = new ControllableSource<number>();
      const outcome = watch(subject.failing(source$, new Error('on purpose')));
      await subject.settle();
      source$.next(1);
      await subject.settle();
      await subject.settle();
      must((await outcome()) === 'rejected', `what it does with a value failed, and it ${await outcome()}`);
      must(source$.released === 1, `it failed, and released its source ${source$.released} times`);
    },
  },
  {
    rule: 'falsy error',
    async holds(subject) {
      for (const error of [undefined, null, 0, '', false]) {
        const { source$, outcome } = await start(subject);
        source$.error(error);
        await subject.settle();
        must(
          (await outcome()) === 'rejected',
          `the source failed with ${show(error)}, and it ${await outcome()}`,
        );
      }
    },
  },
];

async function start(subject: SinkSubject) {
  const source$ = new ControllableSource<number>();
  const running = subject.run(source$);
  const outcome = watch(running);
  await subject.settle();
  must(source$.connections.length === 1, `it subscribed ${source$.connections.length} times`);
  return { source$, running, outcome };
}

/** How `done` has settled so far. */
function watch({ done }: Running): () => Promise<'pending' | 'resolved' | 'rejected'> {
  let outcome: 'pending' | 'resolved' | 'rejected' = 'pending';
  done.then(
    () => {
      outcome = 'resolved';
    },
    () => {
      outcome = 'rejected';
    },
  );
  return async () => outcome;
}
