import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Observable } from 'rxjs';
import { DemandSubscriber, prefetch, pullFrom } from 'rxjs-backpressure';
import { connectRSocket, serveRSocket } from 'rxjs-backpressure/rsocket';
import { WebSocket, WebSocketServer } from 'ws';
import type { Bench, Row } from './Bench.js';
import { median } from './compare.js';

const ROWS = 30_000;
const ROUNDS = 6;
/** Of what ws alone carries. */
const LEAST = 0.4;
/** A server that sends by itself gives the event loop a turn after so many messages. */
const BURST = 128;

const rowOf = (id: number) => ({ id, name: `row ${id}`, price: id / 7, tags: ['one', 'two'] });

function* rows(
  produced: { count: number },
  end = ROWS,
  row: (id: number) => object = rowOf,
): Generator<object> {
  while (produced.count < end) {
    yield row(produced.count++);
  }
}

const longRowOf = (id: number) => ({ id, text: 'x'.repeat(1000) });

async function withServer<T>(use: (server: WebSocketServer, url: string) => Promise<T>): Promise<T> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  try {
    return await use(server, `ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const socket of server.clients) {
      socket.terminate();
    }
    server.close();
  }
}

/** JSON in messages, sent as fast as the socket takes them. */
function raw(): Promise<number> {
  return withServer(async (server, url) => {
    server.on('connection', async (socket) => {
      await once(socket, 'message');
      let sent = 0;
      const send = () => {
        for (let i = 0; i < BURST && sent < ROWS; i++) {
          socket.send(Buffer.from(JSON.stringify(rowOf(sent++))));
        }
        if (sent < ROWS) {
          socket.send(Buffer.alloc(0), () => setImmediate(send));
        }
      };
      send();
    });
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const begun = performance.now();
    let got = 0;
    socket.send('begin');
    await new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (data.length > 0) {
          JSON.parse(data.toString());
          got++;
        }
        if (got === ROWS) {
          resolve();
        }
      });
    });
    return performance.now() - begun;
  });
}

type Consume = (rows$: Observable<object>, done: () => void) => void;

const plain: Consume = (rows$, done) => void rows$.subscribe({ complete: done });

function ours(consume: Consume): Promise<number> {
  return withServer(async (server, url) => {
    serveRSocket(server, () => pullFrom(rows({ count: 0 })));
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const client = connectRSocket(() => socket);
    const begun = performance.now();
    await new Promise<void>((resolve) => consume(client.requestStream('rows'), resolve));
    const time = performance.now() - begun;
    client.close();
    return time;
  });
}

async function speed(name: string, consume: Consume, least: number | undefined): Promise<Row> {
  const ratios: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const alone = await raw();
    const time = await ours(consume);
    if (round > 0) {
      ratios.push(alone / time);
      times.push(time);
    }
  }
  const ratio = median(ratios);
  const perSecond = Math.round(ROWS / (median(times) / 1000) / 1000);
  const cells = [name, `${perSecond}`, ratio.toFixed(2), `${least ?? ''}`];
  return least === undefined ? { cells } : { cells, ok: ratio >= least };
}

const oneByOne: Consume = (rows$, done) => {
  rows$.subscribe(
    new DemandSubscriber<object>({
      start: (demand) => demand.request(1),
      next: (_row, demand) => demand.request(1),
      complete: done,
    }),
  );
};

export const rsocket: Bench = {
  title: `${ROWS} rows of JSON over ws on loopback, both sides in one process; share of what ws alone carries`,
  columns: ['consumer', '1000 rows a second', 'of ws alone', 'target'],
  rows: [
    () => speed('plain subscriber (all at once)', plain, LEAST),
    () => speed('prefetch(128)', (rows$, done) => plain(rows$.pipe(prefetch(128)), done), LEAST),
    () => speed('prefetch(16)', (rows$, done) => plain(rows$.pipe(prefetch(16)), done), undefined),
    () => speed('request(1) after each', oneByOne, undefined),
  ],
};

/** A consumer that has taken some rows and stops. */
async function stopped(
  name: string,
  most: number | undefined,
  begin: (rows$: Observable<object>, socket: WebSocket) => () => number,
): Promise<Row> {
  return withServer(async (server, url) => {
    const produced = { count: 0 };
    serveRSocket(server, () => pullFrom(rows(produced, 1_000_000, longRowOf)));
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const taken = begin(connectRSocket(() => socket).requestStream('rows'), socket);
    // Stands still when nothing was produced for ten looks.
    for (let still = 0, last = -1; still < 10; still = produced.count === last ? still + 1 : 0) {
      last = produced.count;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const ahead = produced.count - taken();
    const cells = [name, `${taken()}`, `${produced.count}`, `${ahead}`, `${most ?? ''}`];
    return most === undefined ? { cells } : { cells, ok: ahead <= most };
  });
}

/** Each measurement ends by closing the sockets. */
const ignoreTheEnd = () => {};

const demanding = (n: number) => (rows$: Observable<object>) => {
  let taken = 0;
  const demand = new DemandSubscriber<object>({
    next: () => {
      taken++;
    },
    error: ignoreTheEnd,
  });
  rows$.subscribe(demand);
  demand.request(n);
  return () => taken;
};

export const rsocketAhead: Bench = {
  title: 'Rows of 1 kB produced and not delivered when the consumer has stopped',
  columns: ['consumer', 'taken', 'produced', 'ahead', 'target'],
  rows: [
    () => stopped('request(100), then nothing', 0, demanding(100)),
    () =>
      stopped('prefetch(16), request(100), then nothing', 16, (rows$) =>
        demanding(100)(rows$.pipe(prefetch(16))),
      ),
    () =>
      stopped('plain subscriber, whose socket is not read any more', undefined, (rows$, socket) => {
        let taken = 0;
        rows$.subscribe({
          next: () => {
            taken++;
            if (taken === 100) {
              socket.pause();
            }
          },
          error: ignoreTheEnd,
        });
        return () => taken;
      }),
  ],
};
