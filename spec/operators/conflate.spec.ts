import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { conflate, conflateByKey, DemandSubscriber } from '../../src/index.js';

describe('conflate', () => {
  it('gives undefined as a seed its place', () => {
    const source$ = new Subject<number>();
    const log: unknown[] = [];
    source$
      .pipe(
        conflate<number, number[] | undefined>((merged, value) => [...(merged ?? [-1]), value], undefined),
      )
      .subscribe((value) => log.push(value));
    source$.next(1);
    expect(log).toEqual([[-1, 1]]);
  });

  it('ends with what merge throws, and releases the source', () => {
    const source$ = new Subject<number>();
    const log: unknown[] = [];
    const merge = (): number => {
      throw 'mine';
    };
    source$
      .pipe(conflate(merge))
      .subscribe(new DemandSubscriber<number>({ error: (error) => log.push(error) }));
    source$.next(1);
    source$.next(2);
    expect([log, source$.observed]).toEqual([['mine'], false]);
  });
});

describe.each([
  ['conflate', conflate<string>],
  [
    'conflateByKey',
    (merge: (waiting: string, value: string) => string) => conflateByKey(() => 'the key', { merge }),
  ],
] as const)('%s', (_, operator) => {
  it('serves a request from inside merge when the value is merged', () => {
    const source$ = new Subject<string>();
    const log: string[] = [];
    const consumer = new DemandSubscriber<string>({ next: (value) => log.push(value) });
    const merge = (waiting: string, value: string) => {
      consumer.request(1);
      return waiting + value;
    };
    source$.pipe(operator(merge)).subscribe(consumer);
    source$.next('a');
    source$.next('b');
    expect(log).toEqual(['ab']);
  });

  it('keeps what is emitted from inside next for the next request, merged', () => {
    const source$ = new Subject<string>();
    const log: string[] = [];
    const consumer = new DemandSubscriber<string>({
      next: (value) => {
        log.push(value);
        if (value === 'a') for (const more of ['b', 'c']) source$.next(more);
      },
    });
    source$.pipe(operator((waiting, value) => waiting + value)).subscribe(consumer);
    consumer.request(1);
    source$.next('a');
    expect(log).toEqual(['a']);
    consumer.request(1);
    expect(log).toEqual(['a', 'bc']);
  });
});
