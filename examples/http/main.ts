/** Streams a query over HTTP, and shows that its server works no faster than its clients read. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { concatMap } from 'rxjs';
import { DemandSubscriber, forEachWithDemand, prefetch } from 'rxjs-backpressure';
import type { Row } from './query.js';
import { readRows } from './readRows.js';
import type { Report } from './serve.js';

const SLOW_CLIENTS = 200;
/** Each slow client handles a row in so many milliseconds. */
const SLOW = 50;

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
const count = Number(values.rows);

const child = fork(fileURLToPath(new URL('./serve.ts', import.meta.url)), {
  execArgv: [...process.execArgv, '--expose-gc'],
});
const [url]: [string] = (await once(child, 'message')) as [string];

/** The server's own figures, after a collection. */
async function report(): Promise<Report> {
  const answered = once(child, 'message');
  child.send('report');
  const [figures] = await answered;
  return figures;
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
  let rows = -1;
  for (let now = before; now !== rows || now === before; now = (await report()).rows) {
    rows = now;
    await sleep(300);
  }
  console.log(`A client that stops after 1000 rows: ${rows - before} rows were read from the database.`);
  const start = performance.now();
  reader.unsubscribe();
  while ((await report()).open > 0) {
    await sleep(5);
  }
  console.log(`When it leaves, the query is released in ${(performance.now() - start).toFixed(0)} ms.`);
}

async function besideSlowClients(): Promise<void> {
  const before = await readAll();
  const slow = Array.from({ length: SLOW_CLIENTS }, () =>
    readRows(url, count)
      .pipe(
        concatMap((row) => sleep(SLOW, row)),
        prefetch(1),
      )
      .subscribe({ error: () => {} }),
  );
  let rows = -1;
  // Until what the connections hold is full.
  for (let now = (await report()).rows; now - rows > SLOW_CLIENTS * 100; now = (await report()).rows) {
    rows = now;
    await sleep(1000);
  }
  const { open } = await report();
  const beside = await readAll();
  for (const subscription of slow) {
    subscription.unsubscribe();
  }
  while ((await report()).open > 0) {
    await sleep(50);
  }
  // Before and after, as the machine may have other work.
  const alone = (before + (await readAll())) / 2;
  console.log(
    `All rows alone: ${(alone / 1000).toFixed(1)} s; beside ${open} slow clients: ${(beside / 1000).toFixed(1)} s (${(beside / alone).toFixed(2)} times as long).`,
  );
}

try {
  await heap();
  await stopsReading();
  await besideSlowClients();
} finally {
  child.disconnect();
}
