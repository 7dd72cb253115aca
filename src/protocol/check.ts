/** Throws where `value` is no integer from `least` upwards; `Infinity` is legal only where `unbounded` says so. */
export function checkCount(name: string, value: unknown, least: number, unbounded = false): void {
  const legal = Number.isInteger(value) || (unbounded && value === Infinity);
  check(
    legal && Number(value) >= least,
    name,
    `an integer of at least ${least}${unbounded ? ' or Infinity' : ''}`,
    value,
  );
}

/** Throws where `value` is no time in milliseconds above 0 that a timer can wait for. */
export function checkTime(name: string, value: unknown): void {
  const legal = Number.isFinite(value) && Number(value) > 0 && Number(value) < 2 ** 31;
  check(legal, name, 'a number of milliseconds above 0 and below 2 ** 31', value);
}

/** Throws where `value` is no function; `undefined` is legal only where `optional` says so. */
export function checkFunction(name: string, value: unknown, optional = false): void {
  check(typeof value === 'function' || (optional && value === undefined), name, 'a function', value);
}

/** Throws where `value` is nothing to subscribe to. */
export function checkObservable(name: string, value: unknown): void {
  check(value instanceof Object && 'subscribe' in value, name, 'an Observable', value);
}

/** Throws where `value` is none of `choices`. */
export function checkChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  check(choices.includes(value), name, `one of ${choices.join(', ')}`, value);
}

/** Throws where `legal` is `false`: a `RangeError` for a number, a `TypeError` for anything else. */
export function check(legal: boolean, name: string, range: string, value: unknown): void {
  if (!legal) {
    const message = `${name} must be ${range}, got ${typeof value === 'string' ? `'${value}'` : String(value)}`;
    throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
  }
}
