/** Measures this library against plain RxJS and prints the tables. With `--check`, the exit code tells of a missed target. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, Row } from './Bench.js';
import { BENCHES } from './benches.js';
import { printTable } from './printTable.js';

const USAGE = `Usage: npm run bench -- [--check] [${[...BENCHES.keys()].join(' | ')} ...]     (all, if none is named)`;

process.exitCode = await main();

/** Answers the exit code: 0, 1 with `--check` if a target is missed, 2 for wrong arguments. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { check: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const names = positionals.length === 0 ? [...BENCHES.keys()] : positionals;
  if (!names.every((name) => BENCHES.has(name))) {
    console.error(USAGE);
    return 2;
  }
  let missed = 0;
  for (const [name, bench] of BENCHES) {
    if (names.includes(name)) {
      const rows = await measure(name, bench);
      printTable(bench, rows);
      missed += rows.filter((row) => row.ok === false).length;
    }
  }
  console.log(missed === 0 ? 'Every target is met.' : `Targets missed: ${missed}.`);
  return values.check && missed > 0 ? 1 : 0;
}

async function measure(name: string, bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const index of bench.rows.keys()) {
    rows.push(await measureInChild(name, index, bench.flags ?? []));
  }
  return rows;
}

async function measureInChild(name: string, index: number, flags: readonly string[]): Promise<Row> {
  const child = fork(fileURLToPath(new URL('./row.ts', import.meta.url)), [name, `${index}`], {
    execArgv: [...process.execArgv, ...flags],
  });
  let row: Row | undefined;
  child.on('message', (message: Row) => {
    row = message;
  });
  const [code] = await once(child, 'close');
  if (row === undefined || code !== 0) {
    throw new Error(`row ${index} of ${name} broke off (exit code ${code})`);
  }
  return row;
}
