/** What the characters of a diagram stand for, in both directions. */
export class Legend {
  readonly #meanings = new Map<string, unknown>();

  constructor(meanings: Iterable<readonly [string, unknown]> = []) {
    for (const [symbol, meaning] of meanings) {
      this.add(symbol, meaning);
    }
  }

  /** From now on `symbol` stands for `meaning`; of `#`, that is the class of the error in `output`, or one that is the same. */
  add(symbol: string, meaning: unknown): void {
    const problem = symbolProblem(symbol);
    if (problem !== undefined) throw new TypeError(problem);
    if (this.#meanings.has(symbol) && !same(this.#meanings.get(symbol), meaning)) {
      throw new TypeError(`'${symbol}' has a meaning already: ${describeValue(this.#meanings.get(symbol))}`);
    }
    this.#meanings.set(symbol, meaning);
  }

  has(symbol: string): boolean {
    return this.#meanings.has(symbol);
  }

  /** The value of a character: what the legend says, the number of a digit, `Infinity` for `*`, else itself. */
  valueOf(symbol: string): unknown {
    if (this.#meanings.has(symbol)) return this.#meanings.get(symbol);
    if (symbol === '*') return Infinity;
    return /\d/.test(symbol) ? Number(symbol) : symbol;
  }

  /** The character of a value, or `undefined` if none stands for it. */
  symbolOf(value: unknown): string | undefined {
    for (const [symbol, meaning] of this.#meanings) {
      if (symbol !== '#' && same(value, meaning)) return symbol;
    }
    if (value === Infinity) return '*';
    if (typeof value === 'number') return /^\d$/.test(String(value)) ? String(value) : undefined;
    return typeof value === 'string' && SELF.test(value) && !this.#meanings.has(value) ? value : undefined;
  }
}

/** Strings that are their own character. */
const SELF = /^[^\s\d()|#!?*-]$/u;

/** What is wrong with giving `symbol` a meaning. */
export function symbolProblem(symbol: string): string | undefined {
  if (symbol.length !== 1 || '-()|!? '.includes(symbol)) return `'${symbol}' cannot stand for a value`;
  return /[\d*]/.test(symbol) ? `'${symbol}' always stands for its number` : undefined;
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
    // Neither are all values JSON, nor has every object a string.
    return typeof value === 'object' ? Object.prototype.toString.call(value) : String(value);
  }
}
