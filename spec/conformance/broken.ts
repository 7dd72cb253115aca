/** Sources, operators, subscribers and sinks that are wrong on purpose, and the rules that must notice. */
import { concat, defer, map, type Observable, type OperatorFunction, of } from 'rxjs';
import {
  DemandObservable,
  DemandSubscriber,
  forEachWithDemand,
  type Publisher,
  type PublisherSubscriber,
  prefetch,
  pullFrom,
} from 'rxjs-backpressure';
import {
  type Puppet,
  type Running,
  type Verification,
  verifyOperator,
  verifyPublisher,
  verifySink,
  verifySource,
  verifySubscriber,
} from 'rxjs-backpressure/testing';
import { collect, range } from './rows.js';

/** What is tried, what is wrong with it, and some of the rules that do not hold. */
export type BrokenRow = readonly [
  side: 'publisher' | 'source' | 'subscriber' | 'operator' | 'sink',
  flaw: string,
  rules: readonly string[],
  verify: () => Promise<Verification>,
];

/** What a publisher can do wrong. Each is one place in {@link flawed}. */
interface Flaws {
  readonly extra?: boolean;
  readonly endless?: boolean;
  readonly recursive?: boolean;
  readonly hidesFailure?: boolean;
  readonly keepsAfterEnd?: boolean;
  readonly endsTwice?: boolean;
  readonly deafToCancel?: boolean;
  readonly lateSubscription?: boolean;
  readonly acceptsNobody?: boolean;
  readonly sharedDemand?: boolean;
  readonly deafInside?: boolean;
  readonly answersTheGone?: boolean;
  readonly releasesTwice?: boolean;
  readonly replaces?: boolean;
  readonly bearsBadRequests?: boolean;
  readonly throwsBack?: boolean;
  readonly remembers?: boolean;
  readonly throwsAtSecondCancel?: boolean;
  readonly thirtyTwoBits?: boolean;
  readonly losesInBulk?: boolean;
  readonly keepsAfterCancel?: boolean;
  readonly wedges?: boolean;
  readonly truthyErrors?: boolean;
}

const remembered: unknown[] = [];

/** A publisher of `count` numbers that is right but for its flaws. */
function flawed(flaws: Flaws, state: { open: number }, count: number, failure?: Failure): Publisher<number> {
  const shared = { credit: 0, draining: false, live: [] as Flawed[] };
  return {
    subscribe(subscriber) {
      if (subscriber === null || subscriber === undefined) {
        if (flaws.acceptsNobody === true) return;
        throw new TypeError('nobody');
      }
      if (flaws.remembers === true) remembered.push(subscriber);
      const subscription = new Flawed(flaws, state, count, failure, subscriber, shared);
      const early = flaws.lateSubscription === true && count === 0;
      if (early) subscriber.onComplete();
      else subscriber.onSubscribe(subscription);
      if (count === 0 && flaws.endless !== true) subscription.end();
    },
  };
}

interface Failure {
  readonly error: unknown;
}

class Flawed {
  private credit = 0;
  private value = 0;
  private over = false;
  private gone = false;

  constructor(
    private readonly flaws: Flaws,
    private readonly state: { open: number },
    private readonly count: number,
    private readonly failure: Failure | undefined,
    private readonly subscriber: PublisherSubscriber<number>,
    private readonly shared: { credit: number; draining: boolean; readonly live: Flawed[] },
  ) {
    state.open++;
    shared.live.unshift(this);
  }

  readonly request = (n: number): void => {
    const { flaws } = this;
    if (this.over || (this.gone && this.answersNoMore())) return;
    if (!(n > 0) || !(Number.isInteger(n) || n === Infinity)) {
      this.refuse();
      return;
    }
    if (this.shared.draining && flaws.deafInside === true) return;
    this.add(n);
    if (flaws.losesInBulk === true && n > 1 && this.value < this.count - 1) this.value++;
    if (flaws.replaces === true) queueMicrotask(() => this.drain());
    else if (flaws.sharedDemand === true) for (const one of [...this.shared.live]) one.drain();
    else this.drain();
  };

