/** The checklist itself: each of its cases is held by a test whose title names it, or does not apply, and why. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const CASES = 70;

const DO_NOT_APPLY: ReadonlyMap<number, string> = new Map([
  [35, 'asynchronous drop handler: onDrop is synchronous, a stream never waits for it'],
  [47, 'capping function: there is none, as capped demand stalls; prefetch caps and replenishes by itself'],
  [56, 'eager ordered merge: RxJS has none, and neither have we; native concatMap holds the window'],
  [61, 'splitter: there is none; shareWithDemand and a filter each do it, by the rules of case 62'],
  [68, 'bounded replay: there is none; who joins late begins with the next value, as case 63 says'],
]);

const held = new Set(
  readdirSync(__dirname)
    .filter((file) => file.endsWith('.spec.ts') && !__filename.endsWith(file))
    .flatMap((file) => [...readFileSync(join(__dirname, file), 'utf8').matchAll(/['"`]case (\d+)[:,]/g)])
    .map(([, number]) => Number(number)),
);

it('every case is held by a test that names it, or is in the table of those that do not apply', () => {
  const all = Array.from({ length: CASES }, (_, i) => i + 1);
  expect(all.filter((number) => !held.has(number) && !DO_NOT_APPLY.has(number))).toEqual([]);
});

it('no case is both, and none is unknown', () => {
  expect([...DO_NOT_APPLY.keys()].filter((number) => held.has(number))).toEqual([]);
  expect([...held, ...DO_NOT_APPLY.keys()].filter((number) => number < 1 || number > CASES)).toEqual([]);
});
