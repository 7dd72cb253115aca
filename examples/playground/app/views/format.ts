const WHOLE = new Intl.NumberFormat('en');

/** 12,345; `Infinity` as what it means. */
export function whole(n: number): string {
  return n === Infinity ? 'all' : WHOLE.format(Math.round(n));
}

/** At most four characters, for where there is no room: 7, 850, 1.2k, 25k, 1.3M. */
export function short(n: number): string {
  if (n === Infinity) return 'all';
  if (n < 1000) return String(Math.round(n));
  const [value, unit] = n < 999_500 ? [n / 1000, 'k'] : [n / 1_000_000, 'M'];
  return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)}${unit}`;
}
