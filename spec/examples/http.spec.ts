import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { concatMap, lastValueFrom, NEVER, scan } from 'rxjs';
import { DemandSubscriber, forEachWithDemand, prefetch } from 'rxjs-backpressure';
import type { Row } from '../../examples/http/query.js';
import { readRows } from '../../examples/http/readRows.js';
import { type RowServer, serveRows } from '../../examples/http/server.js';
import { settled, until } from '../boundary.js';

let server: RowServer;
beforeEach(async () => {
  server = await serveRows();
});
afterEach(() => server.close());

/** More rows than a connection on loopback can hold. */
const MANY = 1_000_000;

describe('the HTTP example', () => {
  it('streams every row, once and in order', async () => {
    let id = 0;
    await forEachWithDemand(readRows(server.url, 10_000), (row) => {
      expect(row.id).toBe(id++);
    });
    expect(id).toBe(10_000);
    expect(server.counters).toEqual({ rows: 10_000, open: 0 });
  }, 20_000);

  it('reads no more of the query when the client stops reading, and releases it within a second when the client leaves', async () => {
    const subscriber = new DemandSubscriber<Row>({ start: (demand) => demand.request(1000) });
    readRows(server.url, MANY).subscribe(subscriber);
    await until(() => subscriber.requested === 0);
    const read = await settled(() => server.counters.rows);
    expect(read).toBeLessThan(MANY / 4);
    const left = performance.now();
    subscriber.unsubscribe();
    await until(() => server.counters.open === 0);
    expect(performance.now() - left).toBeLessThan(1000);
    expect(server.counters.rows).toBeLessThan(MANY / 4);
  }, 20_000);

  it('releases the query of a client whose connection breaks', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(`GET /?count=${MANY} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(socket, 'readable');
    expect(server.counters.open).toBe(1);
    socket.resetAndDestroy();
    await until(() => server.counters.open === 0, 1);
  });

  it('serves a fast client while others do not read', async () => {
    const slow = Array.from({ length: 5 }, () =>
      readRows(server.url, MANY)
        .pipe(
          concatMap(() => NEVER),
          prefetch(1),
        )
        .subscribe(),
    );
    await until(() => server.counters.open === slow.length, 15);
    const count = await lastValueFrom(readRows(server.url, 5000).pipe(scan((n) => n + 1, 0)));
    expect(count).toBe(5000);
    for (const subscription of slow) subscription.unsubscribe();
    await until(() => server.counters.open === 0, 15);
  }, 40_000);

  it('answers a count that is none with status 400, which the client reports', async () => {
    await expect(lastValueFrom(readRows(server.url, -1))).rejects.toThrow('status 400');
  });
});
