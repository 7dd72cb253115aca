import { namesIn } from './diagram.js';

/** What the names in a diagram's expressions mean. */
export type Scope = Readonly<Record<string, unknown>>;

/** Evaluates a JavaScript expression in which the names of `scope` mean what it says. */
export function evaluate(expression: string, scope: Scope): unknown {
  const names = [...namesIn(expression)].filter((name) => Object.hasOwn(scope, name));
  return new Function(...names, `'use strict'; return (${expression}\n);`)(
    ...names.map((name) => scope[name]),
  );
}
