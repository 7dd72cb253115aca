/** Two ways to do the same work; both answer how many values came out, which must agree. */
export interface Pair {
  readonly plain: () => number;
  readonly ours: () => number;
}

export interface Comparison {
  /** Nanoseconds of processor time of one run: the median. */
  readonly plain: number;
  readonly ours: number;
  /** The median of the rounds' ratios, ours to plain. Each round measures both, as a busy machine slows down both. */
  readonly ratio: number;
  /** The median of the rounds' differences, ours less plain, in nanoseconds of one run. */
  readonly difference: number;
}

const WARM_UP = 8;
const ROUNDS = 21;

/** Measures both in turn, and each first in every other round. */
export function compare({ plain, ours }: Pair): Comparison {
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
      plainTimes.push(timeOf(plain));
      ourTimes.push(timeOf(ours));
    } else {
      ourTimes.push(timeOf(ours));
      plainTimes.push(timeOf(plain));
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

/** The better of two runs, in processor time: what else the machine has to do is not counted. */
function timeOf(run: () => number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 2; i++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) * 1000);
  }
  return best;
}
