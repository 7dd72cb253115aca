/**
 * What TypeScript infers, and what it refuses. `npm run typecheck` decides: a wrong type does not compile, and neither does
 * a `@ts-expect-error` above a line that does. That the lines also run is all that jest sees.
 */
import { describe, expect, it } from '@jest/globals';
import * as rx from 'rxjs';
import {
  adaptiveDemand,
  batchWhileBusy,
  boundedBuffer,
  bufferWithCount,
  bufferWithTimeOrCount,
  Channel,
  conflate,
  conflateByKey,
  controlledRequest,
  type Demand,
  DemandHandle,
  DemandObservable,
  DemandSubscriber,
  dropLatest,
  dropOldest,
  forEachWithDemand,
  keepLatest,
  limitConcurrency,
  losslessPause,
  lossyPause,
  monitor,
  type Publisher,
  prefetch,
  pullFrom,
  type Release,
  rateLimit,
  Semaphore,
  shareAs,
  shareWithDemand,
  tapDemand,
  toAsyncIterable,
  toPublisher,
  windowWithCount,
} from '../src/index.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only where the type of the value is exactly `Expected`. */
function type<Expected>() {
  return <Actual>(
    value: Actual,
    ..._same: Same<Actual, Expected> extends true ? [] : [expected: Expected, actual: Actual]
  ): Actual => value;
}

interface Row {
  readonly id: number;
  readonly name: string;
}
const rows$ = pullFrom<Row>([{ id: 1, name: 'a' }]);
const plain$ = rx.of<Row[]>({ id: 1, name: 'a' });
const paused$ = new rx.BehaviorSubject(false);
const semaphore = new Semaphore(2);

/** Not called: whatever is written in it compiles, or must not. */
const compiles = (lines: () => unknown) => expect(typeof lines).toBe('function');

describe('types', () => {
  it('tell one type from another', () => {
    type<string>()('a' as string);
    // @ts-expect-error a number is no string
    type<string>()(1 as number);
    // @ts-expect-error nor is unknown
    type<string>()('a' as unknown);
    // @ts-expect-error and a union is more than one of its members
    type<string>()('a' as string | number);
    expect(type<number>()(1 as number)).toBe(1);
  });
});

describe('sources', () => {
  it('give what is in them', () => {
    type<rx.Observable<number>>()(pullFrom([1, 2]));
    type<rx.Observable<string>>()(pullFrom(new Set(['a'])));
    type<rx.Observable<string>>()(pullFrom<string>('letters'));
    type<rx.Observable<[string, number]>>()(pullFrom(new Map([['a', 1]])));
    type<rx.Observable<number>>()(pullFrom(new Uint8Array(2)));
    type<rx.Observable<Row>>()(
      pullFrom(async (n, signal) => (n > 0 && signal.aborted ? null : ([] as Row[]))),
    );
    compiles(() => {
      async function* generate() {
        yield 'a';
      }
      type<rx.Observable<string>>()(pullFrom(generate()));
      type<rx.Observable<Row>>()(pullFrom(new ReadableStream<Row>()));
      type<rx.Observable<Row>>()(pullFrom(toPublisher(rows$)));
    });
  });

  it('refuse what cannot be pulled, and wrong options', () => {
    compiles(() => {
      // @ts-expect-error an Observable pushes
      pullFrom(rx.of(1));
      // @ts-expect-error a promise is no source of many values
      pullFrom(Promise.resolve([1]));
      // @ts-expect-error a number is nothing to read from
      pullFrom(1);
      // @ts-expect-error a read function answers with an array or `null`
      pullFrom(async () => 'a row');
      // @ts-expect-error no such option
      pullFrom([1], { size: 3 });
    });
  });

  it('take a producer that answers with what they promise', () => {
    compiles(() => {
      const made$ = new DemandObservable<number>((sink) => ({
        request: (n) => sink.next(type<number>()(n)),
        unsubscribe: () => {},
      }));
      type<DemandObservable<number>>()(made$);
      const assignable: rx.Observable<number> = made$;
      // @ts-expect-error a producer must say how it is released
      new DemandObservable<number>(() => ({ request: () => {} }));
      // @ts-expect-error a producer must answer requests
      new DemandObservable<number>(() => ({ unsubscribe: () => {} }));
      new DemandObservable<number>((sink) => ({
        // @ts-expect-error the sink takes numbers
        request: () => sink.next('a'),
        unsubscribe: () => {},
      }));
      return assignable;
    });
  });

  it('that are written to by hand take only their values', () => {
    compiles(() => {
      const channel = new Channel<Row>({ capacity: 1 });
      type<rx.Observable<Row>>()(channel.asObservable());
      type<boolean>()(channel.tryPut({ id: 1, name: 'a' }));
      type<Promise<void>>()(channel.put({ id: 1, name: 'a' }));
      // @ts-expect-error a number is no row
      void channel.put(1);
      // @ts-expect-error there is no unbounded default
      new Channel<Row>();
      // @ts-expect-error nor is there in the options
      new Channel<Row>({});
    });
  });
});

