/** No pipeline of native operators over demand sources stands still: whatever the window, it ends as plain RxJS ends. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TestScheduler } from 'rxjs/testing';
import { DemandSubscriber } from '../../src/index.js';
import { type Numbers, numbers, SOURCE, SOURCES, STEP, through } from './pipelines.js';

const RUNS = Number(process.env['FC_RUNS'] ?? 400);
/** Frames; every pipeline here is done long before. */
const END = 3000;

const PLAN = fc.record({
  source: SOURCE,
  items: fc.integer({ min: 0, max: 40 }),
  steps: fc.array(STEP, { minLength: 1, maxLength: 3 }),
  /** Items in flight, beside those that are held for a window. */
  places: fc.constantFrom(1, 2, 3, 16),
  chunk: fc.constantFrom(1, 2, Infinity),
});
type Plan = typeof PLAN extends fc.Arbitrary<infer P> ? P : never;

function pipeline({ source, items, steps }: Plan, demand: boolean): Numbers {
  return through(SOURCES[source](numbers(items), demand), steps, demand);
}

function endingOf(run: (ended: (how: string) => void) => void): string {
  let ending = 'none';
  const scheduler = new TestScheduler(() => {});
  try {
    scheduler.run(() => {
      scheduler.maxFrames = END;
      run((how) => {
        ending = how;
      });
    });
  } catch (error) {
    // TestScheduler.run mixes up timers of one frame when one of them clears another, and then throws: no case for us.
    fc.pre(!String(error).includes('Expected a due immediate or interval'));
    throw error;
  }
  return ending;
}

it('ends as plain RxJS does, and never stands still', () => {
  fc.assert(
    fc.property(PLAN, (plan) => {
      // The one known standstill (docs/design.md).
      const steps = plan.steps.map((step) => step[fc.toStringMethod]());
      fc.pre(
        !steps.some((step) => step.startsWith('expand, 1')) ||
          !steps.some((step) => step.startsWith('windowCount')),
      );
      const expected = endingOf((ended) =>
        pipeline(plan, false).subscribe({
          complete: () => ended('complete'),
          error: (error) => ended(String(error)),
        }),
      );
      const ending = endingOf((ended) => {
        let left = plan.chunk;
        pipeline(plan, true).subscribe(
          new DemandSubscriber<number>(
            {
              start: (demand) => demand.request(plan.chunk),
              next: (_, demand) => {
                if (--left === 0) {
                  left = plan.chunk;
                  demand.request(plan.chunk);
                }
              },
              complete: () => ended('complete'),
              error: (error) => ended(String(error)),
            },
            { inFlight: plan.places + plan.steps.reduce((sum, { holds }) => sum + holds, 0) },
          ),
        );
      });
      expect(ending).toBe(expected);
    }),
    { numRuns: RUNS },
  );
});
