/** What waits, oldest first. */
export interface Waiting<T> extends Iterable<T> {
  readonly size: number;
}

/** Why a value was dropped. */
export type DropReason = 'overflow' | 'age' | 'unsubscribed';

/**
 * What a bounded buffer does with a value for which there is no room: `'error'` fails, `'dropLatest'` drops the arriving
 * value, `'replaceLatest'` drops the newest waiting one, `'dropOldest'` the oldest waiting one, `'dropAll'` all that wait.
 */
export type OverflowPolicy = (typeof POLICIES)[number];

export const POLICIES = ['error', 'dropLatest', 'replaceLatest', 'dropOldest', 'dropAll'] as const;

/** Decides what is done with a value that finds no room among those waiting. */
export type OverflowFunction<T> = (incoming: T, waiting: Waiting<T>) => OverflowPolicy;

/** Options of everything that may drop values, if only those that nobody waits for any more. */
export interface DropOptions<T> {
  /** Called with each value that is dropped, once, and why. */
  readonly onDrop?: (value: T, reason: DropReason) => void;
}

/** Options of everything that keeps values. */
export interface KeptOptions<T> extends DropOptions<T> {
  /** How much may wait: an integer from 0, or `Infinity`. Default 1024 values. */
  readonly capacity?: number;
}

/** Options of a buffer with a policy. */
export interface BufferOptions<T> extends KeptOptions<T> {
  /** What to do when one more arrives. Default `'error'`. */
  readonly overflow?: OverflowPolicy | OverflowFunction<T>;
  /** How much of the capacity a value takes (bytes, say): a number from 0. Default: every value takes 1. */
  readonly sizeOf?: (value: T) => number;
}
