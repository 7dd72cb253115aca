import type { Demand } from '../protocol/Demand.js';

/** What is asked for at a time. An unbounded request could not be taken back. */
export const STEP = 16;

/** Asks for what is `wanted`, a step at a time: half a step at least, so that not every value costs a request of its own. */
export function askInSteps(upstream: Demand & { readonly requested: number }, wanted: number): void {
  const n = Math.min(wanted, STEP) - upstream.requested;
  if (n > 0 && (n >= STEP / 2 || wanted <= STEP)) {
    upstream.request(n);
  }
}
