import { mergeMap } from 'rxjs';
import { forEachWithDemand, pullFrom } from 'rxjs-backpressure';
import type { Steps } from './steps.js';

/** The same native operator. The writer's demand travels up through it, and the walk goes no further than asked. */
export async function withDemand({ walk, hash, write }: Steps, signal: AbortSignal): Promise<void> {
  await forEachWithDemand(pullFrom(walk()).pipe(mergeMap(hash, 4)), write, { signal });
}
