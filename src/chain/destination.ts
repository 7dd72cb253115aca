import type { Subscriber } from 'rxjs';

/**
 * Whether `subscriber` hands on to `downstream`. The one place that reads `destination`, which RxJS 7 sets on every
 * Subscriber of an operator before it adds it to the next one and does not promise: where it is missing the answer is
 * no, and the chain above is plain RxJS.
 */
export function feeds(subscriber: Subscriber<unknown>, downstream: Subscriber<unknown>): boolean {
  return subscriber['destination'] === downstream;
}
