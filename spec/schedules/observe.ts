/** Plays a schedule to an operator, in virtual time, and to its model. Both write down what happened. */
import { type Observable, type OperatorFunction, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  type Demand,
  DemandObservable,
  type DemandSink,
  DemandSubscriber,
  OverflowError,
} from '../../src/index.js';
import { type Actor, play, type Schedule, type SourceKind } from './actions.js';
import type { Naive } from './Naive.js';

/** What an operator under test may call, and listen to. */
export interface Surroundings {
  readonly onDrop: (value: unknown, reason: string) => void;
  /** Emits what `notify` says. */
  readonly notifier$: Subject<number>;
}

/** One way to set an operator up, and its model. */
export interface Variant {
  readonly title: string;
  readonly operator: (surroundings: Surroundings) => OperatorFunction<number, unknown>;
  readonly model: (plain: boolean) => Naive;
  /** The kinds of source it is played with. Default: all. */
  readonly sources?: readonly SourceKind[];
  /** Nothing happens from inside a delivery. */
  readonly calm?: boolean;
  /** No more than one thing happens from inside a delivery. */
  readonly once?: boolean;
  /** Makes what is subscribed to of what the operator gives; the consumer's number comes along. Default: once, as it is. */
  readonly consumers?: readonly ((
    result$: Observable<unknown>,
    surroundings: Surroundings,
  ) => Observable<unknown>)[];
}

/** The schedule that is played, in words. */
export function expected({ model }: Variant, schedule: Schedule): string[] {
  const naive = model(schedule.source === 'plain');
  const steps: { readonly time: number; readonly step: () => void }[] = [];
  const back = play(schedule, naive, (time, step) => steps.push({ time, step }));
  naive.inside = back.inside;
  naive.supply = back.supply;
  naive.begin();
  for (const { time, step } of steps) {
    naive.advance(time);
    step();
  }
  return naive.log;
}

/** Whom the source tells, and what it was asked for. */
class Source {
  asked = 0;
  subscribed = 0;
  released = 0;
  supply: () => boolean = () => false;
  readonly subject = new Subject<number>();
  #sink: DemandSink<number> | undefined;
  readonly source$: Observable<number>;

  constructor(plain: boolean) {
    if (plain) {
      this.asked = Infinity;
      this.source$ = this.subject;
      return;
    }
    this.source$ = new DemandObservable<number>((sink) => {
      this.#sink = sink;
      this.subscribed++;
      return {
        request: (n) => {
          this.asked += n;
          while (this.supply());
        },
        unsubscribe: () => {
          this.released++;
        },
      };
    });
  }

  get held(): boolean {
    return this.subject.observed || this.released < this.subscribed;
  }

  get target(): DemandSink<number> | Subject<number> {
    return this.#sink ?? this.subject;
  }
}

class Consumer implements Actor {
  readonly log: string[] = [];
  readonly notifier$ = new Subject<number>();
  inside: () => void = () => {};
  readonly #demands: Demand[] = [];

  constructor(
    private readonly now: () => number,
    readonly source: Source,
  ) {}

  get asked(): number {
    return this.source.asked;
  }

  readonly onDrop = (value: unknown, reason: string): void => this.#tell(`drop ${String(value)} ${reason}`);

  subscribe({ operator, consumers = [(result$) => result$] }: Variant): void {
    const result$ = this.source.source$.pipe(operator(this));
    for (const [index, consumer] of consumers.entries()) {
      const name = consumers.length > 1 ? `${index} ` : '';
      const subscriber = new DemandSubscriber<unknown>({
        next: (value) => {
          this.#tell(`${name}next ${String(value)}`);
          this.inside();
        },
        error: (error) => {
          const carried = error instanceof OverflowError ? `overflow ${error.values.join()}` : undefined;
          this.#tell(`${name}error ${carried ?? (error instanceof Error ? error.message : String(error))}`);
        },
        complete: () => {
          this.#tell(`${name}complete`);
        },
      });
      this.#demands.push(subscriber);
      consumer(result$, this).subscribe(subscriber);
    }
  }

  emit(value: number): void {
    this.source.target.next(value);
  }

  complete(): void {
    this.source.target.complete();
  }

  error(): void {
    this.source.target.error(new Error('the source'));
  }

  request(n: number, who: number): void {
    this.#demands[who % this.#demands.length]?.request(n);
  }

  leave(who?: number): void {
    const leaving = who === undefined ? this.#demands : [this.#demands[who % this.#demands.length]];
    for (const demand of leaving) demand?.unsubscribe();
  }

  get #over(): boolean {
    return this.#demands.every(({ closed }) => closed);
  }

  notify(n: number): void {
    if (n === -1) this.notifier$.error(new Error('the notifier'));
    else if (n === -2) this.notifier$.complete();
    else this.notifier$.next(n);
  }

  note(asked: boolean): void {
    this.#tell(this.#over ? 'over' : `alive${asked ? ` asked ${this.asked}` : ''}`);
    if (this.#over && (this.source.held || this.notifier$.observed)) this.#tell('something is held');
  }

  #tell(what: string): void {
    this.log.push(`${this.now().toFixed(3)} ${what}`);
  }
}

export function observed(variant: Variant, schedule: Schedule): string[] {
  const scheduler = new TestScheduler(() => {});
  const plain = schedule.source === 'plain';
  return scheduler.run(({ flush }) => {
    const source = new Source(plain);
    const consumer = new Consumer(() => scheduler.now(), source);
    const back = play(schedule, consumer, (time, step) => scheduler.schedule(step, time));
    consumer.inside = back.inside;
    source.supply = back.supply;
    consumer.subscribe(variant);
    flush();
    return consumer.log;
  });
}
