/** Writes to the standard output twice, and to it once more by itself. Run by `streams.spec.ts`. */
import { pullFrom } from '../../src/index.js';
import { writeTo } from '../../src/node/index.js';

await writeTo(pullFrom(['a', 'b']), process.stdout);
await writeTo(pullFrom(['c', 'd']), process.stdout);
process.stdout.write(`${process.stdout.listenerCount('drain')} left\n`);
