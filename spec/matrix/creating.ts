import * as rx from 'rxjs';
import { exact, plain, type Rows, windowed } from './claims.js';
import { even } from './inner.js';

/** RxJS 7.4.0 does not have it: the matrix leaves its row out there. */
const { onErrorResumeNextWith } = rx as unknown as {
  onErrorResumeNextWith: (other$: rx.Observable<number>) => rx.MonoTypeOperatorFunction<number>;
};

/** An event target whose listeners each hear three ticks. */
const ticker = {
  addEventListener: (_: string, listener: (n: number) => void): void => {
    rx.timer(7, 7).pipe(rx.take(3)).subscribe(listener);
  },
  removeEventListener: rx.noop,
};

/** Functions that make an Observable, of another one or of something else. */
export const creating: Rows = {
  defer: exact(1, 3, (source$) => rx.defer(() => source$)),
  from: exact(1, 3, (source$) => rx.from(source$)),
  iif: exact(1, 3, (source$, other$) => rx.iif(() => true, source$, other$)),
  using: exact(1, 3, (source$) =>
    rx.using(
      () => new rx.Subscription(),
      () => source$,
    ),
  ),
  partition: exact(2, 6, (source$) => rx.partition(source$, even)[0]),
  onErrorResumeNext: exact(1, 3, (source$, other$) => rx.onErrorResumeNext(source$.pipe(rx.take(2)), other$)),
  onErrorResumeNextWith: exact(1, 3, (source$, other$) => source$.pipe(onErrorResumeNextWith(other$))),
  scheduled: windowed('each item waits for its action', (source$) =>
    rx.scheduled(source$, rx.asyncScheduler),
  ),

  animationFrames: plain(() => rx.animationFrames().pipe(rx.take(3))),
  bindCallback: plain(() => rx.bindCallback((done: (n: number) => void) => done(1))()),
  bindNodeCallback: plain(() =>
    rx.bindNodeCallback((done: (e: unknown, n: number) => void) => done(null, 1))(),
  ),
  empty: plain(() => rx.empty()),
  'from an array': plain(() => rx.from([1, 2, 3])),
  fromEvent: plain(() => rx.fromEvent(ticker, 'tick').pipe(rx.take(3))),
  fromEventPattern: plain(() =>
    rx.fromEventPattern((listener) => ticker.addEventListener('tick', listener)).pipe(rx.take(3)),
  ),
  generate: plain(() =>
    rx.generate(
      1,
      (n) => n <= 100,
      (n) => n * 2,
    ),
  ),
  interval: plain(() => rx.interval(7).pipe(rx.take(5))),
  never: plain(() => rx.never()),
  of: plain(() => rx.of(1, 2, 3)),
  pairs: plain(() => rx.pairs({ a: 1, b: 2 })),
  range: plain(() => rx.range(1, 100)),
  throwError: plain(() => rx.throwError(() => 'nothing there')),
  timer: plain(() => rx.timer(7)),
};
