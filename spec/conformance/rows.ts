/** Every public source, sink and operator, and how the laws are tried on it. */
import { Readable, Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  concatMap,
  map,
  NEVER,
  type Observable,
  type OperatorFunction,
  of,
  pipe,
  throwError,
  toArray,
} from 'rxjs';
import * as library from 'rxjs-backpressure';
import * as node from 'rxjs-backpressure/node';
import {
  DemandProbe,
  type Running,
  type Verification,
  type VerifyOperatorOptions,
  type VerifyOptions,
  type VerifySinkOptions,
  verifyOperator,
  verifyPublisher,
  verifySink,
  verifySource,
  verifySubscriber,
} from 'rxjs-backpressure/testing';
import * as web from 'rxjs-backpressure/web';
import { joined } from '../rsocket/peers.js';
import { demandOf } from './demandOf.js';
import { ports } from './ports.js';

setFlagsFromString('--expose-gc');
export const collect = runInNewContext('gc') as () => void;

/** An export (of an entry other than the main one with its name before), what of it is tried, and how. */
export type Row = readonly [subject: string, verify: () => Promise<Verification>];

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const source = (
  subject: string,
  create: (count: number) => Observable<unknown>,
  options: VerifyOptions<Observable<unknown>> = {},
): Row => [subject, () => verifySource(create, { collect, ...options })];

/** The demand kind is the one that the operator's docstring names. */
const operator = (
  subject: string,
  make: () => OperatorFunction<number, unknown>,
  options: VerifyOperatorOptions = {},
): Row => [
  subject,
  () => {
    const demand = demandOf(subject);
    return verifyOperator(make, { ...(demand !== undefined && { demand }), ...options });
  },
];

const sink = (
  subject: string,
  run: (source$: Observable<number>) => Running,
  options: VerifySinkOptions = {},
): Row => [subject, () => verifySink(run, options)];

/** What holds something while it is open, counted. */
function opened() {
  let open = 0;
  return {
    held: () => open,
    *iterable(values: Iterable<number>, end: () => void = () => {}) {
      open++;
      try {
        yield* values;
        end();
      } finally {
        open--;
      }
    },
    async *async(values: Iterable<number>, end: () => void = () => {}) {
      open++;
      try {
        yield* values;
        end();
      } finally {
        open--;
      }
    },
  };
}

const raise = (error: unknown) => () => {
  throw error;
};

function pages(values: number[], end: () => null = () => null) {
  return async (n: number) => (values.length > 0 ? values.splice(0, n) : end());
}

function iterables(): Row {
  const { held, iterable } = opened();
  return source(
    'pullFrom: an iterable',
    (count) => library.pullFrom({ [Symbol.iterator]: () => iterable(range(count)) }),
    {
      failing: (error) => library.pullFrom({ [Symbol.iterator]: () => iterable([1], raise(error)) }),
      held,
    },
  );
}

function asyncIterables(): Row {
  const { held, async } = opened();
  return source(
    'pullFrom: an async iterable',
    (count) => library.pullFrom({ [Symbol.asyncIterator]: () => async(range(count)) }),
    {
      failing: (error) => library.pullFrom({ [Symbol.asyncIterator]: () => async([1], raise(error)) }),
      held,
    },
  );
}

function producers(): Row {
  let open = 0;
  const create = (
    count: number,
    end: (sink: library.DemandSink<number>) => void = (sink) => sink.complete(),
  ) =>
    new library.DemandObservable<number>((sink) => {
      open++;
      let value = 0;
      const endIfOver = () => (value === count ? end(sink) : undefined);
      return {
        start: endIfOver,
        request: (n) => {
          for (let i = 0; i < n && value < count && !sink.closed; i++) {
            sink.next(value++);
            endIfOver();
          }
        },
        unsubscribe: () => open--,
      };
    });
  return source('DemandObservable', create, {
    failing: (error) => create(1, (sink) => sink.error(error)),
    held: () => open,
  });
}

function fill(count: number, fail?: { readonly error: unknown }) {
  const channel = new library.Channel<number>({ capacity: 1000 });
  for (const value of range(count)) channel.tryPut(value);
  if (fail === undefined) channel.close();
  else channel.fail(fail.error);
  return channel.asObservable();
}

