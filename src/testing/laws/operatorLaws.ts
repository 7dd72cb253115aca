/** What only an operator can break: it stands between two sides. */
import { type Observable, type OperatorFunction, Subject } from 'rxjs';
import { ControllableSource } from '../ControllableSource.js';
import { DemandProbe } from '../DemandProbe.js';
import { type Law, must, show } from './ConformanceError.js';
import type { Settle } from './settle.js';
import { withoutReports } from './withoutReports.js';

/** How demand goes up: as it is; in batches or ahead; without bound; or not at all. */
export type DemandKind = 'forwards' | 'shapes' | 'absorbs' | 'ignores';

/** What the laws are tried on. */
export interface OperatorSubject {
  readonly operator: () => OperatorFunction<number, unknown>;
  readonly demand?: DemandKind | undefined;
  /** How many values from above make one below. */
  readonly perOutput: number;
  readonly settle: Settle;
}

export const OPERATOR_LAWS: readonly Law<OperatorSubject>[] = [
  {
    rule: '2.1',
    async holds(subject) {
      const { source$, probe } = await stand(subject);
      probe.request(2);
      await subject.settle();
      must(
        source$.connections.length === 1,
        `it subscribed ${source$.connections.length} times to its source`,
      );
      must(source$.connection.requested >= 1, 'values are wanted below, and none is requested above');
    },
  },
  ...(['complete', 'error'] as const).map((signal) => ({
    rule: '2.4',
    async holds(subject: OperatorSubject) {
      const { source$, probe } = await stand(subject);
      probe.request(1);
      await subject.settle();
      const before = source$.requests.length;
      source$[signal](new Error('on purpose'));
      probe.request(3);
      await subject.settle();
      must(
        source$.requests.length === before,
        `after ${signal} it requested ${show(source$.requests.slice(before))}`,
      );
    },
  })),
  {
    rule: '2.6',
    async holds(subject) {
      const { source$, probe } = await stand(subject);
      probe.request(1);
      await subject.settle();
      probe.unsubscribe();
      await subject.settle();
      must(source$.released === 1, `downstream left, and the source was released ${source$.released} times`);
    },
  },
  {
    rule: '2.9',
    async holds(subject) {
      const { source$, probe } = await stand(subject);
      source$.complete();
      await subject.settle();
      must(
        probe.ending?.kind === 'complete',
        `the source completed, and the consumer got ${show(probe.received)}`,
      );
    },
  },
  {
    rule: '2.10',
    async holds(subject) {
      const error = new Error('on purpose');
      const { source$, probe } = await stand(subject);
      source$.error(error);
      await subject.settle();
      expectError(probe, error);
    },
  },
  {
    rule: '4.2',
    async holds(subject) {
      const error = new Error('on purpose');
      const { source$, probe } = await stand(subject);
      probe.request(1);
      await subject.settle();
      source$.error(error);
      await subject.settle();
      expectError(probe, error);
      must(source$.released === 1, `the source failed, and was released ${source$.released} times`);
    },
  },
  {
    rule: 'falsy error',
    async holds(subject) {
      for (const error of [undefined, null, 0, '', false]) {
        const { source$, probe } = await stand(subject);
        source$.error(error);
        await subject.settle();
        expectError(probe, error);
      }
    },
  },
  {
    rule: 'sink throw',
    async holds(subject) {
      const source$ = new ControllableSource<number>();
      const operated$ = source$.pipe(subject.operator());
      const thrown = new Error('the consumer, on purpose');
      const probe = new DemandProbe<unknown>({
        next: () => {
          throw thrown;
        },
      });
      await withoutReports(subject.settle, async () => {
        operated$.subscribe(probe);
        await subject.settle();
        probe.request(3);
        await subject.settle();
        for (let i = 0; i < 2 * subject.perOutput; i++) source$.next(i);
        await subject.settle();
      });
      must(probe.values.length === 1, `a consumer that throws got ${probe.values.length} values`);
      must(probe.closed, 'a consumer that has thrown is still subscribed');
      must(
        source$.released === 1,
        `the consumer threw, and the source was released ${source$.released} times`,
      );
    },
  },
  {
    rule: 'demand',
    async holds(subject) {
      const source$ = new Subject<number>();
      const probe = new DemandProbe<unknown>();
      source$.pipe(subject.operator()).subscribe(probe);
      await subject.settle();
      probe.request(2);
      await subject.settle();
      for (let i = 0; i < 8 * subject.perOutput; i++) source$.next(i);
      await subject.settle();
      must(
        probe.arrived <= 2,
        `over a source without demand 2 were requested, and ${probe.arrived} came down`,
      );
      probe.unsubscribe();
      await subject.settle();
      must(!source$.observed, 'a source without demand is not released');
    },
  },
  {
    rule: 'kind',
    async holds({ demand, ...subject }) {
      if (demand === undefined) return;
      const { source$, probe } = await stand(subject);
      for (const n of [2, 1, 3]) {
        probe.request(n);
        await subject.settle();
      }
      const { requests } = source$.connection;
      const fits = {
        forwards: show(requests) === show([2, 1, 3]),
        shapes: !requests.includes(Infinity),
        absorbs: requests[0] === Infinity,
        ignores: true,
      };
      must(fits[demand], `it ${demand} demand, and of 2, 1 and 3 it made ${show(requests)}`);
    },
  },
];

/** The operator between a source and a consumer, both in the hand. */
async function stand(subject: Omit<OperatorSubject, 'demand'>) {
  const source$ = new ControllableSource<number>();
  const probe = new DemandProbe<unknown>();
  const operated$: Observable<unknown> = source$.pipe(subject.operator());
  operated$.subscribe(probe);
  await subject.settle();
  return { source$, probe };
}

function expectError({ ending, received }: DemandProbe<unknown>, error: unknown): void {
  must(
    ending?.kind === 'error' && Object.is(ending.error, error),
    `the source failed with ${show(error)}, and the consumer got ${show(received)}`,
  );
}
