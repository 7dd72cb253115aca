import { expect } from '@jest/globals';
import { OverflowError } from '../../src/index.js';
import type { Claim, Comparison, Row } from './claims.js';
import { type Measured, observe, observePlain, type Seen } from './observe.js';
import type { Kind } from './sources.js';

/** The defaults of a `DemandSubscriber`. */
const WINDOW = 16;
const CAPACITY = 1024;
/** More than may be drawn in a row for nothing. */
const MUCH = 20_000;

type ClaimThat<Draws> = Extract<Claim, { draws: Draws }>;

const valuesOf = ({ outputs }: Seen): unknown[] => outputs.map(({ value }) => value);
const endOf = ({ ending }: Seen): unknown => ending && { ...ending, frame: 0 };
const sorted = (values: unknown[]): string[] => values.map((value) => JSON.stringify(value)).sort();

/** Values and ending; and the frame of each, if it is `punctual`. */
export function expectSame(
  seen: Seen,
  expected: Seen,
  compared: Comparison,
  kind: Kind,
  punctual: boolean,
): void {
  if (compared === 'when slow' && kind !== 'slow') {
    expect(seen.ending).toBeDefined();
    return;
  }
  expect(endOf(seen)).toEqual(endOf(expected));
  if (compared === 'in any order') {
    expect(sorted(valuesOf(seen))).toEqual(sorted(valuesOf(expected)));
  } else if (punctual) {
    expect({ outputs: seen.outputs, ending: seen.ending }).toEqual(expected);
  } else {
    expect(valuesOf(seen)).toEqual(valuesOf(expected));
  }
}

export function expectReleased({ leftOpen, drawnLate }: Measured): void {
  expect({ leftOpen, drawnLate }).toEqual({ leftOpen: 0, drawnLate: 0 });
}

/** Nothing without a request, what was requested then, and no more than the row's claim allows. */
export function expectDrawn(row: Row, kind: Kind, size: number): void {
  const { claim } = row;
  const unasked = observe(row, kind, {}, size);
  expect(unasked.ledger.drawn).toBe(claim.draws === 'unasked' ? size : 0);
  const asked = observe(row, kind, { schedule: [1, 1, 1] }, size);
  if (row.compared === 'in order' && !row.timed) {
    expect(valuesOf(asked)).toEqual(valuesOf(observePlain(row, kind, size)).slice(0, 3));
  }
  switch (claim.draws) {
    case 'exactly':
      expectExact(claim, asked, observe(row, kind, { schedule: [3] }, size), kind);
      break;
    case 'a window':
      expectWindow(claim, asked);
      expectWindow(claim, observe(row, kind, { chunk: 1 }, size));
      break;
    case 'all':
      expect(asked.drawn[0]).toBe(size * asked.ledger.opened);
      break;
    case 'freely':
      expectTurns(row, kind);
      break;
    case 'unasked':
      expectBounded(row, kind);
      break;
    default:
      expect(asked.ledger.drawn).toBe(0);
  }
}

function expectExact(
  claim: ClaimThat<'exactly'>,
  asked: Measured,
  askedTogether: Measured,
  kind: Kind,
): void {
  const [first = 0, , third = 0] = asked.drawn;
  const [together = 0] = askedTogether.drawn;
  if (kind !== 'slow') {
    expect({ draws: 'exactly', first, third, together }).toEqual(claim);
    return;
  }
  // As long as it has not answered, nobody knows what comes of it: it is asked for an item an output, and so is each other.
  const others = asked.ledger.mostOpen - 1;
  expect(first).toBeLessThanOrEqual(claim.first + others);
  expect(third).toBeLessThanOrEqual(claim.third + others);
  expect(together).toBeLessThanOrEqual(Math.max(claim.together, 3) + 3 * others);
}

function expectWindow({ each }: ClaimThat<'a window'>, { readAhead, ledger }: Measured): void {
  expect(readAhead).toBeLessThan(WINDOW * ledger.mostOpen + each);
}

/** However much there is to draw at once, timers fire in between. */
function expectTurns(row: Row, kind: Kind): void {
  if (kind !== 'slow') {
    expect(observe(row, kind, { chunk: 1 }, MUCH).drawingFrames).toBeGreaterThan(MUCH / 10_000);
  }
}

/** What was not requested waits up to the capacity; one more fails. */
function expectBounded(row: Row, kind: Kind): void {
  const size = CAPACITY + 100;
  const seen = observe(row, kind, { schedule: [1, 1, 1] }, size);
  expect(seen.buffered).toBeLessThanOrEqual(CAPACITY);
  if (observePlain(row, kind, size).outputs.length > CAPACITY) {
    expect(seen.ending).toMatchObject({ error: expect.any(OverflowError) });
  }
  expectReleased(seen);
}
