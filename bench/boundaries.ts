import { once } from 'node:events';
import { createServer as createHttpServer, get, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, createServer } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { lastValueFrom, map, type Observable, scan } from 'rxjs';
import { bufferWithCount, DemandSubscriber, pullFrom } from 'rxjs-backpressure';
import { toReadable, writeTo } from 'rxjs-backpressure/node';
import {
  ndjson,
  pullFromPort,
  serve,
  toReadableStream,
  writeTo as writeToStream,
} from 'rxjs-backpressure/web';
import type { Bench, Row } from './Bench.js';
import { type Transport, throughput } from './compareAsync.js';

const VALUES = 20_000;
const TARGET = 0.9;
const CHUNK = Buffer.alloc(16_384);

/** Counts what was made. */
function* numbers(count: number, made = { count: 0 }): Generator<number> {
  for (let i = 0; i < count; i++) {
    made.count++;
    yield i;
  }
}

function* chunks(count: number): Generator<Buffer> {
  for (let i = 0; i < count; i++) {
    yield CHUNK;
  }
}

const count = <T>(source$: Observable<T>): Promise<number> =>
  lastValueFrom(source$.pipe(scan((n) => n + 1, 0)));

/** Once what is made stays the same for some turns of the event loop: how much that is. */
async function settle(made: { count: number }): Promise<number> {
  for (let before = -1; before !== made.count; ) {
    before = made.count;
    for (let i = 0; i < 50; i++) {
      await turn();
    }
  }
  return made.count;
}

/** How many values a boundary holds: what was made, where the consumer has stopped after `taken`. */
async function held(open: (source$: Observable<number>) => unknown, taken: number): Promise<number> {
  const made = { count: 0 };
  await open(pullFrom(numbers(Number.MAX_SAFE_INTEGER, made)));
  return (await settle(made)) - taken;
}

async function row(
  boundary: string,
  against: string,
  between: Promise<string> | string,
  raw: Transport,
  ours: Transport,
  target?: number,
): Promise<Row> {
  const ahead = `${await between}`;
  const { ratio, spread } = await throughput(raw, ours);
  const speed = `${ratio.toFixed(2)} (${spread.map((edge) => edge.toFixed(2)).join(' to ')})`;
  const cells = [boundary, ahead, against, speed, target === undefined ? '' : `${target}`];
  return target === undefined ? { cells } : { cells, ok: ratio >= target };
}

/** A sink that takes a value a turn of the microtasks, as one that hands it on. */
function sink(objectMode: boolean): Writable {
  return new Writable({ objectMode, write: (_chunk, _encoding, callback) => process.nextTick(callback) });
}

const stuck = () => new Promise<void>(() => {});

/** As quick as a `Readable` can be made by hand: a generator in `pipeline` would cost a promise a value. */
function readable(values: Iterator<unknown>, objectMode: boolean): Readable {
  return new Readable({
    objectMode,
    read() {
      const { done, value } = values.next();
      this.push(done ? null : value);
    },
  });
}

function writable(objectMode: boolean): [Transport, Transport] {
  const values = () => (objectMode ? numbers(VALUES) : chunks(VALUES));
  return [
    async () => {
      await pipeline(readable(values(), objectMode), sink(objectMode));
      return VALUES;
    },
    async () => {
      await writeTo(pullFrom<number | Buffer>(values()), sink(objectMode));
      return VALUES;
    },
  ];
}

async function countIn(values: AsyncIterable<unknown>): Promise<number> {
  let came = 0;
  for await (const _ of values) {
    came++;
  }
  return came;
}

async function throughPort(
  receive: (port: MessagePort) => Promise<number>,
  send: (port: MessagePort) => void,
) {
  const { port1, port2 } = new MessageChannel();
  send(port1);
  const came = await receive(port2);
  port1.close();
  return came;
}

const ROWS = 100_000;
const ROWS_A_CHUNK = 128;
interface Line {
  readonly id: number;
  readonly name: string;
  readonly amount: number;
}

const line = (id: number): Line => ({ id, name: `customer ${id}`, amount: (id * 7919) % 10_000 });

/** What one writes by hand: of the same rows the same chunks. */
async function* chunksOfLines(): AsyncGenerator<string> {
  let text = '';
  let rows = 0;
  for (const id of numbers(ROWS)) {
    text += `${JSON.stringify(line(id))}\n`;
    if (++rows % ROWS_A_CHUNK === 0) {
      yield text;
      text = '';
    }
  }
  if (text !== '') {
    yield text;
  }
}