  readonly cancel = (): void => {
    const { flaws } = this;
    if (this.gone && flaws.throwsAtSecondCancel === true) throw new Error('cancelled already');
    if (this.over || (this.gone && flaws.releasesTwice !== true)) return;
    this.gone = true;
    if (flaws.keepsAfterCancel !== true) this.release();
  };

  end(): void {
    this.over = true;
    if (this.flaws.keepsAfterEnd !== true) this.release();
    this.signalEnd();
    if (this.flaws.endsTwice === true) this.signalEnd();
  }

  private signalEnd(): void {
    const { failure, flaws } = this;
    const hidden = flaws.hidesFailure === true || (flaws.truthyErrors === true && !failure?.error);
    if (failure === undefined || hidden) this.subscriber.onComplete();
    else this.subscriber.onError(failure.error);
  }

  private release(): void {
    this.state.open--;
    const { live } = this.shared;
    live.splice(live.indexOf(this), 1);
  }

  /** What a request does to one who has left. */
  private answersNoMore(): boolean {
    if (this.flaws.answersTheGone === true) this.subscriber.onNext(-1);
    return this.flaws.deafToCancel !== true;
  }

  private refuse(): void {
    if (this.flaws.throwsBack === true) throw new RangeError('bad request');
    if (this.flaws.bearsBadRequests === true) return;
    this.over = true;
    this.release();
    this.subscriber.onError(new RangeError('bad request'));
  }

  private add(n: number): void {
    const { flaws, shared } = this;
    const more = n + (flaws.extra === true ? 1 : 0);
    if (flaws.sharedDemand === true) shared.credit += more;
    else if (flaws.replaces === true) this.credit = more;
    else if (flaws.thirtyTwoBits === true) this.credit = (this.credit + Math.min(more, 2 ** 53)) | 0;
    else this.credit += more;
  }

  private drain(): void {
    const { flaws, shared } = this;
    if (shared.draining && flaws.recursive !== true) return;
    shared.draining = true;
    if (flaws.wedges === true) {
      this.emit();
      shared.draining = false;
      return;
    }
    try {
      this.emit();
    } catch {
      this.cancel();
    } finally {
      shared.draining = false;
    }
  }

  private emit(): void {
    while (this.mayEmit()) {
      if (this.flaws.sharedDemand === true) this.shared.credit--;
      else this.credit--;
      this.subscriber.onNext(this.value++);
      if (this.value === this.count && this.flaws.endless !== true && !this.over && !this.gone) this.end();
    }
  }

  private mayEmit(): boolean {
    const credit = this.flaws.sharedDemand === true ? this.shared.credit : this.credit;
    const listening = !this.over && (!this.gone || this.flaws.deafToCancel === true);
    return listening && credit > 0 && this.value < this.count;
  }
}

function publisher(flaw: string, flaws: Flaws, ...rules: string[]): BrokenRow {
  return [
    'publisher',
    flaw,
    rules,
    () => {
      const state = { open: 0 };
      return verifyPublisher((count) => flawed(flaws, state, count), {
        failing: (error) => flawed(flaws, state, 0, { error }),
        held: () => state.open,
        ...(rules.includes('3.13') && { collect }),
      });
    },
  ];
}

