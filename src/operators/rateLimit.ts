import { asyncScheduler, type MonoTypeOperatorFunction, type Subscription } from 'rxjs';
import type { BufferOptions } from '../buffer/BufferOptions.js';
import { bufferingOperator } from '../parts/bufferingOperator.js';
import { Moment } from '../parts/Moment.js';
import { TokenBucket } from '../parts/TokenBucket.js';
import { addDemand } from '../protocol/arithmetic.js';
import { checkCount, checkTime } from '../protocol/check.js';

/** Options of {@link rateLimit}. */
export interface RateLimitOptions<T> extends Pick<BufferOptions<T>, 'capacity' | 'sizeOf' | 'onDrop'> {
  /** How many values may pass in `per` ms: a positive integer. */
  readonly permits: number;
  /** The time in which they may pass, in ms. */
  readonly per: number;
  /** How many values may pass at once after a pause: a positive integer. Default 1, which spaces them evenly. */
  readonly burst?: number;
  /** Whether an upstream error waits for the values that wait (`'last'`, the default) or overtakes them (`'first'`). */
  readonly errors?: 'last' | 'first';
}

/**
 * Lets at most `permits` values pass in every `per` ms.
 *
 * ```marble
 * == asks upstream no faster
 * pull      abcd------|
 * > rateLimit({ permits: 1, per: 3 })
 * upstream  1--1--1--1-
 * output    a--b--c--d|
 * ```
 *
 * **Demand.** *shapes*: a token bucket of `burst`, into which a token falls every `per / permits` ms; upstream is asked for no
 * more values than there are tokens. Timers that come late delay single values, not the rate. With a `burst`, up to
 * `burst - 1` more values pass in the `per` ms that follow a pause.
 *
 * **Overflow.** A source that cannot stop is kept, up to `capacity` values (default 1024); one more ends with an
 * `OverflowError` that carries them.
 *
 * **Errors.** An upstream error follows the values that wait, at their rate, unless `errors` is `'first'`. An option out of
 * range throws a `RangeError`.
 *
 * @example
 * ```ts
 * import { pullFrom, rateLimit } from 'rxjs-backpressure';
 *
 * pullFrom(['a', 'b', 'c']).pipe(rateLimit({ permits: 10, per: 100 })).subscribe(console.log); // one every 10 ms
 * ```
 *
 * @see the token bucket of ITU-T I.371 (its generic cell rate algorithm), Akka Streams `throttle`
 */
export function rateLimit<T>(options: RateLimitOptions<T>): MonoTypeOperatorFunction<T> {
  const { permits, per, burst = 1 } = options;
  checkCount('rateLimit: permits', permits, 1);
  checkTime('rateLimit: per', per);
  checkCount('rateLimit: burst', burst, 1);
  return bufferingOperator<T, T>('rateLimit', options, (downstream, upstream) => {
    const moment = new Moment(asyncScheduler);
    const bucket = new TokenBucket(permits, per, burst);
    let requested = 0;
    let timer: Subscription | undefined;
    const ask = (now: number) => {
      const more = Math.min(requested, bucket.available(now)) - upstream.requested;
      if (more > 0) {
        moment.ask(upstream, more, now);
      }
      if (timer === undefined && upstream.requested < Math.min(requested, burst) && !upstream.closed) {
        const due = bucket.due(upstream.requested + 1);
        timer = asyncScheduler.schedule(
          () => {
            timer = undefined;
            // Late by more than one token, the machine slept, and what it slept through is no credit.
            ask(Math.max(due, asyncScheduler.now() - per / permits));
            // The next token is never further away than this, even where the clock was set back.
          },
          Math.min(due - asyncScheduler.now(), per / permits),
        );
      }
    };
    return {
      request: (n) => {
        requested = addDemand(requested, n);
        ask(asyncScheduler.now());
      },
      subscribed: () => moment.returned(),
      next: (value) => {
        requested--;
        bucket.available(moment.now());
        bucket.take();
        downstream.next(value);
        // Otherwise there is nothing to ask for, whatever the time.
        if (upstream.requested < Math.min(requested, burst)) {
          ask(moment.now());
        }
      },
      unsubscribe: () => timer?.unsubscribe(),
    };
  });
}