const lines$ = () =>
  pullFrom(numbers(ROWS)).pipe(
    bufferWithCount(ROWS_A_CHUNK),
    map((ids) => {
      let text = '';
      for (const id of ids) {
        text += `${JSON.stringify(line(id))}\n`;
      }
      return text;
    }),
  );

/** The consumer of both sides: looks at each row, and counts. */
const isRow = ({ id }: Line): number => (id >= 0 ? 1 : 0);

async function countRows(rows$: Observable<Line>): Promise<number> {
  let rows = 0;
  await rows$.forEach((row) => {
    rows += isRow(row);
  });
  return rows;
}

async function overHttp(listener: RequestListener, read: (url: string) => Promise<number>): Promise<number> {
  const server = createHttpServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const rows = await read(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
  server.closeAllConnections();
  server.close();
  return rows;
}

const responseOf = async (url: string): Promise<IncomingMessage> => {
  const [response] = await once(get(url), 'response');
  return response;
};

/** What one writes by hand: the lines of text that comes in chunks. */
async function parseByHand(text: AsyncIterable<string>): Promise<number> {
  let rest = '';
  let rows = 0;
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) {
      rows += isRow(JSON.parse(each));
    }
  }
  return rows;
}

const http: readonly (() => Promise<Row>)[] = [
  () =>
    row(
      'NDJSON over HTTP: writeTo, pullFrom(response), ndjson',
      'pipeline and http.get, lines split by hand',
      'see npm run start:http',
      () =>
        overHttp(
          (_, response) => void pipeline(chunksOfLines(), response),
          async (url) => parseByHand((await responseOf(url)).setEncoding('utf8')),
        ),
      () =>
        overHttp(
          (_, response) => void writeTo(lines$(), response),
          async (url) => countRows(pullFrom<Uint8Array>(await responseOf(url)).pipe(ndjson<Line>())),
        ),
      TARGET,
    ),
  () =>
    row(
      'NDJSON over HTTP: writeTo, pullFrom(fetch body), ndjson',
      'pipeline and fetch, lines split by hand',
      'see npm run start:http',
      () =>
        overHttp(
          (_, response) => void pipeline(chunksOfLines(), response),
          async (url) => parseByHand(textOf((await fetch(url)).body)),
        ),
      () =>
        overHttp(
          (_, response) => void writeTo(lines$(), response),
          async (url) => countRows(pullFrom<Uint8Array>(bodyOf(await fetch(url))).pipe(ndjson<Line>())),
        ),
      TARGET,
    ),
];

function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  if (body === null) {
    throw new Error('no body');
  }
  return body;
}

async function* textOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    yield decoder.decode(read.value, { stream: true });
  }
}

