/**
 * Draws `docs/plots/*.svg` and the table of `docs/choosing.md` from the simulations of the bench. They run in virtual time, so they
 * come out the same on every machine: `--check` writes nothing and fails where a page says something else.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Capacity, simulate } from '../bench/simulation/adaptive.js';
import { type Outcome, PERIOD, percentile, STRATEGIES, underBursts } from '../bench/simulation/bursts.js';
import { type Line, linePlot } from './plots/linePlot.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const BEGIN = '<!-- measured: scripts/draw-plots.ts -->';
const END = '<!-- end -->';

function limitPlot(title: string, capacities: readonly Capacity[], end: number): string {
  const { limits } = simulate(capacities, end, 'adaptive');
  const seconds = (time: number) => time / 1000;
  return linePlot({
    title,
    across: 'seconds',
    up: 'values in flight',
    lines: [
      {
        label: 'what adaptiveDemand allows',
        step: true,
        points: [
          ...limits.map(({ time, limit }) => [seconds(time), limit] as const),
          [seconds(end), limits.at(-1)?.limit ?? 0],
        ],
      },
      {
        label: 'the best fixed limit: one value a worker',
        step: true,
        dashed: true,
        points: [
          ...capacities.map(({ from, workers }) => [seconds(from), workers] as const),
          [seconds(end), capacities.at(-1)?.workers ?? 0],
        ],
      },
    ],
  });
}

/** How much a fixed limit handles, and how long each value takes: beyond the number of workers only the latency grows. */
function fixedLimits(): string {
  const capacity = { from: 0, workers: 20, work: 10 };
  const limits = Array.from({ length: 40 }, (_, i) => i + 1);
  const traces = limits.map((limit) => simulate([capacity], 1000, limit));
  const best = capacity.workers / capacity.work;
  return linePlot({
    title: 'Fixed limits: 20 workers, 10 ms a value',
    across: 'limit',
    up: 'percent',
    lines: [
      {
        label: 'values handled, in percent of the most possible',
        points: limits.map((limit, i) => [limit, (100 * (traces[i]?.handled.length ?? 0)) / (best * 1000)]),
      },
      {
        label: 'latency, in percent of that without a queue',
        points: limits.map((limit, i) => [
          limit,
          (100 * mean(settledDown(traces[i]?.latencies ?? []))) / capacity.work,
        ]),
      },
    ],
  });
}

/** Without the first ones, all of which were handed over at once. */
function settledDown(latencies: readonly number[]): readonly number[] {
  return latencies.slice(latencies.length >> 1);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

const SHOWN = [
  'boundedBuffer({ capacity: 1024 })',
  'dropOldest({ capacity: 64 })',
  'batchWhileBusy({ max: 1024 })',
  'keepLatest()',
];

function waitingPlot(outcomes: ReadonlyMap<string, Outcome>): string {
  const lines = SHOWN.map((label): Line => {
    const all = outcomes.get(label)?.waiting ?? [];
    return {
      label,
      step: true,
      points: [[0, 0], ...all.filter(([time]) => time < 2 * PERIOD), [2 * PERIOD, 0]],
    };
  });
  return linePlot({ title: 'Waiting, two bursts of 200 values', across: 'ms', up: 'values', lines });
}

function latencyPlot(outcomes: ReadonlyMap<string, Outcome>): string {
  const shares = Array.from({ length: 100 }, (_, i) => (i + 1) / 100);
  const lines = SHOWN.map((label): Line => {
    const latencies = outcomes.get(label)?.latencies ?? [];
    return { label, points: shares.map((share) => [100 * share, percentile(latencies, share)]) };
  });
  return linePlot({
    title: 'Latency of the values that were handled',
    across: 'percentile',
    up: 'ms',
    lines,
  });
}

function table(outcomes: ReadonlyMap<string, Outcome>): string {
  const head = '| strategy | lost | most waiting | p50, ms | p99, ms | values a second | order |';
  const rows = STRATEGIES.map(({ title, order }) => {
    const outcome = outcomes.get(title);
    if (outcome === undefined) throw new Error(`${title} was not run`);
    const { sent, dropped, failedAt, latencies, mostWaiting, handled, worked } = outcome;
    const lost =
      failedAt === undefined ? `${Math.round((100 * dropped) / sent)}%` : `fails after ${failedAt} ms`;
    const [half, most] = [percentile(latencies, 0.5), percentile(latencies, 0.99)];
    return `| \`${title}\` | ${lost} | ${mostWaiting} | ${half} | ${most} | ${Math.round((1000 * handled) / worked)} | ${order} |`;
  });
  return [head, '|---|---|---|---|---|---|---|', ...rows].join('\n');
}

/** What each file should be, by its path. */
function files(): Map<string, string> {
  const outcomes = new Map(STRATEGIES.map((strategy) => [strategy.title, underBursts(strategy)]));
  const page = readFileSync(join(ROOT, 'docs/choosing.md'), 'utf8');
  const [before, rest = ''] = page.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  return new Map([
    ['docs/plots/adaptive-fixed.svg', fixedLimits()],
    [
      'docs/plots/adaptive-constant.svg',
      limitPlot('A consumer of 20 workers, 10 ms a value', [{ from: 0, workers: 20, work: 10 }], 6_000),
    ],
    [
      'docs/plots/adaptive-capacity.svg',
      limitPlot(
        'A consumer whose capacity halves and doubles',
        [
          { from: 0, workers: 40, work: 10 },
          { from: 5_000, workers: 20, work: 10 },
          { from: 10_000, workers: 40, work: 10 },
        ],
        15_000,
      ),
    ],
    ['docs/plots/bursts-waiting.svg', waitingPlot(outcomes)],
    ['docs/plots/bursts-latency.svg', latencyPlot(outcomes)],
    ['docs/choosing.md', `${before}${BEGIN}\n\n${table(outcomes)}\n\n${after}`],
  ]);
}

function main(check: boolean): void {
  mkdirSync(join(ROOT, 'docs/plots'), { recursive: true });
  const stale = [...files()].filter(([path, text]) => text !== read(path));
  for (const [path, text] of stale) {
    if (check) {
      console.error(`${path} is not what the simulation says`);
    } else {
      writeFileSync(join(ROOT, path), text);
    }
  }
  if (check && stale.length > 0) {
    console.error('Run: node --import tsx scripts/draw-plots.ts');
    process.exitCode = 1;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return undefined;
  }
}

main(process.argv.includes('--check'));