describe('operators', () => {
  it('of one type in and out leave it as it is', () => {
    const kept$ = rows$.pipe(
      adaptiveDemand({ min: 1, max: 2 }),
      boundedBuffer({ capacity: 1 }),
      conflateByKey((row) => type<Row>()(row).id),
      controlledRequest(new DemandHandle()),
      dropLatest(),
      dropOldest(),
      keepLatest(),
      losslessPause(paused$),
      lossyPause(paused$),
    );
    type<rx.Observable<Row>>()(kept$);
    const more$ = kept$.pipe(
      monitor('rows'),
      prefetch(4),
      rateLimit({ permits: 1, per: 1 }),
      shareWithDemand(),
      shareAs('fastest'),
      tapDemand({ next: (row) => type<Row>()(row), request: (n) => type<number>()(n) }),
      conflate((waiting, row) => (waiting.id > row.id ? waiting : row)),
    );
    type<rx.Observable<Row>>()(more$);
  });

  it('say what they make', () => {
    type<rx.Observable<Row[]>>()(rows$.pipe(bufferWithCount(2)));
    type<rx.Observable<Row[]>>()(rows$.pipe(bufferWithTimeOrCount({ count: 2, time: 1 })));
    type<rx.Observable<Row[]>>()(rows$.pipe(batchWhileBusy({ max: 2 })));
    type<rx.Observable<rx.Observable<Row>>>()(rows$.pipe(windowWithCount(2)));
    type<rx.Observable<number>>()(rows$.pipe(conflate((sum, row) => sum + row.id, 0)));
    type<rx.Observable<string>>()(
      rows$.pipe(
        limitConcurrency(semaphore, async (row, signal) => (signal.aborted ? '' : type<Row>()(row).name)),
      ),
    );
    type<rx.Observable<number>>()(rows$.pipe(limitConcurrency(semaphore, (row) => rx.of(row.id))));
  });

  it('stand between native operators, and are inferred from both sides', () => {
    const names$ = plain$.pipe(
      rx.filter((row) => row.id > 0),
      boundedBuffer({
        capacity: 10,
        overflow: (incoming, waiting) =>
          type<Row>()(incoming) && [...waiting].length > 1 ? 'dropOldest' : 'error',
      }),
      rx.map((row) => type<Row>()(row).name),
      dropLatest({ onDrop: (name, reason) => type<string>()(name).concat(reason) }),
      bufferWithCount(2),
      rx.mergeMap((names) => type<string[]>()(names)),
      prefetch(2),
      rx.map((name) => name.length),
      conflate((sum, length) => sum + length, 0),
    );
    type<rx.Observable<number>>()(names$);
  });

  it('tell onDrop of values whose type they infer', () => {
    const onDrop = (row: Row, reason: string) => type<Row>()(row).name.concat(reason);
    type<rx.Observable<Row>>()(
      rows$.pipe(
        adaptiveDemand({ min: 1, max: 2, onDrop: (row) => type<Row>()(row) }),
        adaptiveDemand({ min: 1, max: 2, onDrop }),
        shareWithDemand({ onDrop: (row) => type<Row>()(row) }),
        limitConcurrency(semaphore, (row) => [type<Row>()(row)], { onDrop: (row) => type<Row>()(row) }),
        windowWithCount(2, { onDrop: (row) => type<Row>()(row) }),
        rx.concatAll(),
      ),
    );
    compiles(() => {
      // @ts-expect-error told of rows, given numbers
      rx.of(1).pipe(windowWithCount(2, { onDrop }));
    });
  });

  it('stand alone with their type written', () => {
    type<rx.MonoTypeOperatorFunction<Row>>()(prefetch<Row>(2));
    type<rx.MonoTypeOperatorFunction<Row>>()(
      dropOldest<Row>({ capacity: 2, sizeOf: (row) => row.name.length }),
    );
    type<rx.OperatorFunction<Row, Row[]>>()(bufferWithCount<Row>(2));
    const ids = rx.pipe(
      prefetch<Row>(2),
      rx.map((row) => type<Row>()(row).id),
    );
    type<rx.Observable<number>>()(rows$.pipe(ids));
    compiles(() => {
      // @ts-expect-error made for rows, given numbers
      rx.of(1).pipe(prefetch<Row>(2));
    });
  });

  it('narrow and widen as native ones do', () => {
    const maybe$ = pullFrom<Row | undefined>([undefined]);
    type<rx.Observable<Row>>()(
      maybe$.pipe(
        prefetch(2),
        rx.filter((row): row is Row => row !== undefined),
        keepLatest(),
      ),
    );
    type<rx.Observable<string | Row>>()(
      rx.merge(rows$.pipe(rx.map(({ name }) => name)), rows$).pipe(prefetch(1)),
    );
  });

  it('refuse policies that do not exist, options that are missing and options of others', () => {
    compiles(() => {
      // @ts-expect-error no policy of that name
      boundedBuffer<Row>({ capacity: 1, overflow: 'dropEverything' });
      // @ts-expect-error a function must answer with a policy
      boundedBuffer<Row>({ capacity: 1, overflow: () => 1 });
      // @ts-expect-error there is no default: a bound must be chosen
      boundedBuffer<Row>();
      // @ts-expect-error nor without `capacity`
      boundedBuffer<Row>({ overflow: 'dropLatest' });
      // @ts-expect-error what is dropped is decided by the name
      dropLatest<Row>({ overflow: 'dropOldest' });
      // @ts-expect-error only the most recent one is kept
      keepLatest<Row>({ capacity: 2 });
      // @ts-expect-error `errors` is 'first' or 'last'
      dropOldest<Row>({ errors: 'now' });
      // @ts-expect-error a limit needs its greatest value
      adaptiveDemand<Row>({ min: 1 });
      // @ts-expect-error a rate is so many in so much time
      rateLimit<Row>({ permits: 1 });
      // @ts-expect-error arrays are full or due
      bufferWithTimeOrCount<Row>({ count: 2 });
      // @ts-expect-error who shares holds the others or not
      shareWithDemand<Row>({ policy: 'average' });
      // @ts-expect-error a pause is true or false
      losslessPause<Row>(rx.of(1));
      // @ts-expect-error requests are numbers
      controlledRequest<Row>(rx.of('1'));
      // @ts-expect-error a size is a number
      boundedBuffer<Row>({ capacity: 1, sizeOf: (row) => row.name });
      const sum$ = rows$.pipe(conflate((sum, row) => sum + row.id, 'none'));
      // @ts-expect-error a seed decides the type of the sum
      type<rx.Observable<number>>()(sum$);
      // @ts-expect-error options cannot be set to undefined by mistake
      boundedBuffer<Row>({ capacity: 1, maxAge: undefined });
    });
  });
});

