/** What a {@link Channel} answers to a value that it will not take any more. */
export class ChannelClosedError extends Error {
  override readonly name = 'ChannelClosedError';
}
