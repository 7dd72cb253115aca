import { describe, expect, it } from '@jest/globals';
import * as rxjs from 'rxjs';
import { expectDrawn, expectReleased, expectSame } from './matrix/checks.js';
import type { Claim, Rows } from './matrix/claims.js';
import { creating } from './matrix/creating.js';
import { ending } from './matrix/ending.js';
import { filtering } from './matrix/filtering.js';
import { joining } from './matrix/joining.js';
import { NOT_OPERATORS } from './matrix/notOperators.js';
import { observe, observePlain } from './matrix/observe.js';
import { sharing } from './matrix/sharing.js';
import { KINDS } from './matrix/sources.js';
import { timing } from './matrix/timing.js';
import { transforming } from './matrix/transforming.js';

/** How many values each source has, and how many if it fails: fewer than a window, so that none has to wait behind it. */
const SIZE = 100;
const FAILS_AFTER = 10;
/** How many a consumer requests whenever it has had as many. */
const CHUNKS = [1, 3, Infinity];

const groups: readonly Rows[] = [creating, joining, transforming, filtering, timing, ending, sharing];
const rows = groups.flatMap((group) => Object.entries(group));
const operatorOf = (title: string): string => /^\w+/.exec(title)?.[0] ?? '';

describe('the matrix', () => {
  it('has a row for every operator that rxjs exports', () => {
    const known = new Set([...rows.map(([title]) => operatorOf(title)), ...NOT_OPERATORS]);
    expect(Object.keys(rxjs).filter((name) => !known.has(name))).toEqual([]);
  });

  it('uses in each row the operator that it names', () => {
    const named = ([title, { build }]: (typeof rows)[number]) =>
      new RegExp(`\\b${operatorOf(title)}\\b`).test(String(build));
    expect(rows.filter((row) => !named(row)).map(([title]) => title)).toEqual([]);
  });

  it('has each row once', () => {
    expect(new Set(rows.map(([title]) => title)).size).toBe(rows.length);
  });
});

const rowsOfThisVersion = rows.filter(([title]) => operatorOf(title) in rxjs);

describe.each(rowsOfThisVersion)('%s', (_, row) => {
  const kinds = row.claim.draws === 'nothing' ? KINDS.slice(0, 1) : KINDS;
  const punctual = row.claim.draws === 'exactly';

  it.each(kinds)('answers as plain RxJS does, over a source that is %s', (kind) => {
    const expected = observePlain(row, kind, SIZE);
    for (const chunk of CHUNKS) {
      const seen = observe(row, kind, { chunk }, SIZE);
      expectSame(seen, expected, row.compared, kind, punctual);
      expect(seen.unrequested).toBe(0);
      expectReleased(seen);
    }
  });

  it.each(kinds)('fails as plain RxJS does, over a source that is %s', (kind) => {
    const expected = observePlain(row, kind, FAILS_AFTER, true);
    for (const chunk of CHUNKS) {
      const seen = observe(row, kind, { chunk }, FAILS_AFTER, true);
      expectSame(seen, expected, row.failureCompared, kind, punctual);
      expect(seen.unrequested).toBe(0);
      expectReleased(seen);
    }
  });

  it.each(kinds)(`draws ${described(row.claim)}, of a source that is %s`, (kind) => {
    expectDrawn(row, kind, SIZE);
  });

  it.each(kinds)('releases a source that is %s when the consumer leaves', (kind) => {
    const { length } = observePlain(row, kind, SIZE).outputs;
    for (const leaveAt of [1, Math.min(3, length)]) {
      const seen = observe(row, kind, { chunk: 1, leaveAt }, SIZE);
      expect(seen.outputs.length).toBeLessThanOrEqual(leaveAt);
      expectReleased(seen);
    }
    // Here it leaves between two requests.
    expectReleased(observe(row, kind, { schedule: [1, 1, 1] }, SIZE));
  });
});

function described(claim: Claim): string {
  switch (claim.draws) {
    case 'exactly':
      return `${claim.first} for one output and ${claim.third} for three`;
    case 'a window':
      return `no more than a window ahead (${claim.because})`;
    case 'all':
      return `all (${claim.because})`;
    case 'freely':
      return `what there is (${claim.because})`;
    case 'unasked':
      return `all, requested or not, into a bounded buffer (${claim.because})`;
    default:
      return 'nothing';
  }
}
