import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { map } from 'rxjs';
import { bufferWithCount } from 'rxjs-backpressure';
import { writeTo } from 'rxjs-backpressure/node';
import { type Counters, query, type Row } from './query.js';

/** Rows that go out in one chunk. */
const ROWS_A_CHUNK = 128;

export interface RowServer {
  readonly url: string;
  readonly counters: Counters;
  close(): Promise<void>;
}

/** Serves `/?count=1000`, on loopback: the rows of a query as NDJSON, read from the database as fast as the client reads. */
export async function serveRows(): Promise<RowServer> {
  const counters: Counters = { rows: 0, open: 0 };
  const server = createServer((request, response) => {
    const count = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('count'));
    if (!Number.isSafeInteger(count) || count < 0) {
      response.writeHead(400).end('count must be an integer from 0\n');
      return;
    }
    response.setHeader('content-type', 'application/x-ndjson');
    const chunks$ = query(count, counters).pipe(bufferWithCount(ROWS_A_CHUNK), map(toLines));
    // A client that has gone is no error of the server: `writeTo` has released the query.
    writeTo(chunks$, response).catch(() => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: urlOf(server), counters, close: () => close(server) };
}

function toLines(rows: readonly Row[]): string {
  return `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server has no port');
  }
  return `http://127.0.0.1:${address.port}/`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await once(server.close(), 'close');
}
