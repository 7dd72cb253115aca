import { describe, expect, it } from '@jest/globals';
import { delay, map, mergeMap, NEVER, Observable, Subject, share } from 'rxjs';
import {
  boundedBuffer,
  DemandObservable,
  DemandSubscriber,
  prefetch,
  pullFrom,
  shareWithDemand,
} from '../../src/index.js';
import { explainDemand } from '../../src/metrics/index.js';

function consume<T>(source$: Observable<T>, n = 0): DemandSubscriber<T> {
  const consumer = new DemandSubscriber<T>();
  source$.subscribe(consumer);
  if (n > 0) consumer.request(n);
  return consumer;
}

describe('explainDemand', () => {
  it('tells of a pipeline which stretches carry demand, before it is subscribed to', () => {
    const rows$ = pullFrom([1, 2]).pipe(
      map((n) => n),
      prefetch(4),
      map((n) => n),
      map((n) => n),
    );
    expect(explainDemand(rows$)).toEqual({
      consumer: 'its subscriber',
      native: 2,
      above: [
        { consumer: 'prefetch', native: 1, above: [{ demand: true, why: 'a source that honours demand' }] },
      ],
      text: [
        'its subscriber',
        '  2 native, carry demand',
        '  prefetch',
        '    1 native, carry demand',
        '    a source that honours demand',
      ].join('\n'),
    });
  });

  it('tells what a pipeline that is subscribed to has in flight and waiting, stage by stage', () => {
    const hot$ = new Subject<number>();
    const consumer = consume(
      hot$.pipe(
        boundedBuffer({ capacity: 10 }),
        mergeMap(() => NEVER),
      ),
      1,
    );
    for (let i = 0; i < 20; i++) hot$.next(i);
    expect(explainDemand(consumer).text.split('\n')).toEqual([
      'DemandSubscriber: 1 requested, 0 of 1024 waiting',
      expect.stringMatching(/^ {2}\d+ native, carry demand, 16 in flight$/),
      '  boundedBuffer: 0 requested, 4 of 10 waiting',
      expect.stringMatching(/^ {4}no source that honours demand: /),
    ]);
    consumer.unsubscribe();
  });

  it('tells where share, or an operator written by hand, cuts the chain', () => {
    const byHand = (source$: Observable<number>) =>
      new Observable<number>((observer) => source$.subscribe({ next: (value) => observer.next(value) }));
    const silent$ = new DemandObservable<number>(() => ({ request: () => {}, unsubscribe: () => {} }));
    for (const cut$ of [silent$.pipe(share()), byHand(silent$)]) {
      const consumer = consume(cut$.pipe(map((n) => n)));
      expect(explainDemand(consumer)).toMatchObject({ native: 1, above: [{ demand: false }] });
      expect(explainDemand(consumer).text).toContain('1 native, carry none');
      consumer.unsubscribe();
    }
  });

  it('follows what is shared', () => {
    const consumer = consume(
      new Subject<number>().pipe(boundedBuffer({ capacity: 10 }), shareWithDemand()),
      1,
    );
    expect(explainDemand(consumer).text.split('\n')).toEqual([
      'DemandSubscriber: 1 requested, 0 of 1024 waiting',
      '  shareWithDemand: 1 requested, 0 of 1024 waiting',
      '    boundedBuffer: 1 requested, 0 of 10 waiting',
      expect.stringMatching(/^ {6}no source that honours demand: /),
    ]);
    consumer.unsubscribe();
  });

  it('follows every source of a join', () => {
    const consumer = consume(pullFrom([1, 2]).pipe(mergeMap((n) => pullFrom([n]).pipe(delay(1000)))), 1);
    expect(explainDemand(consumer).above.length).toBeGreaterThan(0);
    consumer.unsubscribe();
  });

  it('says what it takes', () => {
    // @ts-expect-error a promise is no pipeline
    expect(() => explainDemand(Promise.resolve())).toThrow(TypeError);
  });
});
