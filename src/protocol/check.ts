/** Throws where `value` is no integer from `least` upwards; `Infinity` is legal only where `unbounded` says so. */
export function checkCount(name: string, value: number, least: number, unbounded = false): void {
  if (typeof value !== 'number') {
    throw new TypeError(`${name} must be a number, got ${describe(value)}`);
  }
  if (value < least || !(Number.isInteger(value) || (unbounded && value === Infinity))) {
    const range = `an integer of at least ${least}${unbounded ? ' or Infinity' : ''}`;
    throw new RangeError(`${name} must be ${range}, got ${value}`);
  }
}

/** Throws where `value` is no function. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') {
    throw new TypeError(`${name} must be a function, got ${describe(value)}`);
  }
}

/** Throws where `value` is none of `choices`. */
export function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (!choices.some((choice) => choice === value)) {
    throw new TypeError(`${name} must be one of ${choices.join(', ')}, got ${describe(value)}`);
  }
}

function describe(value: unknown): string {
  return typeof value === 'string'
    ? `'${value}'`
    : value === null
      ? 'null'
      : typeof value === 'object'
        ? 'an object'
        : String(value);
}
