import { ruleOf } from './rules.js';
import type { Settle } from './settle.js';

/** One rule that does not hold, and what was seen instead. */
export interface BrokenRule {
  readonly rule: string;
  readonly intent: string;
  readonly seen: string;
}

/** What a subject was found to do against the rules. The message has a line for each. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';
  readonly broken: readonly BrokenRule[];

  constructor(broken: readonly BrokenRule[]) {
    const lines = broken.map(({ rule, intent, seen }) => `  ${rule}: ${seen}\n      (${intent})`);
    super(`${broken.length} of the rules do not hold:\n${lines.join('\n')}`);
    this.broken = broken;
  }
}

/** Thrown by a law that does not hold. */
export class Broken extends Error {}

/** Says that a law does not hold where `holds` is false. */
export function must(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new Broken(seen);
}

/** Shows what was seen. */
export function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'string') return `'${value}'`;
  return Array.isArray(value)
    ? `[${value.slice(0, 20).map(show).join(', ')}${value.length > 20 ? ', ...' : ''}]`
    : String(value);
}

/** One rule as a test of a subject. */
export interface Law<S> {
  readonly rule: string;
  readonly holds: (subject: S) => Promise<void> | void;
}

/** A law with its subject. */
export type Trial = Law<void>;

/** The laws, to be tried on `subject`. */
export function on<S>(laws: readonly Law<S>[], subject: S): Trial[] {
  return laws.map(({ rule, holds }) => ({ rule, holds: () => holds(subject) }));
}

/** What {@link verifySource} and its like answer. */
export interface Verification {
  /** The rules that were tested, and hold. */
  readonly held: readonly string[];
  /** The rules that could not be tested on this subject, and why. */
  readonly untested: readonly { readonly rule: string; readonly reason: string }[];
}

/** Thrown by a law that has not what it needs to test this subject. */
export class Untested extends Error {}

/** Tries all of them, and then throws one error for all that do not hold. */
export async function tryLaws(trials: readonly Trial[], settle: Settle): Promise<Verification> {
  const broken: BrokenRule[] = [];
  const untested: { rule: string; reason: string }[] = [];
  const held = new Set<string>();
  for (const { rule, holds } of trials) {
    try {
      await holds();
      held.add(rule);
    } catch (error) {
      if (error instanceof Untested) {
        untested.push({ rule, reason: error.message });
      } else {
        const seen = error instanceof Broken ? error.message : `it threw ${show(error)}`;
        broken.push({ rule, intent: ruleOf(rule).intent, seen });
      }
    }
    // What one law has left behind is no business of the next.
    await settle();
  }
  if (broken.length > 0) throw new ConformanceError(broken);
  return { held: [...held], untested };
}
