import type { Observable } from 'rxjs';
import { on, tryLaws, type Verification } from './laws/ConformanceError.js';
import { fewTurns, type Settle } from './laws/settle.js';
import { type Running, SINK_LAWS } from './laws/sinkLaws.js';

/** Options of {@link verifySink}. */
export interface VerifySinkOptions {
  /** The same, where what is done with the first value fails with this error. Left out: not tested. */
  readonly failing?: (source$: Observable<number>, error: unknown) => Running;
  /** How many values it may ask for ahead. Default 16. */
  readonly ahead?: number;
  /** Waits until what answers later has answered. Default: a few turns of the event loop; with fake timers, advance them. */
  readonly settle?: Settle;
}

/**
 * Tries section 2 of Reactive Streams, and the laws of this library, on whatever takes the values of an Observable.
 *
 * @param run lets the sink take the values of the source
 * @param options `ahead`: how many values it may ask for ahead, default 16; `failing`, `settle`
 * @returns a promise of what was tested; it rejects with a {@link ConformanceError} that names every rule that does not hold
 *
 * @example
 * ```ts
 * import { forEachWithDemand } from 'rxjs-backpressure';
 * import { verifySink } from 'rxjs-backpressure/testing';
 *
 * await verifySink((source$) => {
 *   const taken: number[] = [];
 *   return { taken, done: forEachWithDemand(source$, (value) => taken.push(value)) };
 * });
 * ```
 */
export function verifySink(
  run: (source$: Observable<number>) => Running,
  { failing, ahead = 16, settle = fewTurns }: VerifySinkOptions = {},
): Promise<Verification> {
  return tryLaws(on(SINK_LAWS, { run, failing, ahead, settle }), settle);
}
