import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Subject } from 'rxjs';
import { batchWhileBusy, DemandSubscriber, type OverflowPolicy } from '../../src/index.js';

describe('batchWhileBusy', () => {
  it('delivers what is left of a batch that onDrop asked for before the rest was dropped', () => {
    const log: unknown[] = [];
    const source$ = new Subject<number>();
    const consumer = new DemandSubscriber<number[]>({
      next: (batch) => log.push(batch),
      complete: () => log.push('complete'),
    });
    const onDrop = (value: number) => {
      log.push(value);
      if (value === 0) source$.next(3);
      if (value === 1) {
        consumer.request(1);
        source$.next(4);
      }
    };
    source$.pipe(batchWhileBusy({ max: 2, overflow: 'dropAll', onDrop })).subscribe(consumer);
    for (const value of [0, 1, 2]) source$.next(value);
    source$.complete();
    expect(log).toEqual([0, 1, 2, 3, [4], 'complete']);
  });

  it('delivers each value or tells of it, once, whatever onDrop and next do meanwhile', () => {
    const act = fc.constantFrom('nothing', 'send', 'request', 'request and send', 'send twice');
    const overflow = fc.constantFrom<OverflowPolicy>('dropLatest', 'replaceLatest', 'dropOldest', 'dropAll');
    const schedule = fc.record({
      max: fc.integer({ min: 1, max: 4 }),
      overflow,
      outside: fc.array(act, { maxLength: 12 }),
      inside: fc.array(act, { maxLength: 12 }),
      leaves: fc.boolean(),
    });
    fc.assert(
      fc.property(schedule, ({ max, overflow, outside, inside, leaves }) => {
        let sent = 0;
        let requested = 0;
        const seen: number[] = [];
        const batches: number[][] = [];
        const source$ = new Subject<number>();
        const left = [...inside];
        const perform = (action = 'nothing') => {
          if (action.startsWith('request')) {
            requested++;
            consumer.request(1);
          }
          if (action.includes('send')) source$.next(sent++);
          if (action.includes('twice')) source$.next(sent++);
        };
        const consumer: DemandSubscriber<number[]> = new DemandSubscriber<number[]>({
          next: (batch) => {
            batches.push(batch);
            seen.push(...batch);
            perform(left.pop());
          },
        });
        const onDrop = (value: number) => {
          seen.push(value);
          perform(left.pop());
        };
        source$.pipe(batchWhileBusy({ max, overflow, onDrop })).subscribe(consumer);
        for (const action of outside) perform(action);
        if (leaves) {
          left.length = 0;
          consumer.unsubscribe();
        } else {
          consumer.request(sent + 100);
          requested += sent + 100;
          source$.complete();
        }
        expect(seen.sort((a, b) => a - b)).toEqual([...Array(sent).keys()]);
        expect(batches.every(({ length }) => length > 0 && length <= max)).toBe(true);
        expect(batches.length).toBeLessThanOrEqual(requested);
      }),
      { numRuns: 3000 },
    );
  });
});
