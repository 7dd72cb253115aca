/** Every operator of this library, one row each, as the laws want it: with an `onDrop` where it has one, and room for few. */
import { asyncScheduler, concatAll, map, type Observable, type OperatorFunction, of, timer } from 'rxjs';
import {
  adaptiveDemand,
  type BufferOptions,
  batchWhileBusy,
  boundedBuffer,
  bufferWithCount,
  bufferWithTimeOrCount,
  conflate,
  conflateByKey,
  controlledRequest,
  dropLatest,
  dropOldest,
  keepLatest,
  limitConcurrency,
  losslessPause,
  lossyPause,
  MonitorRegistry,
  monitor,
  prefetch,
  rateLimit,
  Semaphore,
  shareAs,
  shareWithDemand,
  tapDemand,
  windowWithCount,
} from '../../src/index.js';

export type OnDrop = NonNullable<BufferOptions<number>['onDrop']>;
type Delivered = number | readonly number[];

export interface Row {
  readonly name: string;
  readonly make: (onDrop: OnDrop, paused$: Observable<boolean>) => OperatorFunction<number, Delivered>;
  /** How many values may wait of a source that cannot stop; one that honours demand is counted on top. */
  readonly keeps: number;
  /** How many values of a source that honours demand it asks for beyond what it has been asked for. */
  readonly ahead: number;
  /** The most values that one delivery may bring. */
  readonly size?: number;
  /** Whether it loses values of a source that cannot stop. */
  readonly lossy?: boolean;
  /** Whether what waits is gone without a word when it is left: it has no `onDrop`. */
  readonly silent?: boolean;
  /** Whether it may hold values, or demand, back for a while, or because it was paused. */
  readonly waits?: boolean;
}

const DEFAULT = 1024;
const POLICIES = ['dropLatest', 'replaceLatest', 'dropOldest', 'dropAll'] as const;