const PUBLISHERS: readonly BrokenRow[] = [
  publisher('gives one more than it is asked for', { extra: true }, '1.1', '3.8'),
  publisher('never ends', { endless: true }, '1.2', '1.5'),
  publisher(
    'answers requests inside each other',
    { recursive: true },
    '1.3',
    '3.3',
    're-entrancy',
    'flat stack',
  ),
  publisher('completes where it fails', { hidesFailure: true }, '1.4', 'falsy error'),
  publisher('holds on after it has ended', { keepsAfterEnd: true }, '1.6', 'release'),
  publisher('ends twice', { endsTwice: true }, '1.7'),
  publisher('does not hear of cancel', { deafToCancel: true }, '1.8', '3.6', 'stops'),
  publisher('signals before it hands over the subscription', { lateSubscription: true }, '1.9'),
  publisher('takes nobody for a subscriber', { acceptsNobody: true }, '1.9'),
  publisher('lets its subscribers share their demand', { sharedDemand: true }, '1.11'),
  publisher('does not hear a request made from inside a signal', { deafInside: true }, '3.2', '3.3'),
  publisher('answers who has left', { answersTheGone: true }, '3.6'),
  publisher('releases with each cancel', { releasesTwice: true }, '3.7'),
  publisher('forgets earlier requests', { replaces: true }, '3.8'),
  publisher('takes a bad request for none', { bearsBadRequests: true }, '3.9'),
  publisher('throws a bad request back', { throwsBack: true }, '3.9', '3.16'),
  publisher('never forgets a subscriber', { remembers: true }, '3.13'),
  publisher('holds on after cancel', { keepsAfterCancel: true }, '3.12', 'release', 'stops', 'sink throw'),
  publisher('throws at a second cancel', { throwsAtSecondCancel: true }, '3.7', '3.15'),
  publisher('counts demand in 32 bits', { thirtyTwoBits: true }, '3.17'),
  publisher('loses a value where several are requested', { losesInBulk: true }, 'conservation'),
  publisher('is stuck once a consumer has thrown', { wedges: true }, 'sink throw'),
  publisher('takes a falsy error for none', { truthyErrors: true }, 'falsy error'),
];

const SOURCES: readonly BrokenRow[] = [
  ['source', 'knows no demand', ['1.1', 'demand'], () => verifySource((count) => of(...range(count)))],
  [
    'source',
    'emits one value too many',
    ['1.1', 'demand'],
    () =>
      verifySource(
        (count) =>
          new DemandObservable<number>((sink) => {
            let value = 0;
            return {
              request: (n) => {
                for (let i = 0; i <= n && value < count && !sink.closed; i++) {
                  sink.next(value++);
                  if (value === count) sink.complete();
                }
              },
              unsubscribe() {},
            };
          }),
      ),
  ],
  [
    'source',
    'goes on after its ending',
    ['1.7'],
    () =>
      verifySource(
        (count) =>
          new (class extends DemandObservable<number> {
            override subscribe(...to: unknown[]) {
              const subscription = pullFrom(range(count)).subscribe(...(to as []));
              const [subscriber] = to;
              if (subscriber instanceof DemandSubscriber) {
                subscriber.complete();
                subscriber.complete();
              }
              return subscription;
            }
          })(() => ({ request() {}, unsubscribe() {} })),
      ),
  ],
];

/** What a subscriber can do wrong. */
interface Slips {
  readonly asksNothing?: boolean;
  readonly cancelsInside?: boolean;
  readonly asksAfterEnd?: boolean;
  readonly keepsSecond?: boolean;
  readonly leavesQuietly?: boolean;
  readonly takesAfterLeaving?: boolean;
  readonly needsDemandToComplete?: boolean;
  readonly needsDemandToFail?: boolean;
  readonly bearsNothing?: boolean;
  readonly backwards?: boolean;
  readonly asksInChunks?: boolean;
  readonly truthyErrors?: boolean;
}

function subscriber(flaw: string, slips: Slips, ...rules: string[]): BrokenRow {
  return ['subscriber', flaw, rules, () => verifySubscriber((from) => slipping(from, slips))];
}

function slipping(from: Publisher<number>, slips: Slips): Puppet {
  const received: unknown[] = [];
  let current: { request(n: number): void; cancel(): void } | undefined;
  let left = false;
  let over = false;
  let requested = 0;
  let asking = false;
  const given = (argument: unknown) => {
    if ((argument === null || argument === undefined) && slips.bearsNothing !== true)
      throw new TypeError('nothing');
  };
  const end = (what: unknown) => {
    if (over || left) return;
    over = true;
    if (slips.cancelsInside === true) current?.cancel();
    received.push(what);
  };
  const taker: PublisherSubscriber<number> = {
    onSubscribe(subscription) {
      given(subscription);
      if (current === undefined) current = subscription;
      else if (slips.keepsSecond !== true) subscription.cancel();
    },
    onNext(value) {
      given(value);
      if (over || (left && slips.takesAfterLeaving !== true)) return;
      // This one cannot bear to be answered from inside its request.
      if (slips.asksInChunks === true && asking) return;
      if (slips.backwards === true) received.unshift(value);
      else received.push(value);
    },
    onError(error) {
      given(error);
      if (slips.needsDemandToFail === true && requested === 0) return;
      end(slips.truthyErrors === true && !error ? '|' : { error });
    },
    onComplete() {
      if (slips.needsDemandToComplete === true && requested === 0) return;
      end('|');
    },
  };
  from.subscribe(taker);
  return {
    received,
    request(n) {
      requested += n;
      if (slips.asksNothing === true || left || (over && slips.asksAfterEnd !== true)) return;
      asking = true;
      current?.request(n);
      asking = false;
    },
    unsubscribe() {
      left = true;
      if (slips.leavesQuietly !== true) current?.cancel();
    },
  };
}

