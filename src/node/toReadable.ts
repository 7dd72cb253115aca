import { Readable, type ReadableOptions } from 'node:stream';
import type { Observable } from 'rxjs';
import { DemandSubscriber } from '../kernel/DemandSubscriber.js';
import { checkObservable } from '../protocol/check.js';
import { asError } from './asError.js';

/**
 * Makes a Node.js `Readable` whose `read` is demand.
 *
 * **Demand.** Requests one value for each `read` of the `Readable`, which reads ahead up to its `highWaterMark`. The source is
 * subscribed to with the first one.
 *
 * **Errors.** An error of the source destroys the `Readable` with it, after what was read ahead has been taken; destroying the
 * `Readable` releases the source. `null` and `undefined`, which a `Readable` cannot carry, destroy it with a `TypeError`. Values
 * that a source without demand sends meanwhile wait, up to 1024; one more destroys it with an `OverflowError`.
 *
 * @param source$ what is read
 * @param options those of `Readable`; `objectMode` is `true` by default, as in `Readable.from`
 *
 * @example
 * ```ts
 * import { pullFrom } from 'rxjs-backpressure';
 * import { toReadable } from 'rxjs-backpressure/node';
 *
 * toReadable(pullFrom(['a', 'b'])).on('data', (value) => console.log(value));
 * ```
 *
 * @see Node.js `Readable.from`
 */
export function toReadable<T>(
  source$: Observable<T>,
  options: Omit<ReadableOptions, 'read' | 'destroy' | 'construct'> = {},
): Readable {
  checkObservable('toReadable: source$', source$);
  let subscribed = false;
  const subscriber = new DemandSubscriber<T>(
    {
      next: (value) => {
        if (value === null || value === undefined) {
          throw new TypeError(`toReadable: a Readable cannot carry ${String(value)}`);
        }
        readable.push(value);
      },
      error: (error) => readable.fail(asError(error)),
      complete: () => readable.push(null),
    },
    { operator: 'toReadable' },
  );
  const readable = new FailingReadable({
    objectMode: true,
    ...options,
    read: () => {
      if (subscriber.requested === 0) {
        subscriber.request(1);
      }
      if (!subscribed) {
        subscribed = true;
        source$.subscribe(subscriber);
      }
    },
    destroy: (error, callback) => {
      subscriber.unsubscribe();
      callback(error);
    },
  });
  return readable;
}

/** A `Readable` that can fail after what it holds: `destroy` would discard that. */
class FailingReadable extends Readable {
  #failure: Error | undefined;

  fail(error: Error): void {
    this.#failure = error;
    this.#failIfEmpty();
  }

  override read(size?: number): unknown {
    const chunk: unknown = super.read(size);
    this.#failIfEmpty();
    return chunk;
  }

  #failIfEmpty(): void {
    if (this.#failure !== undefined && this.readableLength === 0) {
      this.destroy(this.#failure);
    }
  }
}
