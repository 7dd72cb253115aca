/** Operators that let everything through, and keep what nobody asked for. */
import { MonitorRegistry, monitor, tapDemand } from '../../../src/index.js';
import { Naive } from '../Naive.js';
import type { Variant } from '../observe.js';
import type { Pick } from '../pick.js';

/** What waits is given up without a word. */
export class NaivePassage extends Naive {
  override drop(): void {}
}

export const passing: Readonly<Record<string, (pick: Pick) => Variant>> = {
  tapDemand: () => ({
    title: 'tapDemand',
    operator: () => tapDemand(),
    model: (plain) => new NaivePassage(plain),
  }),
  monitor: () => ({
    title: 'monitor',
    // It stands in line as a native operator does: what is asked for is the chain's business.
    sources: ['plain', 'prompt'],
    // Nor does anything hold an ending back from the consumer itself.
    calm: true,
    operator: () => monitor('rows', { registry: new MonitorRegistry() }),
    model: (plain) => new NaivePassage(plain),
  }),
};
