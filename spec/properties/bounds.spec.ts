/** However many operators stand between, and whatever sources their inner Observables are: who has enough holds up the source. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TestScheduler } from 'rxjs/testing';
import { DemandSubscriber } from '../../src/index.js';
import { SOURCE, SOURCES, STEP, through } from './pipelines.js';

const RUNS = Number(process.env['FC_RUNS'] ?? 400);
const ITEMS = 3000;
/** Each operator may hold a window of its own, also of windows of three. */
const places = (steps: number) => 50 * (steps + 1);

const PLAN = fc.record({
  source: SOURCE.filter((name) => name !== 'without demand'),
  steps: fc.array(
    STEP.filter(({ passes }) => passes),
    { minLength: 1, maxLength: 4 },
  ),
  requested: fc.integer({ min: 1, max: 5 }),
});

it('is drawn no further than the windows reach', () => {
  fc.assert(
    fc.property(PLAN, ({ source, steps, requested }) => {
      let drawn = 0;
      let delivered = 0;
      const scheduler = new TestScheduler(() => {});
      scheduler.run(() => {
        scheduler.maxFrames = 500;
        const counted = {
          *[Symbol.iterator]() {
            while (drawn < ITEMS) yield drawn++;
          },
        };
        through(SOURCES[source](counted, true), steps, true).subscribe(
          new DemandSubscriber<number>({
            start: (demand) => demand.request(requested),
            next: () => void delivered++,
          }),
        );
      });
      expect(drawn).toBeLessThanOrEqual(places(steps.length));
      expect(delivered).toBeLessThanOrEqual(requested);
    }),
    { numRuns: RUNS },
  );
});
