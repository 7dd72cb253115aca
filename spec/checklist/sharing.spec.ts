/** Subtle behaviour that other systems test, cases 62 to 70: multicasting and bridging. */
import { describe, expect, it } from '@jest/globals';
import { map, Subject } from 'rxjs';
import {
  Channel,
  DemandObservable,
  DemandSubscriber,
  OverflowError,
  shareAs,
  shareWithDemand,
} from '../../src/index.js';
import { recorder } from '../recorder.js';
import { Counter, HandDriven } from './watched.js';

describe('shareWithDemand', () => {
  it('case 62: the slowest governs; when it leaves, the others go on with what they have asked for', () => {
    const counter = new Counter();
    const shared$ = counter.source$.pipe(shareWithDemand());
    const fast = recorder<number>();
    const slow = recorder<number>();
    shared$.subscribe(fast.consumer);
    shared$.subscribe(slow.consumer);
    fast.consumer.request(8);
    slow.consumer.request(2);
    expect([fast.log.length, slow.log.length, counter.total]).toEqual([2, 2, 2]);
    slow.consumer.unsubscribe();
    expect([fast.log.length, counter.total]).toEqual([8, 8]);
  });

  it('case 63: who joins takes part from the next value on', () => {
    const counter = new Counter();
    const shared$ = counter.source$.pipe(shareWithDemand());
    const early = recorder<number>();
    const late = recorder<number>();
    shared$.subscribe(early.consumer);
    early.consumer.request(3);
    shared$.subscribe(late.consumer);
    early.consumer.request(2);
    expect(early.log).toEqual([0, 1, 2]);
    late.consumer.request(5);
    expect([early.log, late.log]).toEqual([
      [0, 1, 2, 3, 4],
      [3, 4],
    ]);
    early.consumer.request(3);
    expect([early.log.length, late.log, counter.total]).toEqual([8, [3, 4, 5, 6, 7], 8]);
  });

  it('case 64: a subscriber without demand holds everybody until it asks', () => {
    const counter = new Counter();
    const shared$ = counter.source$.pipe(shareWithDemand());
    const idle = recorder<number>();
    const fast = recorder<number>();
    shared$.subscribe(idle.consumer);
    shared$.subscribe(fast.consumer);
    fast.consumer.request(5);
    expect([fast.log, counter.total]).toEqual([[], 0]);
    idle.consumer.request(1);
    expect([idle.log, fast.log, counter.total]).toEqual([[0], [0], 1]);
  });

  it('case 65: where a source sends more than may wait, each gets what it holds first, and the error last', () => {
    const source$ = new Subject<number>();
    const shared$ = source$.pipe(shareWithDemand({ capacity: 2 }));
    const fast = recorder<number>();
    const slow = recorder<number>();
    shared$.subscribe(fast.consumer);
    shared$.subscribe(slow.consumer);
    fast.consumer.request(2);
    for (let value = 0; value < 2 + 1024 + 1; value++) source$.next(value);
    expect(fast.log).toEqual([0, 1, { error: expect.any(OverflowError) }]);
    expect(slow.log).toEqual([]);
    slow.consumer.request(2);
    expect(slow.log).toEqual(fast.log);
  });

  it('case 66: over a channel without room, tryPut is false and touches nobody while one subscriber lacks demand', () => {
    const channel = new Channel<number>({ capacity: 0 });
    const shared$ = channel.asObservable().pipe(shareWithDemand());
    const fast = recorder<number>();
    const idle = recorder<number>();
    shared$.subscribe(fast.consumer);
    shared$.subscribe(idle.consumer);
    fast.consumer.request(5);
    expect([channel.tryPut(1), fast.log, idle.log]).toEqual([false, [], []]);
    idle.consumer.request(1);
    expect([channel.tryPut(2), fast.log, idle.log]).toEqual([true, [2], [2]]);
    expect(channel.tryPut(3)).toBe(false);
  });

  it('case 69: a subscriber may be unsubscribed by another during a delivery', () => {
    for (const policy of ['slowest', 'fastest'] as const) {
      const counter = new Counter(5);
      const shared$ = counter.source$.pipe(shareWithDemand({ policy }));
      const victim = recorder<number>();
      const first = recorder<number>({
        next: (value) => (value === 1 ? victim.consumer.unsubscribe() : undefined),
      });
      shared$.subscribe(first.consumer);
      shared$.subscribe(victim.consumer);
      victim.consumer.request(5);
      if (policy === 'fastest') expect(victim.log).toEqual([0, 1, 2, 3, 4, '|']);
      first.consumer.request(5);
      if (policy === 'slowest') expect([first.log, victim.log]).toEqual([[0, 1, 2, 3, 4, '|'], [0]]);
    }
  });

  it("case 69: and may unsubscribe itself, and the last of 'fastest' as well", () => {
    const counter = new Counter();
    const shared$ = counter.source$.pipe(shareWithDemand());
    const { log, consumer } = recorder<number>({ next: (_, demand) => demand.unsubscribe() });
    shared$.pipe(shareAs('fastest')).subscribe(consumer);
    consumer.request(Infinity);
    expect([log, counter.total <= 16, counter.released]).toEqual([[0], true, 1]);
  });
});

