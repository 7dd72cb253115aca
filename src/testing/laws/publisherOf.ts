import type { Observable } from 'rxjs';
import { DemandSubscriber } from '../../kernel/DemandSubscriber.js';
import type { Publisher } from '../../protocol/Publisher.js';
import type { Recorder } from './Recorder.js';

/** An Observable as a publisher for a {@link Recorder}, which hears also of what a `DemandSubscriber` keeps from its observer. */
export function publisherOf<T>(
  source$: Observable<T>,
): Publisher<T> & { subscribe(recorder: Recorder<T>): void } {
  return {
    subscribe(recorder: Recorder<T>) {
      source$.subscribe(new Unguarded(recorder));
    },
  };
}

class Unguarded<T> extends DemandSubscriber<T> {
  constructor(private readonly recorder: Recorder<T>) {
    super(
      {
        start: (demand) =>
          recorder.onSubscribe({ request: (n) => demand.request(n), cancel: () => demand.unsubscribe() }),
        next: (value) => recorder.onNext(value),
        error: (error) => recorder.onError(error),
        complete: () => recorder.onComplete(),
      },
      { operator: 'verifySource', capacity: Infinity },
    );
  }

  override next(value: T): void {
    this.#late();
    const { buffered } = this;
    super.next(value);
    this.recorder.unasked += this.buffered > Math.max(buffered, this.requested) ? 1 : 0;
  }

  override error(error: unknown): void {
    this.#late();
    super.error(error);
  }

  override complete(): void {
    this.#late();
    super.complete();
  }

  #late(): void {
    this.recorder.late += this.isStopped && !this.#left() ? 1 : 0;
  }

  /** What follows unsubscribing is another matter. */
  #left(): boolean {
    return this.closed && this.recorder.endings.length === 0;
  }
}
