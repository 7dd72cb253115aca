/** Picks one of a few, by a number that every pick uses up a part of. */
export type Pick = <T>(from: readonly T[]) => T;

export function pickBy(config: number): Pick {
  let left = config;
  return <T>(from: readonly T[]): T => {
    const index = left % from.length;
    left = Math.floor(left / from.length);
    // `index` is below the length, so this is one of them.
    return from[index] as T;
  };
}
