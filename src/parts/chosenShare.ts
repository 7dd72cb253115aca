import type { Observable } from 'rxjs';
import type { KeptOptions } from '../buffer/BufferOptions.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { checkChoice } from '../protocol/check.js';
import type { SharePolicy } from './ShareMember.js';

/** What one subscriber chooses for itself. */
export interface ShareChoice<T> extends KeptOptions<T> {
  /** Whether this subscriber governs. */
  readonly policy?: SharePolicy;
  /** Whether an upstream error waits for the values that wait for this subscriber, or overtakes them. */
  readonly errors?: 'last' | 'first';
}

/** Throws where `operator` is given something that nobody can choose. */
export function checkShare<T>(operator: string, { policy = 'slowest', ...kept }: ShareChoice<T>): void {
  checkChoice(`${operator}: policy`, policy, ['slowest', 'fastest']);
  new DemandSubscriber<T>({}, { ...kept, operator });
}

const CHOOSE = Symbol('choose');

/** What a share is subscribed to through: it remembers how to be subscribed to otherwise. */
interface Shared<T> extends Observable<T> {
  [CHOOSE]?: (choice: ShareChoice<T>) => Observable<T>;
}

/** The share as `choose` makes it where nothing is chosen. */
export function sharedBy<T>(choose: (choice: ShareChoice<T>) => Observable<T>): Observable<T> {
  const shared$: Shared<T> = choose({});
  shared$[CHOOSE] = choose;
  return shared$;
}

/** The share as `choice` says; none of what is no share. */
export function chosenFrom<T>(source$: Shared<T>, choice: ShareChoice<T>): Observable<T> | undefined {
  return source$[CHOOSE]?.(choice);
}