/** What it gives of a client and a server that are joined in memory; both are gone when all has been tried. */
function overRSocket(make: (stream: (source$: Observable<unknown>) => Observable<number>) => Row): Row {
  const clients = new Set<{ close(): void }>();
  const [subject, verify] = make((source$) => {
    const { rsocket } = joined(() => source$);
    clients.add(rsocket);
    return rsocket.requestStream<number>();
  });
  return [
    subject,
    async () => {
      try {
        return await verify();
      } finally {
        for (const client of clients) client.close();
      }
    },
  ];
}

/** A stream of so many bytes, each of which is a chunk. */
function bytes(count: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (sent < count) {
        controller.enqueue(Uint8Array.of(sent++));
      } else {
        controller.close();
        controller.byobRequest?.respond(0);
      }
    },
  });
}

const SOURCES: readonly Row[] = [
  source('pullFrom: an array', (count) => library.pullFrom(range(count))),
  iterables(),
  asyncIterables(),
  source('pullFrom: a ReadableStream', (count) => library.pullFrom(ReadableStream.from(range(count))), {
    single: true,
  }),
  source('pullFrom: a Node.js Readable', (count) => library.pullFrom(Readable.from(range(count))), {
    single: true,
  }),
  source('pullFrom: a read function', (count) => library.pullFrom(pages(range(count))), {
    failing: (error) => library.pullFrom(pages([1], raise(error))),
    // The pages are read by whoever comes first.
    single: true,
  }),
  source('pullFrom: a publisher', (count) =>
    library.pullFrom(library.toPublisher(library.pullFrom(range(count)))),
  ),
  [
    'pullFrom: as a subscriber',
    () =>
      verifySubscriber((publisher) => {
        const probe = new DemandProbe<number>();
        library.pullFrom(publisher).subscribe(probe);
        return probe;
      }),
  ],
  producers(),
  source('Channel', fill, { failing: (error) => fill(1, { error }), single: true }),
  source(
    'node/pullFromEvent',
    (count) => {
      const readable = Readable.from(range(count));
      return node.pullFromEvent(readable, 'data', { release: () => readable.destroy() });
    },
    { single: true },
  ),
  source(
    'web/pullBytes',
    (count) => web.pullBytes(bytes(count), { chunkSize: 1 }).pipe(map(([byte]) => byte)),
    { single: true },
  ),
  source('web/pullFromPort', (count) => web.pullFromPort(ports(library.pullFrom(range(count)))), {
    failing: (error) => {
      const { iterable } = opened();
      return web.pullFromPort(
        ports(library.pullFrom({ [Symbol.iterator]: () => iterable([1], raise(error)) })),
      );
    },
    single: true,
  }),
  overRSocket((stream) =>
    source('rsocket/connectRSocket', (count) => stream(library.pullFrom(range(count))), {
      failing: (error) => stream(throwError(() => error)),
    }),
  ),
];

/** On a page that draws the next frame in the next microtask. */
function frames(row: Row): Row {
  const [subject, verify] = row;
  return [
    subject,
    async () => {
      const page = globalThis as { requestAnimationFrame?: unknown; cancelAnimationFrame?: unknown };
      const due = new Set<number>();
      let last = 0;
      page.requestAnimationFrame = (draw: (time: number) => void) => {
        const frame = ++last;
        due.add(frame);
        queueMicrotask(() => due.delete(frame) && draw(0));
        return frame;
      };
      page.cancelAnimationFrame = (frame: number) => due.delete(frame);
      try {
        return await verify();
      } finally {
        delete page.requestAnimationFrame;
        delete page.cancelAnimationFrame;
      }
    },
  ];
}

const identity = <T>(value: T): T => value;

/** What one subscriber gets depends on the other. */
const SHARED = { except: { '1.11': 'the slowest subscriber governs' } };

