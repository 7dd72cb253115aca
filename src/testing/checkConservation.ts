import type { OperatorFunction, Subscriber } from 'rxjs';
import type { DropReason } from '../buffer/BufferOptions.js';
import { DemandObservable } from '../kernel/DemandObservable.js';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { Watch } from '../parts/Watch.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount, checkFunction } from '../protocol/check.js';
import type { DemandSink } from '../protocol/Demand.js';
import { type ConservationAccount, ConservationError } from './ConservationError.js';
import type { DemandKind } from './laws/operatorLaws.js';

/** Options of {@link checkConservation}. */
export interface CheckConservationOptions {
  /** How demand goes up, as the operator's documentation has it. Only that which `'forwards'` is counted, the default. */
  readonly demand?: DemandKind;
  /** How many values it may work on, or keep ready, once they were taken (`prefetch(4)`: 4): an integer from 0, or `Infinity`. Default 0. */
  readonly working?: number;
}

/**
 * The operator that `build` makes, with its account checked after each signal: what arrived was delivered, was discarded for a
 * reason or waits, and what was granted was delivered or is outstanding. The first sum that does not add up ends the subscription
 * with a {@link ConservationError}, which names the stage. Values, their time, demand and drops are as without the check.
 *
 * It is for operators that hand on each value once: what becomes of the values of a batch, or of one that was merged with others,
 * cannot be seen from outside. Every drop is to be told to the `onDrop` that `build` is given; one that is not counts as lost.
 * What a timer drops is looked at with the next signal, and what is dropped as downstream leaves is not looked at.
 *
 * @param name of the stage, for the error
 * @param build makes the operator, once a subscription
 * @param options `demand`: how demand goes up, such as `'shapes'` of an operator that pauses, or asks ahead; `working`: how many
 *   values may be in work
 *
 * @example
 * ```ts
 * import { Subject } from 'rxjs';
 * import { DemandSubscriber, dropOldest } from 'rxjs-backpressure';
 * import { checkConservation } from 'rxjs-backpressure/testing';
 *
 * const prices$ = new Subject<number>();
 * prices$
 *   .pipe(checkConservation('prices', (onDrop) => dropOldest({ capacity: 2, onDrop })))
 *   .subscribe(new DemandSubscriber<number>({ start: (demand) => demand.request(1), next: console.log }));
 * prices$.next(1); // 1
 * ```
 */
export function checkConservation<T, R>(
  name: string,
  build: (onDrop: (value: T, reason: DropReason) => void) => OperatorFunction<T, R>,
  { demand = 'forwards', working = 0 }: CheckConservationOptions = {},
): OperatorFunction<T, R> {
  checkFunction('checkConservation: build', build);
  checkCount('checkConservation: working', working, 0, true);
  return (source) =>
    new DemandObservable<R>((downstream) => {
      const checked = new Checked<R>(name, downstream, demand === 'forwards', working);
      const operated = build((_, reason) => checked.dropped(reason))(
        source.lift<T>({
          call: (below, lifted) => lifted.subscribe(enter(below, checked)),
        }),
      );
      return {
        upstream: checked,
        request: (n) => checked.grant(n),
        start: () => void operated.subscribe(checked),
        unsubscribe: () => checked.unsubscribe(),
      };
    });
}

/** Looks at what comes in at `subscriber`, from within: an operator of its own in between would change how demand goes up. */
function enter<T>(
  subscriber: Subscriber<T>,
  checked: Pick<Checked<unknown>, 'enter' | 'watch'>,
): Subscriber<T> {
  const { next, error, complete } = subscriber;
  let ended = false;
  subscriber.next = (value) => {
    if (!ended) checked.enter(() => next.call(subscriber, value));
  };
  subscriber.error = (thrown) => {
    ended = true;
    error.call(subscriber, thrown);
  };
  subscriber.complete = () => {
    ended = true;
    complete.call(subscriber);
  };
  checked.watch = Watch.of(subscriber);
  return subscriber;
}

