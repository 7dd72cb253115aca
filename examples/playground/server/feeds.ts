import { extname, relative } from 'node:path';
import type { Observable } from 'rxjs';
import { pullFrom, type Read } from 'rxjs-backpressure';
import { walk } from '../../files/walk.js';
import type { Item } from '../wire/Item.js';
import type { Pace } from './Pace.js';

const SYMBOLS = [
  'ALDER',
  'BIRCH',
  'CEDAR',
  'ELM',
  'FIR',
  'HAZEL',
  'LARCH',
  'MAPLE',
  'OAK',
  'PINE',
  'ROWAN',
  'YEW',
];

/** How many items a feed makes at once, at most: a text of the socket, and a task of the page. */
const BATCH = 1000;

/** Prices of symbols that do not exist, without end: a random walk each. */
export function generated(pace: Pace): Observable<Item> {
  const prices = SYMBOLS.map((key, i) => ({ key, price: 100 + i * 10 }));
  return paced(pace, async (first, n) => {
    const at = Date.now();
    return Array.from({ length: n }, (_, i) => {
      const symbol = prices[(first + i) % prices.length] ?? { key: '', price: 0 };
      symbol.price *= 1 + (Math.random() - 0.5) / 500;
      return { id: first + i, key: symbol.key, text: symbol.price.toFixed(2), at };
    });
  });
}

/** Every file below a folder, found when it is asked for. */
export function files(folder: string, pace: Pace): Observable<Item> {
  const paths = walk(folder, { skip: () => {} });
  const close = () => {
    paths.return();
  };
  return paced(
    pace,
    async (first, n) => {
      const found: Item[] = [];
      while (found.length < n) {
        const next = await paths.next();
        if (next.done === true) {
          return found.length === 0 ? null : found;
        }
        const text = relative(folder, next.value);
        found.push({ id: first + found.length, key: extname(text) || 'none', text, at: Date.now() });
      }
      return found;
    },
    close,
  );
}

/**
 * A source, for one subscription, that makes no more than is requested and no faster than its pace; `make` makes `n` items
 * from number `first` on, `release` lets go of what it makes them from.
 */
function paced(
  pace: Pace,
  make: (first: number, n: number) => Promise<Item[] | null>,
  release: () => void = () => {},
): Observable<Item> {
  let made = 0;
  const read: Read<Item> = async (n, signal) => {
    signal.addEventListener('abort', release);
    const items = await make(made, await pace.take(n, signal));
    made += items?.length ?? 0;
    return items;
  };
  return pullFrom(read, { batch: BATCH });
}