/** Subscribes twice with one object. */
const once: PublisherSubscriber<number> = { onSubscribe() {}, onNext() {}, onError() {}, onComplete() {} };

const SUBSCRIBERS: readonly BrokenRow[] = [
  subscriber('asks for nothing', { asksNothing: true }, '2.1'),
  subscriber('cancels from inside an ending', { cancelsInside: true }, '2.3'),
  subscriber('asks after the end', { asksAfterEnd: true }, '2.4'),
  subscriber('keeps a second subscription', { keepsSecond: true }, '2.5'),
  subscriber('leaves without cancelling', { leavesQuietly: true }, '2.6'),
  subscriber('takes values after it has left', { takesAfterLeaving: true }, '2.8'),
  subscriber('hears a completion only where it has asked', { needsDemandToComplete: true }, '2.9'),
  subscriber('hears an error only where it has asked', { needsDemandToFail: true }, '2.10'),
  subscriber('bears a signal without its argument', { bearsNothing: true }, '2.13'),
  subscriber('turns the order round', { backwards: true }, 'conservation'),
  subscriber('loses what comes from inside a request', { asksInChunks: true }, 're-entrancy'),
  subscriber('takes a falsy error for completion', { truthyErrors: true }, 'falsy error'),
  [
    'subscriber',
    'subscribes with one object again and again',
    ['2.12'],
    () =>
      verifySubscriber((from) => {
        from.subscribe(once);
        return { request() {}, unsubscribe() {}, received: [] };
      }),
  ],
];

/** An operator written by hand: what it hands on, and what it forgets. */
function byHand(
  forgets: Partial<Record<'request' | 'release' | 'complete' | 'error' | 'falsy', boolean>>,
): OperatorFunction<number, number> {
  return (source$) =>
    new DemandObservable<number>((sink) => {
      const upstream = new DemandSubscriber<number>({
        next: (value) => sink.next(value),
        error: (error) => {
          if (forgets.error === true) return;
          if (forgets.falsy === true && !error) sink.complete();
          else sink.error(error);
        },
        complete: () => (forgets.complete === true ? undefined : sink.complete()),
      });
      return {
        start: () => void source$.subscribe(upstream),
        request: (n) => (forgets.request === true ? undefined : upstream.request(n)),
        unsubscribe: () => (forgets.release === true ? undefined : upstream.unsubscribe()),
      };
    });
}

const operator = (
  flaw: string,
  make: () => OperatorFunction<number, unknown>,
  ...rules: string[]
): BrokenRow => ['operator', flaw, rules, () => verifyOperator(make)];

const OPERATORS: readonly BrokenRow[] = [
  operator('asks for nothing', () => byHand({ request: true }), '2.1', '1.1'),
  operator('does not release its source', () => byHand({ release: true }), '2.6', 'release', 'sink throw'),
  operator('swallows the completion', () => byHand({ complete: true }), '2.9', '1.5'),
  operator('swallows the error', () => byHand({ error: true }), '2.10', '4.2', 'falsy error', '4.1'),
  operator('takes a falsy error for completion', () => byHand({ falsy: true }), 'falsy error'),
  operator('lets down what nobody asked for', () => map((value) => value), 'demand'),
  operator(
    'begins its source anew after the end',
    () => (source$) =>
      concat(
        source$,
        defer(() => source$),
      ),
    '2.4',
    '1.2',
  ),
  [
    'operator',
    'says that it forwards, and asks ahead',
    ['kind'],
    () => verifyOperator(() => prefetch(4), { demand: 'forwards' }),
  ],
];