describe('consumers', () => {
  it('know their values and their demand', () => {
    const subscriber = new DemandSubscriber<Row>({
      start: (demand) => type<Demand>()(demand).request(1),
      next: (row, demand) => type<number>()(row.id) > 0 && type<Demand>()(demand).closed,
      error: (error) => type<unknown>()(error),
    });
    const assignable: rx.Subscriber<Row> = subscriber;
    type<number>()(subscriber.buffered);
    type<number>()(subscriber.requested);
    type<Promise<void>>()(forEachWithDemand(rows$, (row) => type<Row>()(row)));
    type<AsyncIterable<Row>>()(toAsyncIterable(rows$));
    type<Publisher<Row>>()(toPublisher(rows$));
    rows$.subscribe(assignable);
    expect(subscriber.closed).toBe(true);
  });

  it('refuse values of another type, and what only they may set', () => {
    compiles(() => {
      // @ts-expect-error rows are no numbers
      rows$.subscribe(new DemandSubscriber<number>());
      const subscriber = new DemandSubscriber<Row>();
      // @ts-expect-error a demand is a number
      subscriber.request('1');
      // @ts-expect-error counted, not set
      subscriber.requested = 3;
      // @ts-expect-error counted, not set
      subscriber.buffered = 3;
      // @ts-expect-error no such option
      new DemandSubscriber<Row>({}, { window: 1 });
      // @ts-expect-error the work takes rows
      void forEachWithDemand(rows$, (n: number) => n);
      // @ts-expect-error no such option
      toAsyncIterable(rows$, { ahead: 1 });
    });
  });
});

describe('primitives', () => {
  it('give permits that are given back', () => {
    type<number>()(semaphore.available);
    const release = type<Release | undefined>()(semaphore.tryAcquire());
    release?.();
    compiles(() => {
      type<Promise<Release>>()(semaphore.acquire());
      // @ts-expect-error permits are taken, not set
      semaphore.available = 2;
      // @ts-expect-error how many there are must be said
      new Semaphore();
    });
    expect(semaphore.available).toBe(2);
  });
});
