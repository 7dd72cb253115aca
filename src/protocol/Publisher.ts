/** Reactive Streams' `Subscription`, as its JavaScript implementations spell it. */
export interface PublisherSubscription {
  request(n: number): void;
  cancel(): void;
}

/** Reactive Streams' `Subscriber`. */
export interface PublisherSubscriber<T> {
  onSubscribe(subscription: PublisherSubscription): void;
  onNext(value: T): void;
  onError(error: unknown): void;
  onComplete(): void;
}

/** Reactive Streams' `Publisher`. */
export interface Publisher<T> {
  subscribe(subscriber: PublisherSubscriber<T>): void;
}
