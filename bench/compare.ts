import { measure } from 'mitata';

/** Two ways to do the same work; both answer how many values came out, which must agree. */
export interface Pair {
  readonly plain: () => number;
  readonly ours: () => number;
}

export interface Comparison {
  /** Nanoseconds of one run: the median. */
  readonly plain: number;
  readonly ours: number;
  /** The median of the rounds' ratios, ours to plain. Each round measures both, so that a busy machine slows down both. */
  readonly ratio: number;
  /** The median of the rounds' differences, ours less plain, in nanoseconds of one run. */
  readonly difference: number;
}

const WARM_UP = 8;
const ROUNDS = 21;

/** Measures both in turn, and each first in every other round. */
export async function compare({ plain, ours }: Pair): Promise<Comparison> {
  for (let i = 0; i < WARM_UP; i++) {
    const came = [plain(), ours()] as const;
    if (came[0] !== came[1]) {
      throw new Error(`plain RxJS let out ${came[0]} values, this library ${came[1]}`);
    }
  }
  const plainTimes: number[] = [];
  const ourTimes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 2 === 0) {
      plainTimes.push(await timeOf(plain));
      ourTimes.push(await timeOf(ours));
    } else {
      ourTimes.push(await timeOf(ours));
      plainTimes.push(await timeOf(plain));
    }
  }
  return {
    plain: median(plainTimes),
    ours: median(ourTimes),
    ratio: median(plainTimes.map((time, i) => (ourTimes[i] ?? Number.NaN) / time)),
    difference: median(plainTimes.map((time, i) => (ourTimes[i] ?? Number.NaN) - time)),
  };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1];
  if (middle === undefined) {
    throw new Error('nothing was measured');
  }
  return middle;
}

/** The better of two runs, after one that does not count. */
async function timeOf(run: () => number): Promise<number> {
  const { min } = await measure(run, { min_samples: 2, min_cpu_time: 0, gc: false });
  return min;
}
