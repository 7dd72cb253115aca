/** Section 2 of Reactive Streams, for whatever subscribes to a publisher. */
import type { Publisher, PublisherSubscriber } from '../../protocol/Publisher.js';
import { type Law, must, show } from './ConformanceError.js';
import type { Settle } from './settle.js';

/** A consumer of a publisher, in the hand: a `DemandProbe` behind what is to be tested, for instance. */
export interface Puppet {
  /** Makes it request. */
  request(n: number): void;
  /** Makes it leave. */
  unsubscribe(): void;
  /** The values it got, then `'|'` or `{ error }`. */
  readonly received: readonly unknown[];
}

/** What the laws are tried on. */
export interface SubscriberSubject {
  /** Subscribes to the publisher. */
  readonly subscribe: (publisher: Publisher<number>) => Puppet;
  readonly settle: Settle;
}

/** One subscription of the subject, seen from the publisher. */
interface Meeting {
  readonly puppet: Puppet;
  readonly subscriber: PublisherSubscriber<number>;
  readonly requests: number[];
  cancelled: number;
  /** Whether a signal of an ending is on the stack. */
  ending: boolean;
  /** Calls from inside an ending. */
  inside: number;
}

export const SUBSCRIBER_LAWS: readonly Law<SubscriberSubject>[] = [
  {
    rule: '2.1',
    async holds(subject) {
      const { puppet, subscriber, requests } = await meet(subject);
      puppet.request(2);
      await subject.settle();
      const requested = sum(requests);
      must(requested >= 1, 'it wants values, and requests none');
      subscriber.onNext(1);
      await subject.settle();
      must(puppet.received.length === 1, `it was given one value, and got ${show(puppet.received)}`);
    },
  },
  ...(['onComplete', 'onError'] as const).map((signal) => ({
    rule: '2.3',
    async holds(subject: SubscriberSubject) {
      const meeting = await meet(subject);
      end(meeting, signal);
      await subject.settle();
      must(meeting.inside === 0, `from inside ${signal} it called request or cancel`);
    },
  })),
  ...(['onComplete', 'onError'] as const).map((signal) => ({
    rule: '2.4',
    async holds(subject: SubscriberSubject) {
      const meeting = await meet(subject);
      const before = meeting.requests.length;
      end(meeting, signal);
      meeting.puppet.request(1);
      await subject.settle();
      must(
        meeting.requests.length === before,
        `after ${signal} it requested ${show(meeting.requests.slice(before))}`,
      );
    },
  })),
  {
    rule: '2.5',
    async holds(subject) {
      const { puppet, subscriber, requests } = await meet(subject);
      let cancelled = 0;
      let used = 0;
      subscriber.onSubscribe({ request: () => used++, cancel: () => cancelled++ });
      await subject.settle();
      must(cancelled === 1, `a second subscription was cancelled ${cancelled} times`);
      puppet.request(1);
      await subject.settle();
      must(used === 0 && sum(requests) >= 1, 'after a second subscription it does not go on with the first');
    },
  },
  {
    rule: '2.6',
    async holds(subject) {
      const meeting = await meet(subject);
      meeting.puppet.request(1);
      await subject.settle();
      meeting.puppet.unsubscribe();
      await subject.settle();
      must(meeting.cancelled === 1, `it left, and cancelled ${meeting.cancelled} times`);
    },
  },
  {
    rule: '2.8',
    async holds(subject) {
      const { puppet, subscriber } = await meet(subject);
      puppet.request(5);
      await subject.settle();
      puppet.unsubscribe();
      subscriber.onNext(1);
      subscriber.onComplete();
      await subject.settle();
      must(puppet.received.length === 0, `after it had left it got ${show(puppet.received)}`);
    },
  },
  {
    rule: '2.9',
    async holds(subject) {
      const { puppet, subscriber } = await meet(subject);
      subscriber.onComplete();
      await subject.settle();
      must(
        puppet.received.length === 1 && puppet.received[0] === '|',
        `completed, it got ${show(puppet.received)}`,
      );
    },
  },
  {
    rule: '2.10',
    async holds(subject) {
      const { puppet, subscriber } = await meet(subject);
      const error = new Error('on purpose');
      subscriber.onError(error);
      await subject.settle();
      expectError(puppet, error);
    },
  },
  {
    rule: '2.12',
    async holds(subject) {
      const subscribers = new Set<unknown>();
      let subscriptions = 0;
      const publisher: Publisher<number> = {
        subscribe(subscriber) {
          subscriptions++;
          subscribers.add(subscriber);
          subscriber.onSubscribe({ request() {}, cancel() {} });
        },
      };
      const puppets = [subject.subscribe(publisher), subject.subscribe(publisher)];
      await subject.settle();
      for (const puppet of puppets) puppet.request(1);
      await subject.settle();
      must(
        subscribers.size === subscriptions,
        `${subscriptions} subscriptions brought ${subscribers.size} subscribers`,
      );
    },
  },
  {
    rule: '2.13',
    async holds(subject) {
      for (const nothing of [null, undefined]) {
        const { puppet, subscriber } = await meet(subject);
        puppet.request(1);
        await subject.settle();
        const calls = {
          onSubscribe: () => subscriber.onSubscribe(nothing as never),
          onNext: () => subscriber.onNext(nothing as never),
          onError: () => subscriber.onError(nothing),
        };
        for (const [name, call] of Object.entries(calls)) {
          const thrown = thrownBy(call);
          must(thrown instanceof TypeError, `${name}(${nothing}) threw ${show(thrown)}, not a TypeError`);
        }
      }
      const { puppet, subscriber } = await meet(subject);
      puppet.request(1);
      await subject.settle();
      const thrown = thrownBy(() => {
        subscriber.onNext(1);
        subscriber.onNext(2);
        subscriber.onComplete();
        subscriber.onComplete();
        subscriber.onError(new Error('late'));
        subscriber.onNext(3);
      });
      must(thrown === undefined, `a signal threw ${show(thrown)}`);
    },
  },
  {
    rule: 'conservation',
    async holds(subject) {
      const { puppet, subscriber } = await meet(subject);
      puppet.request(5);
      await subject.settle();
      for (const value of [3, 1, 2]) subscriber.onNext(value);
      subscriber.onComplete();
      await subject.settle();
      must(
        show(puppet.received) === show([3, 1, 2, '|']),
        `given 3, 1, 2 and the end it got ${show(puppet.received)}`,
      );
    },
  },
  {
    rule: 're-entrancy',
    async holds(subject) {
      let value = 0;
      const puppet = subject.subscribe({
        subscribe(subscriber) {
          subscriber.onSubscribe({
            request(n) {
              for (let i = 0; i < n && value < 9; i++) subscriber.onNext(++value);
            },
            cancel() {},
          });
        },
      });
      await subject.settle();
      puppet.request(2);
      puppet.request(1);
      await subject.settle();
      must(
        show(puppet.received.slice(0, 3)) === '[1, 2, 3]',
        `of a publisher that answers inside request it got ${show(puppet.received)}`,
      );
    },
  },
  {
    rule: 'falsy error',
    async holds(subject) {
      for (const error of [0, '', false]) {
        const { puppet, subscriber } = await meet(subject);
        subscriber.onError(error);
        await subject.settle();
        expectError(puppet, error);
      }
    },
  },
];

