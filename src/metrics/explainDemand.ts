import { Observable, type Subscriber } from 'rxjs';
import { BoundedBuffer } from '../buffer/BoundedBuffer.js';
import type { Source } from '../chain/Source.js';
import { type Stage, stageOf } from '../chain/Stage.js';
import { ChainObservable } from '../kernel/ChainObservable.js';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { RequestedSource } from '../kernel/RequestedSource.js';

/** One stretch of a pipeline: native operators between a consumer of demand and what stands above them. */
export interface DemandStretch {
  /** Who asks: an operator of this library, or the subscriber at the end. */
  readonly consumer: string;
  /** Native operators that lead to it, as far as they show. */
  readonly native: number;
  /** What stands above: stretches that go on, and sources. None that honours demand means that none is carried. */
  readonly above: readonly (DemandStretch | DemandOrigin)[];
  /** What it has at the moment, where it is subscribed to. */
  readonly now?: {
    readonly requested: number;
    readonly waiting: number;
    readonly capacity: number;
    /** Values inside the native operators. */
    readonly inFlight: number;
  };
}

/** Where a pipeline begins, as far as it shows. */
export interface DemandOrigin {
  /** Whether it is asked, or sends what it has. */
  readonly demand: boolean;
  readonly why: string;
}

/** What {@link explainDemand} finds out: as data, and as a text that a person reads. */
export interface DemandExplained extends DemandStretch {
  readonly text: string;
}

const HONOURS: DemandOrigin = { demand: true, why: 'a source that honours demand' };
const CUT: DemandOrigin = {
  demand: false,
  why: 'no source that honours demand: an event or a Subject, or share or a hand-written operator cuts the chain',
};

/**
 * Tells which stretches of a pipeline carry demand and where the chain is cut. Of an Observable it tells how it is built; of a
 * `DemandSubscriber` that is subscribed, what really stands above it, and what is in flight and waits there now.
 *
 * @param pipeline an Observable, or a `DemandSubscriber` that was subscribed with
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { boundedBuffer, pullFrom } from 'rxjs-backpressure';
 * import { explainDemand } from 'rxjs-backpressure/metrics';
 *
 * const rows$ = pullFrom([1, 2, 3]).pipe(map((n) => n * 2), boundedBuffer({ capacity: 10 }));
 * console.log(explainDemand(rows$).text);
 * ```
 */
export function explainDemand(pipeline: Observable<unknown> | Subscriber<unknown>): DemandExplained {
  const root = stageOf(pipeline);
  const stretch =
    pipeline instanceof Observable
      ? built('its subscriber', pipeline)
      : root === undefined
        ? undefined
        : live(root);
  if (stretch === undefined) {
    throw new TypeError('explainDemand: pipeline must be an Observable or a DemandSubscriber');
  }
  return { ...stretch, text: linesOf(stretch).join('\n') };
}

/** What stands above a subscriber, from the chain that it has. */
function live(root: Stage): DemandStretch {
  const { account, sources } = root.chain;
  const { buffer } = account;
  const consumer = root.subscriber;
  const { native, inFlight } = above(root);
  return {
    consumer: buffer instanceof BoundedBuffer ? buffer.operator : 'subscriber',
    native,
    above: sources.length === 0 ? [CUT] : sources.map(origin),
    now: {
      requested: consumer instanceof DemandSubscriber ? consumer.requested : 0,
      waiting: buffer.size,
      capacity: buffer instanceof BoundedBuffer ? buffer.capacity : Infinity,
      inFlight,
    },
  };
}

function origin(source: Source): DemandStretch | DemandOrigin {
  const operator = source instanceof RequestedSource ? stageOf(source.producer?.upstream) : undefined;
  return operator === undefined ? HONOURS : live(operator);
}

function above(stage: Stage): { native: number; inFlight: number } {
  let native = 0;
  let inFlight = 0;
  for (const one of stage.upstream) {
    const further = above(one);
    native += 1 + further.native;
    inFlight += one.held + further.inFlight;
  }
  return { native, inFlight };
}

/** How an Observable is put together, as far as RxJS tells. */
function built(consumer: string, pipeline: Observable<unknown>): DemandStretch {
  let native = 0;
  let source: Observable<unknown> = pipeline;
  while (source.operator !== undefined && source.source !== undefined) {
    source = source.source;
    native++;
  }
  const made = source instanceof DemandObservable ? source.above : undefined;
  const beginning =
    source instanceof ChainObservable ? HONOURS : { ...CUT, why: `${CUT.why} (${source.constructor.name})` };
  return { consumer, native, above: [made === undefined ? beginning : built(made.operator, made.source)] };
}

function linesOf(stretch: DemandStretch): string[] {
  const { consumer, native, now } = stretch;
  const state =
    now === undefined ? '' : `: ${now.requested} requested, ${now.waiting} of ${now.capacity} waiting`;
  const carried = stretch.above.some((one) => !('demand' in one) || one.demand)
    ? 'carry demand'
    : 'carry none';
  const flight = now === undefined ? '' : `, ${now.inFlight} in flight`;
  return [
    `${consumer}${state}`,
    ...(native === 0 ? [] : [`  ${native} native, ${carried}${flight}`]),
    ...stretch.above.flatMap((one) =>
      'demand' in one ? [`  ${one.why}`] : linesOf(one).map((line) => `  ${line}`),
    ),
  ];
}
