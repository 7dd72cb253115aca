import type { Ending } from '../../protocol/Ending.js';
import type { PublisherSubscriber, PublisherSubscription } from '../../protocol/Publisher.js';
import { Broken } from './ConformanceError.js';

/** What a {@link Recorder} does from inside a signal. */
export interface Reactions<T> {
  readonly subscribed?: (recorder: Recorder<T>) => void;
  readonly next?: (recorder: Recorder<T>, value: T) => void;
  readonly ended?: (recorder: Recorder<T>) => void;
}

/** A Reactive Streams subscriber that keeps no rule for its publisher, and writes down every one that is broken. */
export class Recorder<T> implements PublisherSubscriber<T> {
  readonly values: T[] = [];
  readonly endings: Ending[] = [];
  subscriptions = 0;
  /** Signals of any kind that came before the subscription. */
  early = 0;
  /** Values that came without having been requested. */
  unasked = 0;
  /** Signals of any kind that came after an ending. */
  late = 0;
  /** Signals that began inside another one. */
  nested = 0;
  /** What request and cancel threw. */
  readonly thrown: unknown[] = [];
  #requested = 0;
  #signalling = false;
  #subscription: PublisherSubscription | undefined;

  constructor(private readonly reactions: Reactions<T> = {}) {}

  request(n: number): void {
    this.#requested += n > 0 ? n : 0;
    this.#call((subscription) => subscription.request(n));
  }

  cancel(): void {
    this.#call((subscription) => subscription.cancel());
  }

  /** Cancels, if there is something to cancel. */
  leave(): void {
    if (this.#subscription !== undefined && this.endings.length === 0) this.cancel();
  }

  onSubscribe(subscription: PublisherSubscription): void {
    this.subscriptions++;
    this.#subscription ??= subscription;
    this.reactions.subscribed?.(this);
  }

  onNext(value: T): void {
    this.values.push(value);
    this.unasked += this.values.length > this.#requested ? 1 : 0;
    this.#signal(() => this.reactions.next?.(this, value));
  }

  onError(error: unknown): void {
    this.#end({ kind: 'error', error });
  }

  onComplete(): void {
    this.#end({ kind: 'complete' });
  }

  #end(ending: Ending): void {
    this.#signal(() => {
      this.endings.push(ending);
      this.reactions.ended?.(this);
    });
  }

  #signal(react: () => void): void {
    this.early += this.subscriptions === 0 ? 1 : 0;
    this.late += this.endings.length > 0 ? 1 : 0;
    this.nested += this.#signalling ? 1 : 0;
    const before = this.#signalling;
    this.#signalling = true;
    try {
      react();
    } finally {
      this.#signalling = before;
    }
  }

  #call(act: (subscription: PublisherSubscription) => void): void {
    if (this.#subscription === undefined) throw new Broken('no subscription was handed over');
    try {
      act(this.#subscription);
    } catch (thrown) {
      this.thrown.push(thrown);
    }
  }
}