export const boundaries: Bench = {
  title: `Values held between a producer and a consumer that has stopped, and speed against the raw transport (1 is as fast; in brackets, the middle half of the rounds)`,
  columns: ['boundary', 'held', 'raw transport', 'speed', 'target'],
  rows: [
    () =>
      row(
        'node writeTo, 16 kB chunks',
        'stream.pipeline',
        held((source$) => {
          void writeTo(source$.pipe(map(() => CHUNK)), new Writable({ write: () => {} }));
        }, 0).then((n) => `${n} (highWaterMark 16 kB)`),
        ...writable(false),
        TARGET,
      ),
    () =>
      row(
        'node writeTo, objects',
        'stream.pipeline',
        held((source$) => {
          void writeTo(source$, new Writable({ objectMode: true, write: () => {} }));
        }, 0).then((n) => `${n} (highWaterMark 16)`),
        ...writable(true),
        TARGET,
      ),
    () =>
      row(
        'toReadable, objects',
        'Readable.from',
        held(async (source$) => {
          await once(toReadable(source$), 'readable');
        }, 0).then((n) => `${n} (highWaterMark 16)`),
        () => countIn(Readable.from(numbers(VALUES))),
        () => countIn(toReadable(pullFrom(numbers(VALUES)))),
      ),
    () =>
      row(
        'pullFrom(readable), objects',
        'for await',
        held((source$) => {
          const one = new DemandSubscriber<number>({ start: (demand) => demand.request(1) });
          pullFrom<number>(toReadable(source$)).subscribe(one);
        }, 1).then((n) => `${n} (highWaterMark 16)`),
        () => countIn(Readable.from(numbers(VALUES))),
        () => count(pullFrom(Readable.from(numbers(VALUES)))),
      ),
    () =>
      row(
        'web writeTo',
        'pipeTo',
        held((source$) => {
          void writeToStream(source$, new WritableStream({ write: stuck }));
        }, 0).then((n) => `${n} (highWaterMark 1)`),
        async () => {
          await ReadableStream.from(numbers(VALUES)).pipeTo(new WritableStream());
          return VALUES;
        },
        async () => {
          await writeToStream(pullFrom(numbers(VALUES)), new WritableStream());
          return VALUES;
        },
      ),
    () =>
      row(
        'toReadableStream',
        'ReadableStream.from',
        held((source$) => toReadableStream(source$), 0).then((n) => `${n} (highWaterMark 1)`),
        () => countIn(ReadableStream.from(numbers(VALUES))),
        () => countIn(toReadableStream(pullFrom(numbers(VALUES)))),
      ),
    () =>
      row(
        'pullFrom(ReadableStream)',
        'for await',
        held((source$) => {
          const one = new DemandSubscriber<number>({ start: (demand) => demand.request(1) });
          pullFrom(toReadableStream(source$)).subscribe(one);
        }, 1).then((n) => `${n} (highWaterMark 1)`),
        () => countIn(ReadableStream.from(numbers(VALUES))),
        () => count(pullFrom(ReadableStream.from(numbers(VALUES)))),
      ),
    () =>
      row(
        'serve and pullFromPort, inFlight 16',
        'postMessage, without any bound',
        held((source$) => {
          const { port1, port2 } = new MessageChannel();
          serve(source$, port1);
          port1.unref();
          const one = new DemandSubscriber<number>({ start: (demand) => demand.request(1) });
          pullFromPort<number>(port2).subscribe(one);
          port2.unref();
        }, 1).then((n) => `${n} (asked for one by one)`),
        ...overPort(16),
      ),
    () =>
      row(
        'serve and pullFromPort, inFlight 256',
        'postMessage, without any bound',
        '0 (asked for one by one)',
        ...overPort(256),
      ),
    ...http,
  ],
};

function overPort(inFlight: number): [Transport, Transport] {
  return [
    () =>
      throughPort(
        (port) =>
          new Promise((resolve) => {
            let came = 0;
            port.on('message', () => {
              if (++came === VALUES) {
                resolve(came);
              }
            });
          }),
        (port) => {
          for (const n of numbers(VALUES)) {
            port.postMessage({ next: n });
          }
        },
      ),
    () =>
      throughPort(
        (port) => count(pullFromPort<number>(port, { inFlight })),
        (port) => serve(pullFrom(numbers(VALUES)), port),
      ),
  ];
}

const RECORDS = 5_000_000;
const MOST_MB = 10;

/** Writes records to a socket on loopback whose reader rests between the chunks: how far the heap grows, in MB. */
async function growthOverSocket(records: number): Promise<number> {
  const server = createServer((socket) => {
    const made$ = pullFrom(numbers(records)).pipe(
      bufferWithCount(100),
      map((ids) => `${ids.map((id) => JSON.stringify(line(id))).join('\n')}\n`),
    );
    void writeTo(made$, socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  let floor = 0;
  let highest = 0;
  let read = 0;
  for await (const _ of socket) {
    // A slow reader.
    await turn();
    if (read++ % 200 === 0) {
      globalThis.gc?.();
      const now = process.memoryUsage().heapUsed;
      floor ||= now;
      highest = Math.max(highest, now);
    }
  }
  server.close();
  return (highest - floor) / 2 ** 20;
}

export const boundaryMemory: Bench = {
  title: 'Heap over its floor, after a collection, at its highest: records to a socket with a slow reader',
  columns: ['records', 'MB', 'target'],
  flags: ['--expose-gc'],
  rows: [
    async () => {
      await growthOverSocket(10_000);
      const grown = await growthOverSocket(RECORDS);
      return {
        cells: [RECORDS.toLocaleString('en'), grown.toFixed(1), `${MOST_MB}`],
        ok: grown < MOST_MB,
      };
    },
  ],
};
