import { ahead } from './ahead.js';
import { allocation } from './allocation.js';
import type { Bench } from './Bench.js';
import { boundaries, boundaryMemory } from './boundaries.js';
import { lossy } from './lossy.js';
import { memory } from './memory.js';
import { monitoring } from './monitoring.js';
import { operators } from './operators.js';
import { rsocket, rsocketAhead } from './rsocket.js';
import { speed } from './speed.js';
import { strategies } from './strategies.js';

/** Every benchmark by the name that `npm run bench -- <name>` takes. */
export const BENCHES: ReadonlyMap<string, Bench> = new Map(
  Object.entries({
    speed,
    operators,
    lossy,
    strategies,
    monitoring,
    memory,
    ahead,
    allocation,
    rsocket,
    rsocketAhead,
    boundaries,
    boundaryMemory,
  }),
);
