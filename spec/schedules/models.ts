import { buffering } from './models/buffering.js';
import { gathering } from './models/gathering.js';
import { notified } from './models/notified.js';
import { passing } from './models/passing.js';
import { sharing } from './models/sharing.js';
import { timed } from './models/timed.js';
import type { Variant } from './observe.js';
import type { Pick } from './pick.js';

/** The naive model of each operator, by its name, and how it is set up. */
export const MODELS: Readonly<Record<string, (pick: Pick) => Variant>> = {
  ...buffering,
  ...gathering,
  ...notified,
  ...passing,
  ...sharing,
  ...timed,
};

/** Operators that have none, and why. */
export const WITHOUT_MODEL: Readonly<Record<string, string>> = {};
