import type { Publisher } from '../protocol/Publisher.js';
import { on, tryLaws, type Verification } from './laws/ConformanceError.js';
import { PUBLISHER_LAWS, type PublisherSubject } from './laws/publisherLaws.js';
import { fewTurns, type Settle } from './laws/settle.js';

/** Options of {@link verifyPublisher} and {@link verifySource}. */
export interface VerifyOptions<P> {
  /** Makes one that fails with this error. Left out: what failing does is not tested. */
  readonly failing?: (error: unknown) => P;
  /** How many subscriptions hold something (a file, a timer, an iterator). Left out: what is released is not tested. */
  readonly held?: () => number;
  /** The most values it can be made to have. Default: no limit. */
  readonly most?: number;
  /** `true` if it takes one subscriber only. */
  readonly single?: boolean;
  /** Waits until what answers later has answered. Default: a few turns of the event loop; with fake timers, advance them. */
  readonly settle?: Settle;
  /** Collects garbage, for rule 3.13. Default: `gc` where node runs with `--expose-gc`. */
  readonly collect?: () => void;
}

/**
 * Tries sections 1 and 3 of Reactive Streams, and the laws of this library, on a publisher.
 *
 * @param create makes a new publisher of `count` values, which then completes
 * @param options how to make it fail, to see what it holds, to wait for it
 * @returns a promise of what was tested; it rejects with a {@link ConformanceError} that names every rule that does not hold
 *
 * @example
 * ```ts
 * import { pullFrom, toPublisher } from 'rxjs-backpressure';
 * import { verifyPublisher } from 'rxjs-backpressure/testing';
 *
 * const { held } = await verifyPublisher((count) => toPublisher(pullFrom(Array(count).fill('row'))));
 * console.log(held); // ['1.1', '1.2', ...]
 * ```
 */
export function verifyPublisher<T>(
  create: (count: number) => Publisher<T>,
  { settle = fewTurns, ...options }: VerifyOptions<Publisher<T>> = {},
): Promise<Verification> {
  const subject: PublisherSubject<unknown> = { ...options, create, settle };
  return tryLaws(on(PUBLISHER_LAWS, subject), settle);
}
