/** What the TCK of Reactive Streams checks where published JavaScript implementations fail it, by its own numbers. */
import { describe, expect, it } from '@jest/globals';
import { throwError } from 'rxjs';
import { type Publisher, type PublisherSubscriber, pullFrom, toPublisher } from 'rxjs-backpressure';
import { ControllableSource, DemandProbe } from 'rxjs-backpressure/testing';
import { range } from './rows.js';

type Subscription = Parameters<PublisherSubscriber<number>['onSubscribe']>[0];

function subscribe(
  publisher: Publisher<number>,
  next: (value: number, subscription: Subscription) => void = () => {},
) {
  const log: unknown[] = [];
  let subscription: Subscription | undefined;
  publisher.subscribe({
    onSubscribe: (given) => {
      log.push('onSubscribe');
      subscription = given;
    },
    onNext: (value) => {
      log.push(value);
      if (subscription !== undefined) next(value, subscription);
    },
    onError: (error) => log.push({ error }),
    onComplete: () => log.push('onComplete'),
  });
  return {
    log,
    request: (n: number) => subscription?.request(n),
    cancel: () => subscription?.cancel(),
  };
}

/** The subscriber that `pullFrom` brings to a publisher, and a probe behind it. */
function whitebox() {
  let subscriber: PublisherSubscriber<number> | undefined;
  const probe = new DemandProbe<number>();
  pullFrom<number>({
    subscribe: (given) => {
      subscriber = given;
    },
  }).subscribe(probe);
  if (subscriber === undefined) throw new Error('nobody subscribed');
  const calls: unknown[] = [];
  return {
    probe,
    subscriber,
    calls,
    subscription: { request: (n: number) => void calls.push(n), cancel: () => void calls.push('cancel') },
  };
}

const numbers = (count: number) => toPublisher(pullFrom(range(count)));

describe('the TCK, for toPublisher', () => {
  it('1.3 signals sequentially, where every onNext requests more', () => {
    const order: string[] = [];
    let inside = 0;
    const { request, log } = subscribe(numbers(10), (value, subscription) => {
      inside++;
      order.push(`${value} at depth ${inside}`);
      subscription.request(1);
      subscription.request(1);
      inside--;
    });
    request(1);
    expect(order).toEqual(range(10).map((value) => `${value} at depth 1`));
    expect(log.at(-1)).toBe('onComplete');
  });

  it('1.4 a publisher that fails signals onSubscribe, then onError, with no request', () => {
    const error = new Error('broken');
    expect(subscribe(toPublisher(throwError(() => error))).log).toEqual(['onSubscribe', { error }]);
  });

  it('1.9 subscribe(null) throws, and a later subscriber is served', () => {
    const publisher = numbers(1);
    expect(() => publisher.subscribe(null as never)).toThrow(TypeError);
    const { log, request } = subscribe(publisher);
    request(1);
    expect(log).toEqual(['onSubscribe', 0, 'onComplete']);
  });

  it('3.3 bounds the recursion of request and onNext to one', () => {
    let depth = 0;
    let deepest = 0;
    const { request, log } = subscribe(numbers(2000), (_, subscription) => {
      deepest = Math.max(deepest, ++depth);
      subscription.request(1);
      depth--;
    });
    request(1);
    expect(deepest).toBe(1);
    expect(log).toHaveLength(2002);
  });

  it.each([0, -1, -5])('3.9 request(%p) signals onError, also after values and with demand left', (n) => {
    const { log, request } = subscribe(toPublisher(new ControllableSource<number>()));
    request(10);
    expect(() => request(n)).not.toThrow();
    expect(log).toEqual(['onSubscribe', { error: expect.any(RangeError) }]);
  });
});

describe('the TCK, for the subscriber of pullFrom', () => {
  it('2.1 requests what is wanted, and not before', () => {
    const { probe, subscriber, subscription, calls } = whitebox();
    subscriber.onSubscribe(subscription);
    expect(calls).toEqual([]);
    probe.request(3);
    expect(calls).toEqual([3]);
  });

  it('2.5 cancels a second subscription, and goes on with the first', () => {
    const { probe, subscriber, subscription, calls } = whitebox();
    const second: unknown[] = [];
    subscriber.onSubscribe(subscription);
    subscriber.onSubscribe({ request: (n) => void second.push(n), cancel: () => void second.push('cancel') });
    probe.request(1);
    subscriber.onNext(7);
    expect([calls, second, probe.received]).toEqual([[1], ['cancel'], [7]]);
  });

  it('2.5 cancels a subscription that comes after it has left', () => {
    const { probe, subscriber, subscription, calls } = whitebox();
    probe.unsubscribe();
    subscriber.onSubscribe(subscription);
    expect(calls).toEqual(['cancel']);
  });

  it.each([null, undefined])(
    '2.13 onSubscribe, onNext and onError throw for %p, before and after the end',
    (nothing) => {
      const { subscriber, subscription } = whitebox();
      expect(() => subscriber.onSubscribe(nothing as never)).toThrow(TypeError);
      subscriber.onSubscribe(subscription);
      expect(() => subscriber.onNext(nothing as never)).toThrow(TypeError);
      expect(() => subscriber.onError(nothing)).toThrow(TypeError);
      subscriber.onComplete();
      expect(() => subscriber.onNext(nothing as never)).toThrow(TypeError);
    },
  );

  it('2.13 hands on what comes after such a signal', () => {
    const { probe, subscriber, subscription } = whitebox();
    subscriber.onSubscribe(subscription);
    probe.request(2);
    expect(() => subscriber.onNext(null as never)).toThrow(TypeError);
    subscriber.onNext(1);
    subscriber.onComplete();
    expect(probe.received).toEqual([1, '|']);
  });
});
