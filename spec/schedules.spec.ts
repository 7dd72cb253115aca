/**
 * Random schedules of emissions, requests, endings, pauses, timers and calls from inside deliveries, in virtual time: each
 * operator does what its naive model does. `SCHEDULES` says how many each; a failure prints a seed and a path, which `SEED`
 * and `SCHEDULE_PATH` play again.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { schedules } from './schedules/actions.js';
import { MODELS, WITHOUT_MODEL } from './schedules/models.js';
import { expected, observed } from './schedules/observe.js';
import { pickBy } from './schedules/pick.js';

const { SCHEDULES = '1000', SCHEDULE_PATH } = process.env;
const operators = readdirSync(join(__dirname, '../src/operators')).map((file) => file.replace(/\.ts$/, ''));

it.each(operators)('%s has a model, or a reason why not', (operator) => {
  expect(Object.keys(MODELS).includes(operator)).toBe(!(operator in WITHOUT_MODEL));
});

it('no model is left over', () => {
  const all = [...Object.keys(MODELS), ...Object.keys(WITHOUT_MODEL)];
  expect(all.filter((operator) => !operators.includes(operator))).toEqual([]);
});

/** Between two consumers no order is promised: of each action, first comes all of the one, then all of the other. */
function ordered(log: readonly string[], several: boolean): readonly string[] {
  if (!several) return log;
  const who = (line: string) => line.split(' ')[1] ?? '';
  let action = 0;
  return log
    .map((line) => ({ line, who: who(line), action: /alive|over$/.test(line) ? ++action : action }))
    .sort((a, b) => a.action - b.action || a.who.localeCompare(b.who))
    .map(({ line }) => line);
}

describe.each(Object.entries(MODELS))('%s', (_name, setUp) => {
  it(
    'does what its model does, whatever the schedule',
    () => {
      fc.assert(
        fc.property(schedules, (drawn) => {
          const variant = setUp(pickBy(drawn.config));
          const { sources = [drawn.source], calm = false, once = false } = variant;
          const schedule = {
            ...drawn,
            source: sources.includes(drawn.source) ? drawn.source : 'plain',
            inside: calm ? [] : drawn.inside.slice(0, once ? 1 : undefined),
          } as const;
          const several = variant.consumers !== undefined;
          const wanted = ordered(expected(variant, schedule), several);
          const happened = ordered(observed(variant, schedule), several);
          const at = happened.findIndex((line, i) => line !== wanted[i]);
          if (at >= 0 || happened.length < wanted.length) {
            const before = happened.slice(0, at).join(', ');
            throw new Error(
              `${variant.title}\n after: ${before}\n expected: ${wanted.slice(at, at + 3).join(', ')}\n happened: ${happened.slice(at, at + 3).join(', ')}`,
            );
          }
        }),
        {
          numRuns: Number(SCHEDULES),
          ...(SCHEDULE_PATH !== undefined && { path: SCHEDULE_PATH }),
        },
      );
    },
    Number(SCHEDULES) * 60,
  );
});
