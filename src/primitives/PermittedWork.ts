import { from, type ObservableInput, Subscriber } from 'rxjs';
import type { PermitWaiter } from './Semaphore.js';

/** Whose work it is: calls it, and is told of its result and of its end, in this order, and then that its permit is free. */
export interface Employer<T, R> {
  readonly work: (value: T) => ObservableInput<R>;
  readonly result: (value: R) => void;
  /** The value is given up, before its work has ended. */
  readonly drop: (value: T) => void;
  readonly error: (error: unknown) => void;
  readonly ended: () => void;
  readonly free: () => void;
  readonly leave: (waiter: PermitWaiter) => void;
}

/** The work on one value: holds a permit until it has ended, and hands on the last value of it. */
export class PermittedWork<T, R> extends Subscriber<R> implements PermitWaiter {
  #last: R | undefined;
  #emitted = false;

  constructor(
    private readonly employer: Employer<T, R>,
    private readonly value: T,
  ) {
    super();
  }

  granted(): void {
    let { free } = this.employer;
    try {
      const input = this.employer.work(this.value);
      if ('then' in Object(input)) {
        // A promise goes on when it is given up, and holds its permit.
        free = () => void (input as PromiseLike<R>).then(this.employer.free, this.employer.free);
      }
      if (!this.closed) {
        from(input).subscribe(this);
      }
    } catch (error) {
      this.error(error);
    }
    this.add(free);
  }

  override unsubscribe(): void {
    const { isStopped } = this;
    this.employer.leave(this);
    super.unsubscribe();
    if (!isStopped) {
      this.employer.drop(this.value);
    }
  }

  protected override _next(value: R): void {
    this.#last = value;
    this.#emitted = true;
  }

  protected override _error(error: unknown): void {
    this.employer.error(error);
    this.unsubscribe();
  }

  /** The result leaves before the permit: it is not overtaken by one of the work that gets it next. */
  protected override _complete(): void {
    if (this.#emitted) {
      this.employer.result(this.#last as R);
    }
    this.employer.ended();
    this.unsubscribe();
  }
}
