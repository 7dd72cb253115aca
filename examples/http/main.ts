/** Streams a query over HTTP, and shows that its server works no faster than its clients read. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DemandSubscriber, forEachWithDemand } from 'rxjs-backpressure';
import type { Row } from './query.js';
import { readRows } from './readRows.js';
import type { Report } from './serve.js';

const SLOW_CLIENTS = 200;
/** How often the fast client reads all rows, each time. */
const ROUNDS = 5;

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
const count = Number(values.rows);

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const child = fork(pathOf('./serve.ts'), { execArgv: [...process.execArgv, '--expose-gc'] });
const [url]: [string] = (await once(child, 'message')) as [string];

/** The server's own figures, after a collection. */
async function report(): Promise<Report> {
  const answered = once(child, 'message');
  child.send('report');
  const [figures] = await answered;
  return figures;
}

/** Asks for a report every `pause` milliseconds until `holds`, which is given the one before too; gives up after five minutes. */
async function until(pause: number, holds: (now: Report, before: Report) => boolean): Promise<Report> {
  let before = await report();
  for (const end = performance.now() + 300_000; performance.now() < end; ) {
    await sleep(pause);
    const now = await report();
    if (holds(now, before)) {
      return now;
    }
    before = now;
  }
  throw new Error('the server has not come to rest in five minutes');
}

/** Reads every row as fast as it comes; answers how many milliseconds that took. */
async function readAll(): Promise<number> {
  const start = performance.now();
  let read = 0;
  await forEachWithDemand(readRows(url, count), () => {
    read++;
  });
  if (read !== count) {
    throw new Error(`${read} of ${count} rows came`);
  }
  return performance.now() - start;
}

async function heap(): Promise<void> {
  await readAll();
  const floor = (await report()).heap;
  let highest = floor;
  let reading = true;
  const watching = (async () => {
    while (reading) {
      highest = Math.max(highest, (await report()).heap);
      await sleep(200);
    }
  })();
  const milliseconds = await readAll();
  reading = false;
  await watching;
  console.log(
    `${count} rows in ${(milliseconds / 1000).toFixed(1)} s; the server's heap grew by ${((highest - floor) / 2 ** 20).toFixed(1)} MB at most.`,
  );
}

async function stopsReading(): Promise<void> {
  const before = (await report()).rows;
  const reader = new DemandSubscriber<Row>({ start: (demand) => demand.request(1000) });
  readRows(url, count).subscribe(reader);
  const { rows } = await until(300, (now, earlier) => now.rows === earlier.rows && now.rows > before);
  console.log(`A client that stops after 1000 rows: ${rows - before} rows were read from the database.`);
  const start = performance.now();
  reader.unsubscribe();
  await until(5, ({ open }) => open === 0);
  console.log(`When it leaves, the query is released in ${(performance.now() - start).toFixed(0)} ms.`);
}

/** What the fast client's reading takes: its time, and that of the server's processor, in milliseconds. */
interface Cost {
  readonly time: number;
  readonly processor: number;
}

/** The medians of some rounds. */
async function costOfReading(): Promise<Cost> {
  const times: number[] = [];
  const processor: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await report();
    times.push(await readAll());
    processor.push((await report()).processor - before.processor);
  }
  return { time: median(times), processor: median(processor) };
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/**
 * The slow clients run in a process of their own: in that of the fast client they would take its processor's time, and one would
 * measure a client. That of the server's processor tells what they cost also where other processes want the machine.
 */
async function besideSlowClients(): Promise<void> {
  const before = await costOfReading();
  const slow = fork(pathOf('./slowClients.ts'), [url, `${count}`, `${SLOW_CLIENTS}`]);
  // Until all are there, and what their connections hold is full.
  const { open } = await until(
    1000,
    (now, earlier) => now.open === SLOW_CLIENTS && now.rows - earlier.rows < SLOW_CLIENTS * 100,
  );
  const beside = await costOfReading();
  slow.kill();
  await until(50, (now) => now.open === 0);
  // Before and after, as the machine may have other work.
  const after = await costOfReading();
  for (const [what, cost] of [
    ['time', (of: Cost) => of.time],
    ["time of the server's processor", (of: Cost) => of.processor],
  ] as const) {
    const alone = (cost(before) + cost(after)) / 2;
    console.log(
      `All rows to a fast client, ${what}: alone ${seconds(cost(before))} and ${seconds(cost(after))}, ` +
        `beside ${open} slow clients ${seconds(cost(beside))}: ${(cost(beside) / alone).toFixed(2)} times as long.`,
    );
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;

try {
  await heap();
  await stopsReading();
  await besideSlowClients();
} finally {
  child.disconnect();
}
