import type { Stage } from './Stage.js';

/** One subscription to a demand source under a `DemandSubscriber`, as its chain sees it, whatever the type of its values. */
export interface Source {
  readonly stage: Stage;
  /** When it was last drawn from, or joined, in rounds of the chain. */
  round: number;
  readonly closed: boolean;
  /** Draws what may be drawn now; answers whether that may have made room for more. */
  draw(): boolean;
  complete(): void;
}