const sink = (flaw: string, run: (source$: Observable<number>) => Running, ...rules: string[]): BrokenRow => [
  'sink',
  flaw,
  rules,
  () => verifySink(run, { failing: run }),
];

/** A sink written by hand, right but for what `also` changes. */
function taking(
  source$: Observable<number>,
  also: {
    readonly first?: number;
    readonly each?: number;
    readonly take?: (value: number, taken: number[]) => void;
    readonly stop?: (subscriber: DemandSubscriber<number>) => void;
    readonly failed?: (error: unknown, resolve: () => void, reject: (error: unknown) => void) => void;
    readonly completed?: (resolve: () => void) => void;
  },
): Running {
  const {
    first = 1,
    each = 1,
    take = (value, all) => void all.push(value),
    completed = (resolve) => resolve(),
  } = also;
  const { failed = (error, _, reject) => reject(error), stop = (leaving) => leaving.unsubscribe() } = also;
  const taken: number[] = [];
  let subscriber = new DemandSubscriber<number>();
  const done = new Promise<void>((resolve, reject) => {
    subscriber = new DemandSubscriber<number>({
      start: (demand) => (first > 0 ? demand.request(first) : undefined),
      next: (value, demand) => {
        take(value, taken);
        demand.request(each);
      },
      error: (error) => failed(error, resolve, reject),
      complete: () => completed(resolve),
    });
    source$.subscribe(subscriber);
  });
  return { taken, done, stop: () => stop(subscriber) };
}

const SINKS: readonly BrokenRow[] = [
  sink('asks for nothing', (source$) => taking(source$, { first: 0 }), '2.1'),
  sink('asks for all there is', (source$) => taking(source$, { first: Infinity }), '2.1', 'demand'),
  sink('asks for more and more', (source$) => taking(source$, { each: 3 }), 'demand'),
  sink(
    'begins its source anew after the end',
    (source$) =>
      taking(
        concat(
          source$,
          defer(() => source$),
        ),
        {},
      ),
    '2.4',
    'conservation',
  ),
  sink('does not stop', (source$) => taking(source$, { stop: () => {} }), '2.6', '2.8'),
  sink('never settles', (source$) => taking(source$, { completed: () => {} }), '2.9'),
  sink(
    'takes a failure for success',
    (source$) => taking(source$, { failed: (_, resolve) => resolve() }),
    '2.10',
    'falsy error',
  ),
  sink(
    'takes a falsy error for success',
    (source$) => taking(source$, { failed: (error, resolve, reject) => (error ? reject(error) : resolve()) }),
    'falsy error',
  ),
  sink(
    'loses values',
    (source$) => taking(source$, { take: (value, taken) => value % 7 === 3 || taken.push(value) }),
    'conservation',
  ),
  sink('takes no notice of what its work throws', (source$) => taking(source$, {}), 'sink throw'),
  sink(
    'subscribes twice',
    (source$) => {
      taking(source$, {}).done.catch(() => {});
      return taking(source$, {});
    },
    'release',
  ),
  sink(
    'never lets go of its source',
    (source$) => {
      const held$ = new DemandObservable<number>((down) => {
        const upstream = new DemandSubscriber<number>({
          next: (value) => down.next(value),
          error: (error) => down.error(error),
          complete: () => down.complete(),
        });
        // As the source ends itself it is released, so its ending is not waited for.
        return {
          start: () => void source$.subscribe(upstream),
          request: (n) => upstream.request(n),
          unsubscribe() {},
        };
      });
      const taken: number[] = [];
      return { taken, done: forEachWithDemand(held$, (value) => taken.push(value)) };
    },
    'sink throw',
  ),
];

export const BROKEN: readonly BrokenRow[] = [
  ...PUBLISHERS,
  ...SOURCES,
  ...SUBSCRIBERS,
  ...OPERATORS,
  ...SINKS,
];
