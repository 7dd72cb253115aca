import type { Publisher } from '../protocol/Publisher.js';
import { on, tryLaws, type Verification } from './laws/ConformanceError.js';
import { fewTurns, type Settle } from './laws/settle.js';
import { type Puppet, SUBSCRIBER_LAWS } from './laws/subscriberLaws.js';

/**
 * Tries section 2 of Reactive Streams on whatever subscribes to a publisher.
 *
 * @param subscribe subscribes to the publisher, and answers with the strings of it: a {@link DemandProbe} behind it will do
 * @param options `settle`: waits until what answers later has answered, default a few turns of the event loop
 * @returns a promise of what was tested; it rejects with a {@link ConformanceError} that names every rule that does not hold
 *
 * @example
 * ```ts
 * import { pullFrom } from 'rxjs-backpressure';
 * import { DemandProbe, verifySubscriber } from 'rxjs-backpressure/testing';
 *
 * await verifySubscriber((publisher) => {
 *   const probe = new DemandProbe<number>();
 *   pullFrom(publisher).subscribe(probe);
 *   return probe;
 * });
 * ```
 */
export function verifySubscriber(
  subscribe: (publisher: Publisher<number>) => Puppet,
  { settle = fewTurns }: { readonly settle?: Settle } = {},
): Promise<Verification> {
  return tryLaws(on(SUBSCRIBER_LAWS, { subscribe, settle }), settle);
}
