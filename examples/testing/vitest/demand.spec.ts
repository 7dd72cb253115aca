import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { dropLatest, pullFrom } from 'rxjs-backpressure';
import {
  ControllableSource,
  DemandProbe,
  demandMarbles,
  MarbleMismatchError,
  runMarble,
  verifySource,
} from 'rxjs-backpressure/testing';
import { describe, expect, it } from 'vitest';

const DIAGRAM = `
== the completion rides with the last value
pull      ab-|
request   1-1-
> map((letter) => letter)
output    a-b|
`;

describe('rxjs-backpressure/testing under vitest', () => {
  const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  const play = (output: string) => {
    const test = scheduler();
    test.run(({ cold, expectObservable }) => {
      const { push, onDrop, expectDemand } = demandMarbles(test);
      expectObservable(cold('-a|').pipe(map((letter) => letter))).toBe('-a|');
      expectDemand(push('-a-b-c|').pipe(dropLatest({ onDrop })), {
        request: '1---1--',
        output,
        dropped: '---b---',
      });
    });
  };

  it('plays marbles with demand', () => {
    play('-a---c|');
  });

  it('fails where a row differs', () => {
    expect(() => play('-a-b-c|')).toThrow(MarbleMismatchError);
  });

  it('runs a diagram that is text', () => {
    runMarble(DIAGRAM, { map });
  });

  it('has a probe and a source in the hand', () => {
    const source$ = new ControllableSource<number>();
    const probe = new DemandProbe<number>();
    source$.subscribe(probe);
    probe.request(1);
    source$.next(1);
    source$.complete();
    expect([source$.requests, probe.received]).toEqual([[1], [1, '|']]);
  });

  it('verifies a source', async () => {
    const { held } = await verifySource((count) => pullFrom(Array(count).fill('row')));
    expect(held).toContain('1.1');
  });
});
