import { describe, expect, it, jest } from '@jest/globals';
import { map, Observable, type OperatorFunction, Subject, share, shareReplay, take } from 'rxjs';
import { boundedBuffer, DemandSubscriber, OverflowError, pullFrom } from '../../src/index.js';
import { recorder } from '../recorder.js';

/** A custom operator as people write them: it subscribes with a plain observer, which no demand can cross. */
function doubled(): OperatorFunction<number, number> {
  return (source) =>
    new Observable<number>((subscriber) =>
      source.subscribe({
        next: (value) => subscriber.next(value * 2),
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
}

function countTo(limit: number) {
  const state = { drawn: 0, released: 0 };
  function* numbers() {
    try {
      while (state.drawn < limit) {
        yield state.drawn++;
      }
    } finally {
      state.released++;
    }
  }
  return { state, source$: pullFrom({ [Symbol.iterator]: numbers }) };
}

describe.each<[string, () => OperatorFunction<number, number>]>([
  ['share', () => share()],
  ['shareReplay', () => shareReplay({ bufferSize: 1, refCount: true })],
  ['a custom operator with a plain observer', doubled],
])('a chain cut by %s', (_, cut) => {
  it('ends with an OverflowError that says where to look, once more waits than may', () => {
    const { source$, state } = countTo(10_000);
    const error = jest.fn();
    const next = jest.fn();
    source$
      .pipe(cut(), map(String))
      .subscribe(new DemandSubscriber<string>({ start: (demand) => demand.request(3), next, error }));
    expect(next).toHaveBeenCalledTimes(3);
    const [[overflow]] = error.mock.calls as [[OverflowError]];
    expect(error).toHaveBeenCalledTimes(1);
    expect(overflow).toBeInstanceOf(OverflowError);
    expect(overflow.message).toMatch(/share.*hand-written operator/);
    // What stands between the consumer and the cut, which is `map`.
    expect(overflow.message).toMatch(/Native operators above it: 1; sources that honour demand: 0\.$/);
    expect(overflow.values).toHaveLength(1025);
    expect(state.released).toBe(1);
    expect(cut === doubled || state.drawn === 3 + 1025).toBe(true);
  });

  it('loses nothing of what fits', () => {
    const { source$ } = countTo(1000);
    const { log, consumer } = recorder<number>();
    source$.pipe(cut()).subscribe(consumer);
    consumer.request(1);
    expect(log).toHaveLength(1);
    consumer.request(Infinity);
    expect(log).toHaveLength(1001);
    expect(log.at(-1)).toBe('|');
    expect(new Set(log).size).toBe(1001);
  });

  it('is bounded by the policy that stands below the cut', () => {
    const { source$ } = countTo(1000);
    const { consumer } = recorder<number>();
    source$.pipe(cut(), boundedBuffer({ capacity: 2, overflow: 'dropLatest' })).subscribe(consumer);
    consumer.request(10);
    expect(consumer.values).toHaveLength(2);
  });

  it('lets demand through where the cut stands above a source of demand of its own', () => {
    const { source$, state } = countTo(1000);
    const trigger$ = new Subject<number>();
    const { log, consumer } = recorder<number>();
    trigger$.pipe(cut(), take(1)).subscribe(() => source$.subscribe(consumer));
    trigger$.next(1);
    consumer.request(2);
    expect([log, state.drawn]).toEqual([[0, 1], 2]);
  });
});

it('a Subscriber without destination is plain RxJS: bounded below, unbounded above', () => {
  const { source$, state } = countTo(100);
  const bare$ = new Observable<number>((subscriber) => source$.subscribe((value) => subscriber.next(value)));
  const { log, consumer } = recorder<number>();
  bare$.subscribe(consumer);
  consumer.request(1);
  expect([log, consumer.buffered, state.drawn]).toEqual([[0], 99, 100]);
});
