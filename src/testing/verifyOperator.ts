import type { OperatorFunction } from 'rxjs';
import { DemandObservable } from '../kernel/DemandObservable.js';
import type { DemandSink, Producer } from '../protocol/Demand.js';
import type { Publisher } from '../protocol/Publisher.js';
import { pullFrom } from '../sources/pullFrom.js';
import { DemandProbe } from './DemandProbe.js';
import { on, type Trial, tryLaws, Untested, type Verification } from './laws/ConformanceError.js';
import { type DemandKind, OPERATOR_LAWS, type OperatorSubject } from './laws/operatorLaws.js';
import { PUBLISHER_LAWS, type PublisherSubject } from './laws/publisherLaws.js';
import { publisherOf } from './laws/publisherOf.js';
import { fewTurns, type Settle } from './laws/settle.js';
import { type Puppet, SUBSCRIBER_LAWS } from './laws/subscriberLaws.js';

/** Options of {@link verifyOperator}. */
export interface VerifyOperatorOptions {
  /** How demand goes up, as the operator's documentation has it. Left out: not tested. */
  readonly demand?: DemandKind;
  /** How many values from above make one below. Default 1. */
  readonly perOutput?: number;
  /** `true` if what it makes takes one subscriber only. */
  readonly single?: boolean;
  /** Rules that are not tried, each with the reason. */
  readonly except?: Readonly<Record<string, string>>;
  /** Waits until what answers later has answered. Default: a few turns of the event loop; with fake timers, advance them. */
  readonly settle?: Settle;
  /** Collects garbage, for rule 3.13. Default: `gc` where node runs with `--expose-gc`. */
  readonly collect?: () => void;
}

/**
 * Tries the rules of both sides of Reactive Streams, and the laws of this library, on an operator.
 *
 * @param operator makes the operator anew, which hands on every value, or makes one of every `perOutput`
 * @param options `demand`, `perOutput`; `except`: rules that are not tried; `settle`: waits for what answers later
 * @returns a promise of what was tested; it rejects with a {@link ConformanceError} that names every rule that does not hold
 *
 * @example
 * ```ts
 * import { bufferWithCount } from 'rxjs-backpressure';
 * import { verifyOperator } from 'rxjs-backpressure/testing';
 *
 * await verifyOperator(() => bufferWithCount(2), { perOutput: 2 });
 * ```
 */
export function verifyOperator(
  operator: () => OperatorFunction<number, unknown>,
  { settle = fewTurns, perOutput = 1, demand, except = {}, single, collect }: VerifyOperatorOptions = {},
): Promise<Verification> {
  let open = 0;
  const upstream = (count: number, fail?: { readonly error: unknown }) =>
    new DemandObservable<number>((sink) => {
      open++;
      return counter(sink, count * perOutput, fail, () => open--);
    });
  const subject: PublisherSubject<unknown> = {
    create: (count) => publisherOf<unknown>(upstream(count).pipe(operator())),
    failing: (error) => publisherOf<unknown>(upstream(0, { error }).pipe(operator())),
    held: () => open,
    guarded: true,
    ...{ single, collect, settle },
  };
  const between = on<OperatorSubject>(OPERATOR_LAWS, { operator, demand, perOutput, settle });
  const asSubscriber: Trial = {
    rule: '4.1',
    async holds() {
      if (perOutput !== 1) throw new Untested('section 2 is tried on operators that hand on each value');
      const subscribe = (publisher: Publisher<number>) => operated(publisher, operator());
      await tryLaws(on(SUBSCRIBER_LAWS, { subscribe, settle }), settle);
    },
  };
  const trials = [...on(PUBLISHER_LAWS, subject), ...between, asSubscriber];
  return tryLaws(
    trials.filter(({ rule }) => !(rule in except)),
    settle,
  );
}

/** The operator as a Reactive Streams processor, in the hand. */
function operated(publisher: Publisher<number>, operator: OperatorFunction<number, unknown>): Puppet {
  const probe = new DemandProbe<unknown>();
  pullFrom(publisher).pipe(operator).subscribe(probe);
  return {
    request: (n) => probe.request(n),
    unsubscribe: () => probe.unsubscribe(),
    // What comes in batches is looked at value by value.
    get received() {
      return probe.received.flat();
    },
  };
}

/** Counts up to `count` as it is asked to, then ends, with an error or well; the ending rides with the last value. */
function counter(
  sink: DemandSink<number>,
  count: number,
  fail: { readonly error: unknown } | undefined,
  release: () => void,
): Producer {
  let value = 0;
  let credit = 0;
  let counting = false;
  const endIfOver = () => {
    if (value < count) return;
    if (fail === undefined) sink.complete();
    else sink.error(fail.error);
  };
  return {
    start: endIfOver,
    request(n) {
      credit += n;
      if (counting) return;
      counting = true;
      try {
        while (credit > 0 && value < count && !sink.closed) {
          credit--;
          sink.next(value++);
          endIfOver();
        }
      } finally {
        counting = false;
      }
    },
    unsubscribe: release,
  };
}
