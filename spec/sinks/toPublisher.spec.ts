import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { EMPTY, of, Subject, throwError } from 'rxjs';
import {
  type PublisherSubscriber,
  type PublisherSubscription,
  pullFrom,
  toPublisher,
} from '../../src/index.js';
import { unhandledDuring } from '../unhandled.js';

function recorder<T>(also: Partial<PublisherSubscriber<T>> = {}) {
  const log: unknown[] = [];
  let given: PublisherSubscription | undefined;
  const state = {
    get subscription(): PublisherSubscription {
      if (given === undefined) throw new Error('onSubscribe has not been called');
      return given;
    },
  };
  const subscriber: PublisherSubscriber<T> = {
    onSubscribe: (subscription) => {
      log.push('onSubscribe');
      given = subscription;
      also.onSubscribe?.(subscription);
    },
    onNext: (value) => {
      log.push(value);
      also.onNext?.(value);
    },
    onError: (error) => {
      log.push({ error });
      also.onError?.(error);
    },
    onComplete: () => {
      log.push('|');
      also.onComplete?.();
    },
  };
  return { log, subscriber, state };
}

describe('toPublisher', () => {
  it('1.1 delivers no more than was requested', () => {
    for (const source$ of [pullFrom([1, 2, 3]), of(1, 2, 3)]) {
      const { log, subscriber, state } = recorder<number>();
      toPublisher(source$).subscribe(subscriber);
      expect(log).toEqual(['onSubscribe']);
      state.subscription.request(2);
      expect(log).toEqual(['onSubscribe', 1, 2]);
      state.subscription.request(2);
      expect(log).toEqual(['onSubscribe', 1, 2, 3, '|']);
    }
  });

  it('1.4, 1.5, 1.9 signals onSubscribe first, also where the source ends at once', () => {
    const empty = recorder();
    toPublisher(EMPTY).subscribe(empty.subscriber);
    const failed = recorder();
    toPublisher(throwError(() => 'broken')).subscribe(failed.subscriber);
    expect([empty.log, failed.log]).toEqual([
      ['onSubscribe', '|'],
      ['onSubscribe', { error: 'broken' }],
    ]);
  });

  it('1.9 throws a TypeError for no subscriber', () => {
    for (const nobody of [null, undefined]) {
      expect(() => toPublisher(of(1)).subscribe(nobody as never)).toThrow(TypeError);
    }
  });

  it('1.11 serves several subscribers, each with demand of its own', () => {
    const publisher = toPublisher(pullFrom([1, 2]));
    const first = recorder<number>();
    const second = recorder<number>();
    publisher.subscribe(first.subscriber);
    publisher.subscribe(second.subscriber);
    first.state.subscription.request(1);
    expect([first.log, second.log]).toEqual([['onSubscribe', 1], ['onSubscribe']]);
  });

  it.each(['onSubscribe', 'onNext', 'onError', 'onComplete'] as const)(
    '2.13 takes an %s that throws for a cancellation, and reports what it threw',
    (signal) => {
      const source$ = new Subject<number>();
      const { log, subscriber } = recorder<number>({
        onSubscribe: (subscription) => subscription.request(5),
        [signal]: () => {
          throw 'mine';
        },
      });
      const reported = unhandledDuring(() => {
        toPublisher(source$).subscribe(subscriber);
        if (signal === 'onNext') source$.next(1);
        if (signal === 'onError') source$.error('broken');
        if (signal === 'onComplete') source$.complete();
        source$.next(2);
        source$.complete();
      });
      expect(reported).toEqual(['mine']);
      expect(source$.observed).toBe(false);
      expect(log).toEqual(
        {
          onSubscribe: ['onSubscribe'],
          onNext: ['onSubscribe', 1],
          onError: ['onSubscribe', { error: 'broken' }],
          onComplete: ['onSubscribe', '|'],
        }[signal],
      );
    },
  );

  it.each([null, undefined])(
    '2.13 ends with a TypeError instead of handing over %p, which the specification forbids',
    (nothing) => {
      const source$ = new Subject<unknown>();
      const { log, subscriber } = recorder<unknown>({
        onSubscribe: (subscription) => subscription.request(5),
      });
      toPublisher(source$).subscribe(subscriber);
      source$.next(1);
      source$.next(nothing);
      source$.next(2);
      expect(log).toEqual(['onSubscribe', 1, { error: expect.any(TypeError) }]);
      expect(source$.observed).toBe(false);
      const failing = recorder<unknown>();
      toPublisher(throwError(() => nothing)).subscribe(failing.subscriber);
      expect(failing.log).toEqual(['onSubscribe', { error: expect.any(Error) }]);
    },
  );

  it('3.3 keeps the stack flat for a hundred thousand request(1) from onNext', () => {
    let count = 0;
    let subscription: PublisherSubscription | undefined;
    toPublisher(pullFrom(new Array<number>(100_000).fill(0))).subscribe({
      onSubscribe: (given) => {
        subscription = given;
        given.request(1);
      },
      onNext: () => {
        count++;
        subscription?.request(1);
      },
      onError: (error) => {
        throw error;
      },
      onComplete: () => {},
    });
    expect(count).toBe(100_000);
  });

  it.each([0, -1, 1.5, Number.NaN, '2'])(
    '3.9 request(%p) signals onError with a RangeError, and throws nothing',
    (n) => {
      const source$ = new Subject<number>();
      const { log, subscriber, state } = recorder<number>();
      toPublisher(source$).subscribe(subscriber);
      state.subscription.request(n as number);
      expect(log).toEqual(['onSubscribe', { error: expect.any(RangeError) }]);
      expect(source$.observed).toBe(false);
    },
  );

  it('3.5, 3.6, 3.7, 3.12 cancel ends all signals and releases the source; what follows does nothing', () => {
    const source$ = new Subject<number>();
    const { log, subscriber, state } = recorder<number>();
    toPublisher(source$).subscribe(subscriber);
    state.subscription.request(5);
    source$.next(1);
    state.subscription.cancel();
    state.subscription.cancel();
    state.subscription.request(1);
    state.subscription.request(-1);
    source$.next(2);
    expect(log).toEqual(['onSubscribe', 1]);
    expect(source$.observed).toBe(false);
  });

  it('3.8, 3.17 requests add up, to unbounded', () => {
    const { log, subscriber } = recorder<number>({
      onSubscribe: (subscription) => {
        subscription.request(Number.MAX_SAFE_INTEGER);
        subscription.request(Number.MAX_SAFE_INTEGER);
      },
    });
    toPublisher(of(1, 2)).subscribe(subscriber);
    expect(log).toEqual(['onSubscribe', 1, 2, '|']);
  });

  it('3.12 cancel from inside onSubscribe keeps the source from being drawn', () => {
    let drawn = 0;
    function* numbers() {
      for (;;) yield drawn++;
    }
    const { log, subscriber } = recorder<number>({
      onSubscribe: (subscription) => {
        subscription.request(3);
        subscription.cancel();
      },
    });
    toPublisher(pullFrom(numbers())).subscribe(subscriber);
    expect([log, drawn]).toEqual([['onSubscribe'], 0]);
  });

  it('3.13 a cancelled subscription that is kept keeps no subscriber', async () => {
    const publisher = toPublisher(pullFrom([1, 2]));
    const { subscription, reference } = (() => {
      const { subscriber, state } = recorder<number>();
      publisher.subscribe(subscriber);
      state.subscription.request(1);
      state.subscription.cancel();
      return { subscription: state.subscription, reference: new WeakRef(subscriber) };
    })();
    await new Promise((resolve) => setImmediate(resolve));
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    expect(reference.deref()).toBeUndefined();
    subscription.request(1);
  });

  it('goes round trip through pullFrom', () => {
    let drawn = 0;
    function* numbers() {
      while (drawn < 10) yield drawn++;
    }
    const { log, subscriber, state } = recorder<number>();
    toPublisher(pullFrom(toPublisher(pullFrom(numbers())))).subscribe(subscriber);
    state.subscription.request(3);
    expect([log, drawn]).toEqual([['onSubscribe', 0, 1, 2], 3]);
  });

  it('says what is wrong: no subscriber, a value or an error that no publisher can signal, and where too much has come', () => {
    expect(() => toPublisher(of(1)).subscribe(null as never)).toThrow(
      new TypeError('subscribe(subscriber): subscriber must be given, got null'),
    );
    const errors = [of(null), throwError(() => undefined), of(...Array(2000).keys())].map((source$) => {
      const { log, subscriber, state } = recorder<unknown>();
      toPublisher<unknown>(source$).subscribe(subscriber);
      state.subscription.request(1);
      return log.at(-1);
    });
    expect(errors).toEqual([
      { error: new TypeError('a publisher cannot signal null (rule 2.13)') },
      { error: new Error('the source failed without an error') },
      { error: expect.objectContaining({ name: 'OverflowError', operator: 'toPublisher' }) },
    ]);
  });
});
