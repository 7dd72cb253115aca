import type { MonoTypeOperatorFunction } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { bufferingOperator, passOn } from '../parts/bufferingOperator.js';
import { KeyedBuffer } from '../parts/KeyedBuffer.js';
import { checkCount, checkFunction } from '../protocol/check.js';

/** Options of {@link conflateByKey}. */
export interface ConflateByKeyOptions<T> extends Pick<BufferOptions<T>, 'overflow' | 'onDrop'> {
  /** How many keys may wait: a positive integer, or `Infinity`. Default 1024. */
  readonly maxKeys?: number;
  /** Makes one value of the one of this key that waits and the one that has arrived. Default: the arriving one. */
  readonly merge?: (waiting: T, value: T) => T;
  /**
   * Whether an upstream error waits for the values that wait (`'last'`, the default with `merge`) or overtakes them
   * (`'first'`, the default without).
   */
  readonly errors?: 'last' | 'first';
}

/**
 * Keeps the latest value of each key until it is requested, and delivers the keys in turn.
 *
 * ```marble
 * == the latest of each key, keys in turn
 * source    -abAcaB|-----------
 * request   --------1--1--1----
 * > conflateByKey((letter) => letter.toLowerCase(), { onDrop })
 * output    --------a--B--(c|)-
 * dropped   ---a-Ab------------
 * waiting   -1223333222111-----
 * ```
 *
 * **Demand.** *forwards*: each request goes up unchanged; a source that honours demand loses nothing.
 *
 * **Overflow.** A newcomer replaces the waiting value of its key, in its place, or is merged with it; what is replaced is
 * dropped. Beyond `maxKeys` waiting keys `overflow` decides: `'error'` (default) ends with an `OverflowError` that carries all
 * that waited. `onDrop` sees each dropped value once.
 *
 * **Errors.** An upstream error overtakes the values that wait, or, with `merge`, follows them, unless `errors` says otherwise.
 * What `key` or `merge` throws ends the stream. A `maxKeys` out of range throws a `RangeError`.
 *
 * @param key tells which values replace each other; asked once or twice for each value that waits
 *
 * @example
 * ```ts
 * import { from } from 'rxjs';
 * import { conflateByKey, DemandSubscriber } from 'rxjs-backpressure';
 *
 * const prices = new DemandSubscriber<string>({ next: console.log });
 * from(['EUR 1', 'USD 7', 'EUR 2']).pipe(conflateByKey((price) => price.slice(0, 3))).subscribe(prices);
 * prices.request(2); // EUR 2, USD 7
 * ```
 *
 * @see Aeron and market-data feeds: conflation by instrument
 */
export function conflateByKey<T, K>(
  key: (value: T) => K,
  options: ConflateByKeyOptions<T> = {},
): MonoTypeOperatorFunction<T> {
  const { maxKeys = 1024, merge } = options;
  checkFunction('conflateByKey: key', key);
  checkFunction('conflateByKey: merge', merge, true);
  checkCount('conflateByKey: maxKeys', maxKeys, 1, true);
  const buffering = {
    errors: merge === undefined ? 'first' : 'last',
    ...options,
    capacity: maxKeys,
  } as const;
  return bufferingOperator('conflateByKey', buffering, passOn<T>, {
    buffer: () => new KeyedBuffer<T, K>(key, buffering, merge),
  });
}