const OPERATORS: readonly Row[] = [
  operator('adaptiveDemand', () => library.adaptiveDemand({ min: 1000, max: 1000, clock: { now: () => 0 } })),
  operator('batchWhileBusy', () => library.batchWhileBusy({ max: 1 })),
  operator('boundedBuffer', () => library.boundedBuffer({ capacity: 16 })),
  operator('bufferWithCount', () => library.bufferWithCount(3), { perOutput: 3 }),
  operator('bufferWithTimeOrCount', () => library.bufferWithTimeOrCount({ count: 2, time: 60_000 }), {
    perOutput: 2,
  }),
  operator('conflate', () => library.conflate((_, value) => value)),
  operator('conflateByKey', () => library.conflateByKey(identity)),
  operator('controlledRequest', () => library.controlledRequest(of(Infinity))),
  operator('dropLatest', () => library.dropLatest()),
  operator('dropOldest', () => library.dropOldest()),
  operator('keepLatest', () => library.keepLatest()),
  operator('limitConcurrency', () =>
    library.limitConcurrency(new library.Semaphore(4), async (value) => value),
  ),
  operator('losslessPause', () => library.losslessPause(NEVER)),
  operator('lossyPause', () => library.lossyPause(NEVER)),
  operator('monitor', () => library.monitor('conformance', { registry: new library.MonitorRegistry() }), {
    except: {
      demand: 'in line as a native operator: what nobody asked for waits at the subscriber below',
      kind: 'in line as a native operator: a source is asked within the window',
    },
  }),
  operator('prefetch', () => library.prefetch(4)),
  operator('rateLimit', () => library.rateLimit({ permits: 1_000_000, per: 1, burst: 1_000_000 })),
  operator('shareWithDemand', () => library.shareWithDemand(), SHARED),
  operator('shareAs', () => pipe(library.shareWithDemand(), library.shareAs('slowest')), SHARED),
  operator('tapDemand', () => library.tapDemand()),
  operator(
    'windowWithCount',
    () =>
      pipe(
        library.windowWithCount<number>(2),
        concatMap((window) => window.pipe(toArray())),
      ),
    { perOutput: 2 },
  ),
  operator('web/ndjson', () =>
    pipe(
      map((value: number) => `${value}\n`),
      web.ndjson(),
    ),
  ),
  frames(operator('web/perFrame', () => web.perFrame(1_000_000))),
];

async function collectInto(taken: number[], values: AsyncIterable<number>): Promise<void> {
  for await (const value of values) taken.push(value);
}

function byLoop(source$: Observable<number>): Running {
  const taken: number[] = [];
  const iterator = library.toAsyncIterable(source$)[Symbol.asyncIterator]();
  const done = collectInto(taken, { [Symbol.asyncIterator]: () => iterator });
  return { taken, done, stop: () => iterator.return?.() };
}

function asReadable(source$: Observable<number>): Running {
  const taken: number[] = [];
  const readable = node.toReadable(source$);
  return { taken, done: collectInto(taken, readable), stop: () => void readable.destroy() };
}

function asStream(source$: Observable<number>): Running {
  const taken: number[] = [];
  const reader = web.toReadableStream(source$).getReader();
  const take = async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read()) taken.push(read.value);
  };
  return { taken, done: take(), stop: () => reader.cancel() };
}

function byPublisher(source$: Observable<number>): Running {
  const taken: number[] = [];
  let subscription: library.PublisherSubscription | undefined;
  const done = new Promise<void>((resolve, reject) => {
    library.toPublisher(source$).subscribe({
      onSubscribe: (given) => {
        subscription = given;
        given.request(1);
      },
      onNext: (value) => {
        taken.push(value);
        subscription?.request(1);
      },
      onError: reject,
      onComplete: resolve,
    });
  });
  return { taken, done, stop: () => subscription?.cancel() };
}

function intoWritable(source$: Observable<number>, error?: Error): Running {
  const taken: number[] = [];
  const writable = new Writable({
    objectMode: true,
    highWaterMark: 4,
    write(value, _, written) {
      if (error === undefined) taken.push(value);
      setImmediate(written, error);
    },
  });
  const abort = new AbortController();
  return {
    taken,
    done: node.writeTo(source$, writable, { signal: abort.signal }),
    stop: () => abort.abort(),
  };
}

function intoStream(source$: Observable<number>, error?: unknown): Running {
  const taken: number[] = [];
  const stream = new WritableStream<number>({
    async write(value) {
      if (error !== undefined) throw error;
      taken.push(value);
    },
  });
  const abort = new AbortController();
  return { taken, done: web.writeTo(source$, stream, { signal: abort.signal }), stop: () => abort.abort() };
}

