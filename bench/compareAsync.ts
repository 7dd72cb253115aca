/** Moves values through a boundary; answers how many came out. */
export type Transport = () => Promise<number>;

export interface Speed {
  /** How fast `ours` is for each unit of `raw`'s speed: the median of the rounds' ratios. */
  readonly ratio: number;
  /** Between which two ratios the middle half of the rounds lies. */
  readonly spread: readonly [number, number];
}

const WARM_UP = 4;
/** One more than a multiple of four, so that a round stands at each quarter. */
const ROUNDS = 25;

/** Measures both in turn, and each first in every other round, so that a busy machine slows down both. */
export async function throughput(raw: Transport, ours: Transport): Promise<Speed> {
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
  ratios.sort((a, b) => a - b);
  const quarter = (n: number) => ratios[(n * (ROUNDS - 1)) / 4] ?? Number.NaN;
  return { ratio: quarter(2), spread: [quarter(1), quarter(3)] };
}

async function timeOf(run: Transport): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
