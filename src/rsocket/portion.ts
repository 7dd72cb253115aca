/**
 * How much of `wanted` to pass on, where no more than `capacity` may be outstanding: all of it where it fits, otherwise what
 * fits, as soon as half of the capacity is free.
 *
 * @param wanted from 0, or `Infinity`
 * @param outstanding passed on before and not yet answered, from 0 to `capacity`
 */
export function portion(wanted: number, outstanding: number, capacity: number): number {
  const room = capacity - outstanding;
  return wanted <= room ? wanted : room >= capacity / 2 ? room : 0;
}
