import { ahead } from './ahead.js';
import { allocation } from './allocation.js';
import type { Bench } from './Bench.js';
import { memory } from './memory.js';
import { operators } from './operators.js';
import { speed } from './speed.js';

/** Every benchmark by the name that `npm run bench -- <name>` takes. */
export const BENCHES: ReadonlyMap<string, Bench> = new Map(
  Object.entries({ speed, operators, memory, ahead, allocation }),
);