async function meet(subject: SubscriberSubject): Promise<Meeting> {
  let given: PublisherSubscriber<number> | undefined;
  const seen = { requests: [] as number[], cancelled: 0, ending: false, inside: 0 };
  const puppet = subject.subscribe({
    subscribe(subscriber) {
      given = subscriber;
      subscriber.onSubscribe({
        request(n) {
          seen.inside += seen.ending ? 1 : 0;
          seen.requests.push(n);
        },
        cancel() {
          seen.inside += seen.ending ? 1 : 0;
          seen.cancelled++;
        },
      });
    },
  });
  await subject.settle();
  must(given !== undefined, 'it did not subscribe');
  return Object.assign(seen, { puppet, subscriber: given });
}

function end(meeting: Meeting, signal: 'onComplete' | 'onError'): void {
  meeting.ending = true;
  if (signal === 'onComplete') meeting.subscriber.onComplete();
  else meeting.subscriber.onError(new Error('on purpose'));
  meeting.ending = false;
}

function expectError({ received }: Puppet, error: unknown): void {
  const [only] = received;
  const got = typeof only === 'object' && only !== null && 'error' in only ? only.error : Symbol('none');
  must(received.length === 1 && Object.is(got, error), `failed with ${show(error)} it got ${show(received)}`);
}

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

const sum = (requests: readonly number[]): number => requests.reduce((total, n) => total + n, 0);
