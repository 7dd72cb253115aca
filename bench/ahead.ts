import { setTimeout } from 'node:timers/promises';
import { concatMap, from, interval, map, type Observable, type Subscription, zip } from 'rxjs';
import { DemandSubscriber, prefetch, pullFrom } from 'rxjs-backpressure';
import type { Bench, Row } from './Bench.js';

const MILLISECONDS = 200;
/** Each item takes so long, so some 40 are done in the time. */
const PER_ITEM = 5;
/** In flight inside native operators (the default window), and one being read. */
const MOST_AHEAD = 17;

/** Every source counts what it has produced. */
class Produced {
  count = 0;

  async *asynchronously(): AsyncGenerator<number> {
    while (this.count < 5000) {
      yield this.count++;
    }
  }

  stream(): ReadableStream<number> {
    return new ReadableStream<number>(
      {
        pull: (controller) => {
          controller.enqueue(this.count++);
          if (this.count === 3000) {
            controller.close();
          }
        },
      },
      { highWaterMark: 1 },
    );
  }

  *range(): Generator<number> {
    while (this.count < 100_000) {
      yield this.count++;
    }
  }
}

const slowly = concatMap(async (n: number) => {
  await setTimeout(PER_ITEM);
  return n;
});

type Consume = (source$: Observable<number>, done: () => void) => Subscription;

const subscribe: Consume = (source$, done) => source$.subscribe(done);

const withDemand: Consume = (source$, done) =>
  source$.subscribe(
    new DemandSubscriber<number>({
      start: (demand) => demand.request(1),
      next: (_value, demand) => {
        done();
        demand.request(1);
      },
    }),
  );

async function row(
  source: string,
  consumer: string,
  make: (produced: Produced) => Observable<number>,
  consume: Consume,
  bounded = true,
): Promise<Row> {
  const produced = new Produced();
  let done = 0;
  const subscription = consume(make(produced), () => {
    done++;
  });
  await setTimeout(MILLISECONDS);
  const ahead = produced.count - done;
  const cells = [
    source,
    consumer,
    `${produced.count}`,
    `${done}`,
    `${ahead}`,
    bounded ? `${MOST_AHEAD}` : '',
  ];
  subscription.unsubscribe();
  return bounded ? { cells, ok: done > 0 && ahead <= MOST_AHEAD } : { cells };
}

/** Plain RxJS, ours below a plain subscriber and a `prefetch`, ours with `request(1)` for each item. */
function three(
  source: string,
  plain: (produced: Produced) => Observable<number>,
  ours: (produced: Produced) => Observable<number>,
): Bench['rows'] {
  return [
    () => row(`from(${source}`, 'plain RxJS', plain, subscribe, false),
    () => row(`pullFrom(${source}`, 'plain subscriber', ours, subscribe, false),
    () =>
      row(`pullFrom(${source}`, 'prefetch(16)', (produced) => ours(produced).pipe(prefetch(16)), subscribe),
    () => row(`pullFrom(${source}`, 'request(1)', ours, withDemand),
  ];
}

const ticks$ = interval(PER_ITEM);
const numberOf = map(([n]: [number, number]) => n);

export const ahead: Bench = {
  title: `Produced and done ${MILLISECONDS} ms after the subscription, at ${PER_ITEM} ms an item`,
  columns: ['source', 'consumer', 'produced', 'done', 'ahead', 'target'],
  rows: [
    ...three(
      'asyncGenerator), concatMap(5 ms)',
      (produced) => from(produced.asynchronously()).pipe(slowly),
      (produced) => pullFrom(produced.asynchronously()).pipe(slowly),
    ),
    ...three(
      'ReadableStream), concatMap(5 ms)',
      (produced) => from(produced.stream() as AsyncIterable<number>).pipe(slowly),
      (produced) => pullFrom(produced.stream()).pipe(slowly),
    ),
    ...three(
      'range), zip with interval(5)',
      (produced) => zip(from(produced.range()), ticks$).pipe(numberOf),
      (produced) => zip(pullFrom(produced.range()), ticks$).pipe(numberOf),
    ),
  ],
};
