/**
 * What a `Channel` answers to a value that it will not take any more.
 *
 * @example
 * ```ts
 * import { Channel, ChannelClosedError } from 'rxjs-backpressure';
 *
 * const channel = new Channel<number>({ capacity: 1 });
 * channel.close();
 * void channel.put(1).catch((error) => console.log(error instanceof ChannelClosedError)); // true
 * ```
 */
export class ChannelClosedError extends Error {
  override readonly name = 'ChannelClosedError';
}
