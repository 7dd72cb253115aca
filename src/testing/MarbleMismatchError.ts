/** A marble diagram that is not what happened. The message prints both, aligned, with the rows that differ one above the other. */
export class MarbleMismatchError extends Error {
  override readonly name = 'MarbleMismatchError';
}