/** Where values go out, and the account. */
class Checked<T> extends DemandSubscriber<T> {
  /** What the operator has above; none where it subscribes without demand. */
  watch: Watch | undefined;
  #granted = 0;
  #arrived = 0;
  #delivered = 0;
  readonly #discarded: Record<DropReason, number> = { overflow: 0, age: 0, unsubscribed: 0 };
  /** Values, and signals of any kind, on the stack. */
  #entering = 0;
  #signals = 0;

  constructor(
    private readonly stage: string,
    downstream: DemandSink<T>,
    private readonly forwards: boolean,
    private readonly working: number,
  ) {
    super(
      {
        next: (value) => downstream.next(value),
        error: (error) => downstream.error(error),
        complete: () => {
          const broken = this.#values(0);
          if (broken === undefined) downstream.complete();
          else downstream.error(broken);
        },
      },
      { operator: stage },
    );
  }

  dropped(reason: DropReason): void {
    this.#discarded[reason]++;
  }

  grant(n: number): void {
    this.#granted = addDemand(this.#granted, n);
    this.#signal(() => this.request(n));
    this.#check(true);
  }

  enter(pass: () => void): void {
    this.#arrived++;
    this.#entering++;
    this.#signal(pass, () => this.#entering--);
    this.#check(true);
  }

  override next(value: T): void {
    if (this.isStopped) return;
    this.#delivered++;
    this.#signal(() => super.next(value));
    // What was requested meanwhile goes up when the operator has its turn again.
    this.#check(false);
  }

  #signal(signal: () => void, after?: () => void): void {
    this.#signals++;
    try {
      signal();
    } finally {
      this.#signals--;
      after?.();
    }
  }

  #check(settled: boolean): void {
    if (this.closed) return;
    const values = this.#entering === 0 ? this.#values(this.working) : undefined;
    const broken = values ?? (settled && this.#signals === 0 ? this.#demand() : undefined);
    if (broken !== undefined) this.fail(broken);
  }

  /** What is wrong with the values, where no more than `working` may be in work. */
  #values(working: number): ConservationError | undefined {
    if (this.buffered > 0 && this.requested === 0 && this.watch?.consumer !== this) {
      return this.#error(`delivered ${this.buffered} that nobody asked for`);
    }
    const inWork = this.#inWork;
    if (inWork < 0) return this.#error(`delivered or discarded ${-inWork} more than arrived`);
    return inWork > working ? this.#error(`lost ${inWork - working}`) : undefined;
  }

  /** What is wrong with the demand, of an operator that has some of its own. */
  #demand(): ConservationError | undefined {
    const consumer = this.watch?.consumer;
    if (!this.forwards || consumer === undefined || consumer === this) return undefined;
    const unmet = this.#granted - this.#delivered;
    const asked = consumer.requested + this.#inWork;
    if (unmet > asked) return this.#error(`kept ${unmet - asked} of the demand to itself`);
    return asked > unmet ? this.#error(`asked for ${asked - unmet} more than it was granted`) : undefined;
  }

  /** Values that have come in, and neither gone nor stayed where they can be seen. */
  get #inWork(): number {
    const { overflow, age, unsubscribed } = this.#discarded;
    return this.#arrived - this.#delivered - overflow - age - unsubscribed - this.#waiting;
  }

  get #waiting(): number {
    if (this.watch === undefined) return 0;
    // What waits here has come out of a native operator.
    return this.watch.consumer === this ? this.watch.inFlight : this.watch.inside;
  }

  #error(seen: string): ConservationError {
    const account: ConservationAccount = {
      granted: this.#granted,
      arrived: this.#arrived,
      delivered: this.#delivered,
      discarded: { ...this.#discarded },
      waiting: this.#waiting,
      outstanding: this.watch?.consumer.requested ?? 0,
    };
    return new ConservationError(this.stage, seen, account);
  }
}
