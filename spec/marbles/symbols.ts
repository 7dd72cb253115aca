/** What the characters of a diagram stand for, in both directions. */
import { type Diagram, namesIn } from './diagram.js';

export type Scope = Readonly<Record<string, unknown>>;

export interface Symbols {
  /** The value of a character: what the legend says, the number of a digit, `Infinity` for `*`, else itself. */
  valueOf(symbol: string): unknown;
  /** The character of a value, or `undefined` if none stands for it. */
  symbolOf(value: unknown): string | undefined;
  /** What the legend says of `#` in the row `output`: the class of the error, or an error that is the same. */
  readonly error: { readonly expected: unknown } | undefined;
}

/** Strings that are their own character. */
const SELF = /^[^\s\d()|#!?*-]$/u;

export function readLegend(diagram: Diagram, scope: Scope): Symbols {
  const legend = new Map<string, unknown>();
  for (const [symbol, expression] of diagram.legend) {
    legend.set(symbol, evaluate(expression, scope));
  }
  const named = (value: unknown) =>
    [...legend].find(([symbol, meaning]) => symbol !== '#' && same(value, meaning));
  return {
    valueOf(symbol) {
      if (legend.has(symbol)) return legend.get(symbol);
      if (symbol === '*') return Infinity;
      return /\d/.test(symbol) ? Number(symbol) : symbol;
    },
    symbolOf(value) {
      const [symbol] = named(value) ?? [];
      if (symbol !== undefined) return symbol;
      if (value === Infinity) return '*';
      if (typeof value === 'number') return /^\d$/.test(String(value)) ? String(value) : undefined;
      return typeof value === 'string' && SELF.test(value) && !legend.has(value) ? value : undefined;
    },
    error: legend.has('#') ? { expected: legend.get('#') } : undefined,
  };
}

/** Evaluates a JavaScript expression in which the names of `scope` mean what it says. */
export function evaluate(expression: string, scope: Scope): unknown {
  const names = [...namesIn(expression)].filter((name) => Object.hasOwn(scope, name));
  return new Function(...names, `'use strict'; return (${expression}\n);`)(
    ...names.map((name) => scope[name]),
  );
}

/** Equal as values: arrays and plain objects by what they hold, errors by class and message. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (one instanceof Error) return one.message === (other as Error).message;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && same(Reflect.get(one, key), Reflect.get(other, key)))
  );
}

export function describeValue(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