export const ROWS: readonly Row[] = [
  {
    name: 'adaptiveDemand',
    make: (onDrop) => adaptiveDemand({ min: 1, max: 4, clock: asyncScheduler, onDrop }),
    keeps: DEFAULT,
    ahead: 0,
    waits: true,
  },
  {
    name: 'batchWhileBusy',
    make: (onDrop) => batchWhileBusy({ max: 3, onDrop }),
    keeps: 3,
    ahead: 3,
    size: 3,
  },
  ...POLICIES.map(
    (overflow): Row => ({
      name: `batchWhileBusy '${overflow}'`,
      make: (onDrop) => batchWhileBusy({ max: 3, overflow, onDrop }),
      keeps: 3,
      ahead: 3,
      size: 3,
      lossy: true,
    }),
  ),
  { name: 'boundedBuffer', make: (onDrop) => boundedBuffer({ capacity: 3, onDrop }), keeps: 3, ahead: 0 },
  ...POLICIES.flatMap((overflow): Row[] => [
    {
      name: `boundedBuffer '${overflow}'`,
      make: (onDrop) => boundedBuffer({ capacity: 3, overflow, onDrop }),
      keeps: 3,
      ahead: 0,
      lossy: true,
    },
    {
      name: `boundedBuffer '${overflow}', maxAge`,
      make: (onDrop) => boundedBuffer({ capacity: 3, overflow, maxAge: 2, onDrop }),
      keeps: 3,
      ahead: 0,
      lossy: true,
    },
    {
      name: `boundedBuffer '${overflow}', sizeOf`,
      make: (onDrop) => boundedBuffer({ capacity: 6, overflow, sizeOf: (n) => 1 + (n % 4), onDrop }),
      keeps: 6,
      ahead: 0,
      lossy: true,
    },
  ]),
  {
    name: 'bufferWithCount',
    make: (onDrop) => bufferWithCount<number>(3, 3, { onDrop }),
    keeps: DEFAULT,
    ahead: 0,
    size: 3,
  },
  {
    name: 'bufferWithTimeOrCount',
    make: (onDrop) => bufferWithTimeOrCount({ count: 3, time: 2, capacity: 2, onDrop }),
    keeps: 5,
    ahead: 3,
    size: 3,
    waits: true,
  },
  {
    name: "bufferWithTimeOrCount, errors 'first'",
    make: (onDrop) => bufferWithTimeOrCount({ count: 3, time: 2, capacity: 2, errors: 'first', onDrop }),
    keeps: 5,
    ahead: 3,
    size: 3,
    waits: true,
  },
  {
    name: 'conflate',
    make: (onDrop) =>
      conflate((merged: readonly number[], n: number) => [...merged, n], [], {
        onDrop: (merged, reason) => {
          for (const n of merged) onDrop(n, reason);
        },
      }),
    keeps: Infinity,
    ahead: 0,
    size: Infinity,
  },
  {
    name: 'conflateByKey',
    make: (onDrop) => conflateByKey((n) => n % 3, { onDrop }),
    keeps: 3,
    ahead: 0,
    lossy: true,
  },
  ...POLICIES.map(
    (overflow): Row => ({
      name: `conflateByKey '${overflow}'`,
      make: (onDrop) => conflateByKey((n) => n % 5, { maxKeys: 3, overflow, onDrop }),
      keeps: 3,
      ahead: 0,
      lossy: true,
    }),
  ),
  {
    name: 'controlledRequest',
    make: (onDrop) => controlledRequest(of(Infinity), { capacity: 3, onDrop }),
    keeps: 3,
    ahead: 0,
  },
  { name: 'dropLatest', make: (onDrop) => dropLatest({ onDrop }), keeps: 0, ahead: 0, lossy: true },
  {
    name: 'dropLatest, capacity',
    make: (onDrop) => dropLatest({ capacity: 2, onDrop }),
    keeps: 2,
    ahead: 0,
    lossy: true,
  },
  {
    name: 'dropOldest',
    make: (onDrop) => dropOldest({ capacity: 2, onDrop }),
    keeps: 2,
    ahead: 0,
    lossy: true,
  },
  { name: 'keepLatest', make: (onDrop) => keepLatest({ onDrop }), keeps: 1, ahead: 0, lossy: true },
  {
    name: 'limitConcurrency',
    make: (onDrop) => limitConcurrency(new Semaphore(2), (n) => timer(1).pipe(map(() => n)), { onDrop }),
    keeps: DEFAULT + 2,
    ahead: 0,
    waits: true,
  },
  {
    name: 'losslessPause',
    make: (onDrop, paused$) => losslessPause(paused$, { capacity: 3, onDrop }),
    keeps: 3,
    ahead: 0,
    waits: true,
  },
  {
    name: 'lossyPause',
    make: (onDrop, paused$) => lossyPause(paused$, { capacity: 3, onDrop }),
    keeps: 3,
    ahead: 0,
    lossy: true,
    waits: true,
  },
  {
    name: 'monitor',
    make: () => monitor('rows', { registry: new MonitorRegistry(), clock: asyncScheduler }),
    keeps: DEFAULT,
    ahead: 0,
    silent: true,
  },
  { name: 'prefetch', make: (onDrop) => prefetch(4, 3, { onDrop }), keeps: DEFAULT + 4, ahead: 4 },
  {
    name: 'rateLimit',
    make: (onDrop) => rateLimit({ permits: 2, per: 4, burst: 2, capacity: 3, onDrop }),
    keeps: 3,
    ahead: 0,
    waits: true,
  },
  { name: 'shareWithDemand', make: (onDrop) => shareWithDemand({ onDrop }), keeps: DEFAULT, ahead: 0 },
  {
    name: 'shareAs',
    make: (onDrop) => (source$) =>
      source$.pipe(shareWithDemand({ onDrop }), shareAs('fastest', { capacity: 2, onDrop })),
    keeps: DEFAULT + 2,
    ahead: 0,
  },
  { name: 'tapDemand', make: (onDrop) => tapDemand({ onDrop }), keeps: DEFAULT, ahead: 0 },
  {
    name: 'windowWithCount',
    make: (onDrop) => (source$) => source$.pipe(windowWithCount(3, { onDrop }), concatAll()),
    keeps: DEFAULT + 3,
    // Windows are asked for as values are: the next one may be opened ahead.
    ahead: 1,
  },
];
