import { concatMap, from, fromEvent, lastValueFrom, mergeMap, takeUntil } from 'rxjs';
import type { Steps } from './steps.js';

/** The usual way. Four files are hashed at a time, but nothing tells the walk to wait: what it finds piles up. */
export async function plain({ walk, hash, write }: Steps, signal: AbortSignal): Promise<void> {
  const written$ = from(walk()).pipe(mergeMap(hash, 4), concatMap(write));
  await lastValueFrom(written$.pipe(takeUntil(fromEvent(signal, 'abort'))), { defaultValue: undefined });
}
