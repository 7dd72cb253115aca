import type { BoundedBuffer } from '../buffer/BoundedBuffer.js';

/** What an operator of this library can change about its subscriber, besides the options that everybody has. */
export interface Internals<T> {
  /** How many values to ask for beyond what is requested: they wait in the buffer. */
  readonly ahead?: number;
  /** A buffer of another kind. What it does later, by itself, it does inside `act`. */
  readonly buffer?: (act: (change: () => void) => void) => BoundedBuffer<T>;
}
