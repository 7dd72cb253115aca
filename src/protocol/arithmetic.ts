/** Adds two demands; beyond the safe integers a sum would lose units, so there it is unbounded (Reactive Streams 3.17). */
export function addDemand(demand: number, n: number): number {
  const sum = demand + n;
  return sum > Number.MAX_SAFE_INTEGER ? Infinity : sum;
}

/** Throws where `n` is neither a positive integer nor `Infinity` (Reactive Streams 3.9). */
export function checkRequest(n: number): void {
  if (!(n > 0 && (n === Infinity || Number.isInteger(n)))) {
    throw new RangeError(`request(n): n must be a positive integer or Infinity, got ${String(n)}`);
  }
}