const intoPort = (source$: Observable<number>): Running => fromAfar(web.pullFromPort<number>(ports(source$)));

/** Takes one after the other what a sink sends, on the other side of a connection. */
function fromAfar(received$: Observable<number>): Running {
  const probe = new DemandProbe<number>({
    start: (demand) => demand.request(1),
    next: (_, demand) => demand.request(1),
    error: (error) => settle.reject(error),
    complete: () => settle.resolve(undefined),
  });
  const settle = { resolve: (_: undefined) => {}, reject: (_: unknown) => {} };
  const done = new Promise((resolve, reject) => Object.assign(settle, { resolve, reject }));
  received$.subscribe(probe);
  return {
    done,
    stop: () => probe.unsubscribe(),
    get taken() {
      return probe.values;
    },
  };
}

function forEach(source$: Observable<number>, work: (value: number) => unknown = () => {}): Running {
  const taken: number[] = [];
  const abort = new AbortController();
  const done = library.forEachWithDemand(
    source$,
    (value) => {
      taken.push(value);
      return work(value);
    },
    { signal: abort.signal },
  );
  return { taken, done, stop: () => abort.abort() };
}

const SINKS: readonly Row[] = [
  sink('forEachWithDemand', (source$) => forEach(source$), {
    ahead: 1,
    failing: (source$, error) =>
      forEach(source$, () => {
        throw error;
      }),
  }),
  sink('toAsyncIterable', byLoop),
  sink('toPublisher', byPublisher),
  [
    'toPublisher: as a publisher',
    () => {
      const { held, iterable } = opened();
      const make = (values: readonly number[], end?: () => void) =>
        library.toPublisher(library.pullFrom({ [Symbol.iterator]: () => iterable(values, end) }));
      return verifyPublisher((count) => make(range(count)), {
        failing: (error) => make([1], raise(error)),
        ...{ held, collect },
      });
    },
  ],
  sink('node/writeTo', (source$) => intoWritable(source$), {
    failing: (source$) => intoWritable(source$, new Error('on purpose')),
  }),
  sink('node/toReadable', asReadable),
  sink('web/writeTo', (source$) => intoStream(source$), { failing: intoStream }),
  sink('web/toReadableStream', asStream),
  sink('web/serve', intoPort),
  overRSocket((stream) => sink('rsocket/serveRSocket', (source$) => fromAfar(stream(source$)))),
];

export const ROWS: readonly Row[] = [...SOURCES, ...OPERATORS, ...SINKS];

/** Exports that are no source, sink or operator, or none that claims to honour demand, and why. */
export const NO_SUBJECTS: Readonly<Record<string, string>> = {
  ChannelClosedError: 'an error',
  DemandHandle: 'pushes the requests that are made with it, to controlledRequest',
  DemandSubscriber: 'the consumer in every row',
  LATENCY_BOUNDS: 'numbers',
  MonitorRegistry: 'holds counts',
  monitors: 'a MonitorRegistry',
  OverflowError: 'an error',
  Semaphore: 'gives permits, no values',
  'metrics/explainDemand': 'describes a pipeline',
  'metrics/onPressure': 'tells of events, which push',
  'metrics/openTelemetryMetrics': 'reads counts',
  'metrics/prometheusMetrics': 'reads counts',
  'rsocket/RSocketError': 'an error',
  'rsocket/RSocketErrorCode': 'numbers',
  'rsocket/binaryCodec': 'bytes and values',
  'rsocket/jsonCodec': 'bytes and values',
  'rsocket/routeMetadata': 'makes bytes',
  'web/PortError': 'an error',
  'web/pausedWhileHidden': 'a notifier, which pushes',
  'web/requestsFromViewport': 'a notifier, which pushes',
};

/** Entries whose exports have no row here, and why. */
export const OTHER_ENTRIES: Readonly<Record<string, string>> = {
  './angular': 'needs Angular: spec/angular/conformance.spec.ts has its rows',
  './testing': 'what the rows are tried with',
  './package.json': 'no code',
};
