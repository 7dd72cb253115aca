/** A source that answers at once: it stands at one value, and moves to the next when told to. */
export interface Cursor<T> {
  /** Moves to the next value; answers `false` at the end. */
  advance(): boolean;
  /** The value that the last `advance` moved to. */
  readonly current: T;
  /** Whether the end is known before the next `advance` finds it. */
  readonly ended: boolean;
  /** Releases what stands behind it, if its end was not reached. */
  release(): void;
}