describe('Channel', () => {
  it('case 67: without a subscriber it takes what fits, then answers no, and works on', () => {
    const channel = new Channel<number>({ capacity: 2 });
    expect([1, 2, 3].map((value) => channel.tryPut(value))).toEqual([true, true, false]);
    const { log, consumer } = recorder<number>({ start: (demand) => demand.request(1) });
    channel.asObservable().subscribe(consumer);
    expect(log).toEqual([1]);
    expect([4, 5].map((value) => channel.tryPut(value))).toEqual([true, false]);
    consumer.request(5);
    expect(log).toEqual([1, 2, 4]);
  });

  it('case 69: a subscriber may be unsubscribed by another during a delivery', () => {
    const channel = new Channel<number>({ capacity: 10 });
    const victim = recorder<number>();
    const first = recorder<number>({
      start: (demand) => demand.request(Infinity),
      next: () => victim.consumer.unsubscribe(),
    });
    channel.asObservable().subscribe(first.consumer);
    channel.asObservable().subscribe(victim.consumer);
    victim.consumer.request(5);
    for (const value of [1, 2, 3]) channel.tryPut(value);
    expect([first.log, victim.log]).toEqual([[1, 2, 3], []]);
  });
});

describe('bridging', () => {
  it('case 70: a producer that connects after demand has arrived sees it once', () => {
    const hand = new HandDriven<number>();
    const { consumer } = recorder<number>({ start: (demand) => demand.request(3) });
    hand.source$.subscribe(consumer);
    expect(hand.asked).toEqual([3]);
    const below = new HandDriven<number>();
    const late = recorder<number>({ start: (demand) => demand.request(3) });
    below.source$.pipe(map((n) => n)).subscribe(late.consumer);
    consumer.unsubscribe();
    below.next(1);
    expect([late.log, below.total]).toEqual([[1], 3]);
  });

  it('case 70: a producer that emits exactly what it is asked for never makes anything wait', () => {
    let worst = 0;
    const consumer = new DemandSubscriber<number>({
      start: (demand) => demand.request(3),
      next: (_, demand) => {
        worst = Math.max(worst, consumer.buffered);
        demand.request(1);
      },
    });
    new DemandObservable<number>((sink) => {
      let value = 0;
      return {
        request: (n) => {
          for (let i = 0; i < n && value < 1000 && !sink.closed; i++) sink.next(value++);
          if (value === 1000) sink.complete();
        },
        unsubscribe() {},
      };
    }).subscribe(consumer);
    expect([worst, consumer.closed]).toEqual([0, true]);
  });
});
