import { median } from './compare.js';

/** Moves values through a boundary; answers how many came out. */
export type Transport = () => Promise<number>;

const WARM_UP = 2;
const ROUNDS = 9;

/** How fast `ours` is for each unit of `raw`'s speed: the median of the rounds' ratios, each first in every other round. */
export async function throughput(raw: Transport, ours: Transport): Promise<number> {
  for (let i = 0; i < WARM_UP; i++) {
    const came = [await raw(), await ours()] as const;
    if (came[0] !== came[1]) {
      throw new Error(`the raw transport let out ${came[0]} values, this library ${came[1]}`);
    }
  }
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const first = await timeOf(round % 2 === 0 ? raw : ours);
    const second = await timeOf(round % 2 === 0 ? ours : raw);
    ratios.push(round % 2 === 0 ? first / second : second / first);
  }
  return median(ratios);
}

async function timeOf(run: Transport): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
