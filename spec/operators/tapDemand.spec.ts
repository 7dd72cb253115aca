import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, Subject, throwError } from 'rxjs';
import { DemandSubscriber, pullFrom, tapDemand } from '../../src/index.js';
import { recorder } from '../recorder.js';
import { unhandledDuring } from '../unhandled.js';

describe('tapDemand', () => {
  it('calls back for requests and values, in the order in which they travel', () => {
    const { log, consumer } = recorder<string>();
    pullFrom(['a', 'b', 'c'])
      .pipe(tapDemand({ request: (n) => log.push(n), next: (value) => log.push(`tap ${value}`) }))
      .subscribe(consumer);
    consumer.request(1);
    consumer.request(2);
    expect(log).toEqual([1, 'tap a', 'a', 2, 'tap b', 'b', 'tap c', 'c', '|']);
  });

  it('calls unsubscribe once, and only where downstream leaves before the end', () => {
    let left = 0;
    const tapped = tapDemand<number>({ unsubscribe: () => left++ });
    EMPTY.pipe(tapped).subscribe();
    pullFrom([1]).pipe(tapped).subscribe();
    throwError(() => 'broken')
      .pipe(tapped)
      .subscribe({ error: () => {} });
    expect(left).toBe(0);
    const subscription = NEVER.pipe(tapped).subscribe();
    subscription.unsubscribe();
    subscription.unsubscribe();
    expect(left).toBe(1);
  });

  it('ends with what its request throws, and releases the source', () => {
    const source$ = new Subject<number>();
    const log: unknown[] = [];
    const request = () => {
      throw 'mine';
    };
    source$
      .pipe(tapDemand({ request }))
      .subscribe(
        new DemandSubscriber({ start: (demand) => demand.request(1), error: (error) => log.push(error) }),
      );
    expect([log, source$.observed]).toEqual([['mine'], false]);
  });

  it('reports what its unsubscribe throws as unhandled, and releases the source all the same', () => {
    const unsubscribe = () => {
      throw 'mine';
    };
    for (const consumer of [{}, new DemandSubscriber<number>()]) {
      const source$ = new Subject<number>();
      const subscription = source$.pipe(tapDemand({ unsubscribe })).subscribe(consumer);
      expect(unhandledDuring(() => subscription.unsubscribe())).toEqual(['mine']);
      expect(source$.observed).toBe(false);
    }
  });
});
