import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Subject } from 'rxjs';
import { boundedBuffer, DemandSubscriber, MonitorRegistry, monitor } from '../../src/index.js';
import { onPressure, type PressureEvent, type PressureOptions } from '../../src/metrics/index.js';

function watched(options: PressureOptions = {}, overflow: 'error' | 'dropOldest' = 'dropOldest') {
  const registry = new MonitorRegistry();
  const hot$ = new Subject<number>();
  const consumer = new DemandSubscriber<number>({ error: () => {} });
  hot$.pipe(monitor('prices', { registry }), boundedBuffer({ capacity: 10, overflow })).subscribe(consumer);
  const events: PressureEvent[] = [];
  const looks = onPressure((event) => events.push(event), { registry, ...options });
  const send = (n: number) => {
    for (let i = 0; i < n; i++) hot$.next(i);
  };
  return { hot$, registry, consumer, events, looks, send, kinds: () => events.map(({ kind }) => kind) };
}

describe('onPressure', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it('tells that a buffer crossed a mark, up and down', async () => {
    const { consumer, events, looks, send } = watched({ marks: [0.5, 0.9] });
    send(6);
    await pass(1000);
    send(3);
    await pass(1000);
    consumer.request(9);
    await pass(1000);
    expect(events.map(({ kind, level, fill }) => [kind, level, fill])).toEqual([
      ['filling', 'warn', 0.6],
      ['filling', 'warn', 0.9],
      ['draining', 'info', 0],
    ]);
    expect(events[0]?.message).toBe('prices: 60 % of the buffer is taken');
    looks.unsubscribe();
  });

  it('tells that drops began, and when they have ended how many there were, however many there are', async () => {
    const { events, looks, send } = watched({ marks: [] });
    send(15);
    await pass(1000);
    send(100);
    await pass(1000);
    send(100);
    await pass(1000);
    await pass(1000);
    expect(events.map(({ kind, dropped }) => [kind, dropped])).toEqual([
      ['dropping', 5],
      ['dropped', 205],
    ]);
    looks.unsubscribe();
  });

  it('tells that nobody asks for values that wait, and that somebody asks again', async () => {
    const { consumer, kinds, looks, send } = watched({ stalledAfter: 3000 });
    send(1);
    await pass(2000);
    expect(kinds()).toEqual([]);
    await pass(1000);
    expect(kinds()).toEqual(['stalled']);
    await pass(5000);
    consumer.request(5);
    await pass(1000);
    expect(kinds()).toEqual(['stalled', 'flowing']);
    looks.unsubscribe();
  });

  it('tells that nobody asks also where somebody has asked for all before, and has left', async () => {
    const { hot$, registry, kinds, looks, send } = watched({ stalledAfter: 3000, marks: [] });
    hot$.pipe(monitor('prices', { registry })).subscribe().unsubscribe();
    send(1);
    await pass(5000);
    expect(kinds()).toEqual(['stalled']);
    looks.unsubscribe();
  });

  it('tells also that who did not ask has left, and of the next one who does not', async () => {
    const { hot$, registry, consumer, events, looks, send } = watched({ stalledAfter: 3000, marks: [] });
    send(1);
    await pass(5000);
    consumer.unsubscribe();
    await pass(2000);
    hot$.pipe(monitor('prices', { registry })).subscribe(new DemandSubscriber<number>());
    send(1);
    await pass(5000);
    expect(events.map(({ kind, message }) => [kind, message])).toEqual([
      ['stalled', 'prices: nobody has asked for 3000 ms'],
      ['flowing', 'prices: who has not asked has left'],
      ['stalled', 'prices: nobody has asked for 3000 ms'],
    ]);
    looks.unsubscribe();
  });

  it('tells nothing of what was over before it began', async () => {
    const { registry, send, looks, kinds } = watched({ marks: [] });
    send(15);
    looks.unsubscribe();
    const failed = new Subject<number>();
    failed
      .pipe(monitor('clicks', { registry }))
      .subscribe(new DemandSubscriber<number>({ error: () => {} }, { capacity: 0 }));
    failed.next(1);
    const late: PressureEvent[] = [];
    const later = onPressure((event) => late.push(event), { registry, marks: [] });
    await pass(3000);
    expect([kinds(), late]).toEqual([[], []]);
    send(1);
    await pass(1000);
    expect(late).toMatchObject([{ kind: 'dropping', dropped: 1 }]);
    later.unsubscribe();
  });

  it('does not take a slow consumer for one that has stopped asking', async () => {
    const { consumer, kinds, looks, send } = watched({ stalledAfter: 3000, marks: [] });
    send(9);
    for (let i = 0; i < 8; i++) {
      await pass(1000);
      consumer.request(1);
    }
    expect(kinds()).toEqual([]);
    looks.unsubscribe();
  });

  it('does not take a silent source for a stalled consumer', async () => {
    const { kinds, looks } = watched({ stalledAfter: 3000 });
    await pass(10_000);
    expect(kinds()).toEqual([]);
    looks.unsubscribe();
  });

  it('tells of an overflow, with its message', async () => {
    const { events, looks, send } = watched({}, 'error');
    send(11);
    await pass(1000);
    await pass(1000);
    expect(events).toMatchObject([{ kind: 'overflowed', level: 'error' }]);
    expect(events[0]?.message).toMatch(/^prices: boundedBuffer: more than 10 values wait/);
    looks.unsubscribe();
  });

  it('looks no more once it is unsubscribed from', async () => {
    const { events, looks, send } = watched();
    looks.unsubscribe();
    send(11);
    await pass(5000);
    expect(events).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    [{ every: 0 }, /^onPressure: every must be .*, got 0$/],
    [{ stalledAfter: -1 }, /^onPressure: stalledAfter must be .*, got -1$/],
    [{ marks: [80] }, /^onPressure: marks must be numbers above 0 and at most 1, got 80$/],
  ])('throws for %j', (options, message) => {
    const call = () => onPressure(() => {}, options);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
