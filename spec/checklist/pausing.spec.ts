/** Subtle behaviour that other systems test, cases 49 to 52: pausing. */
import { describe, expect, it, jest } from '@jest/globals';
import { BehaviorSubject, Subject } from 'rxjs';
import { losslessPause, lossyPause, OverflowError } from '../../src/index.js';
import { recorder } from '../recorder.js';
import { HandDriven } from './watched.js';

const PAUSES = [
  ['losslessPause', losslessPause<number>],
  ['lossyPause', lossyPause<number>],
] as const;

it('case 49: a pause holds what is in flight, no more than was asked for; resuming delivers it and asks for the rest', () => {
  const hand = new HandDriven<number>();
  const paused$ = new Subject<boolean>();
  const { log, consumer } = recorder<number>();
  hand.source$.pipe(losslessPause(paused$)).subscribe(consumer);
  consumer.request(6);
  hand.next(1, 2);
  paused$.next(true);
  expect(hand.total).toBe(6);
  hand.next(3, 4);
  consumer.request(2);
  expect([log, hand.total]).toEqual([[1, 2], 6]);
  paused$.next(false);
  expect([log, hand.total]).toEqual([[1, 2, 3, 4], 8]);
  hand.next(5, 6, 7, 8);
  expect(log).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

describe.each(PAUSES)('%s', (name, operator) => {
  it('case 50: unsubscribe or failure while paused, and a resume after that, are quiet', () => {
    for (const ending of ['unsubscribe', 'error'] as const) {
      const hand = new HandDriven<number>();
      const paused$ = new BehaviorSubject(true);
      const { log, consumer } = recorder<number>();
      hand.source$.pipe(operator(paused$)).subscribe(consumer);
      consumer.request(5);
      if (ending === 'unsubscribe') consumer.unsubscribe();
      else hand.error('broken');
      paused$.next(false);
      hand.next(1);
      expect(log).toEqual(ending === 'unsubscribe' ? [] : [{ error: 'broken' }]);
      expect([hand.total, hand.released, paused$.observed]).toEqual([0, 1, false]);
    }
  });

  it('case 51: pausing twice and resuming twice is as once, and many cycles lose nothing that was asked for', () => {
    const hand = new HandDriven<number>();
    const paused$ = new Subject<boolean>();
    const { log, consumer } = recorder<number>();
    hand.source$.pipe(operator(paused$)).subscribe(consumer);
    consumer.request(100);
    let sent = 0;
    for (let cycle = 0; cycle < 200 && log.length < 100; cycle++) {
      for (const paused of [true, true, false, false]) paused$.next(paused);
      if (sent < hand.total) hand.next(sent++);
    }
    expect(log).toEqual([...Array(100).keys()]);
    expect(hand.total).toBe(100);
  });

  it('case 51: a state of paused$ from before the subscription counts', () => {
    const source$ = new Subject<number>();
    const paused$ = new BehaviorSubject(true);
    const { log, consumer } = recorder<number>({ start: (demand) => demand.request(Infinity) });
    source$.pipe(operator(paused$)).subscribe(consumer);
    source$.next(1);
    expect(log).toEqual([]);
    paused$.next(false);
    expect(log).toEqual(name === 'lossyPause' ? [] : [1]);
  });

  it('case 52: values emitted from inside next come behind those that wait', () => {
    const source$ = new Subject<number>();
    const paused$ = new BehaviorSubject(false);
    const { log, consumer } = recorder<number>({
      next: (value) => (value < 10 ? source$.next(value + 10) : undefined),
    });
    source$.pipe(operator(paused$)).subscribe(consumer);
    for (const value of [1, 2, 3]) source$.next(value);
    consumer.request(Infinity);
    expect(log).toEqual([1, 2, 3, 11, 12, 13]);
  });

  it('case 52: two subscribers have demand, values and a state each', () => {
    const source$ = new Subject<number>();
    const piped$ = source$.pipe(operator(new BehaviorSubject(false)));
    const first = recorder<number>();
    const second = recorder<number>();
    piped$.subscribe(first.consumer);
    piped$.subscribe(second.consumer);
    first.consumer.request(2);
    second.consumer.request(1);
    for (const value of [1, 2, 3]) source$.next(value);
    expect([first.log, second.log]).toEqual([[1, 2], [1]]);
    first.consumer.unsubscribe();
    second.consumer.request(1);
    expect(second.log).toEqual([1, 2]);
  });
});

it('case 50: the buffer of a pause that overflows fails, and the error carries what waited', () => {
  const source$ = new Subject<number>();
  const { log, consumer } = recorder<number>();
  source$.pipe(losslessPause(new BehaviorSubject(true), { capacity: 1 })).subscribe(consumer);
  source$.next(1);
  source$.next(2);
  expect(log).toEqual([{ error: expect.any(OverflowError) }]);
});

it('case 52: what a pause dropped is asked for again', () => {
  const hand = new HandDriven<number>();
  const paused$ = new Subject<boolean>();
  const onDrop = jest.fn();
  const { log, consumer } = recorder<number>();
  hand.source$.pipe(lossyPause<number>(paused$, { onDrop })).subscribe(consumer);
  consumer.request(5);
  paused$.next(true);
  hand.next(1, 2);
  paused$.next(false);
  expect(hand.total).toBe(7);
  hand.next(3, 4, 5, 6, 7);
  expect([log, onDrop.mock.calls]).toEqual([
    [3, 4, 5, 6, 7],
    [
      [1, 'overflow'],
      [2, 'overflow'],
    ],
  ]);
});
