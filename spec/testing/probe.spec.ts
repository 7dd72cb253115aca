import { describe, expect, it } from '@jest/globals';
import { map, of } from 'rxjs';
import { pullFrom } from 'rxjs-backpressure';
import { ControllableSource, DemandProbe } from 'rxjs-backpressure/testing';

describe('DemandProbe', () => {
  it('requests nothing by itself, and writes down both directions in order', () => {
    const probe = new DemandProbe<number>();
    pullFrom([1, 2]).subscribe(probe);
    expect(probe.signals).toEqual([['start']]);
    probe.request(1);
    probe.request(5);
    expect(probe.signals).toEqual([
      ['start'],
      ['request', 1],
      ['next', 1],
      ['request', 5],
      ['next', 2],
      ['complete'],
    ]);
    expect([probe.values, probe.ending, probe.received]).toEqual([[1, 2], { kind: 'complete' }, [1, 2, '|']]);
  });

  it('tells values that nobody asked for: they have arrived, and wait', () => {
    const probe = new DemandProbe<number>();
    of(1, 2, 3).subscribe(probe);
    probe.request(1);
    expect([probe.values, probe.arrived, probe.buffered]).toEqual([[1], 3, 2]);
  });

  it('writes down an unsubscribe of its own, not what follows an ending', () => {
    const left = new DemandProbe<number>();
    pullFrom([1]).subscribe(left);
    left.unsubscribe();
    left.unsubscribe();
    const failed = new DemandProbe<number>();
    pullFrom([1])
      .pipe(map(() => JSON.parse('{')))
      .subscribe(failed);
    failed.request(1);
    expect(left.signals).toEqual([['start'], ['unsubscribe']]);
    expect(failed.signals).toEqual([['start'], ['request', 1], ['error', expect.any(SyntaxError)]]);
    expect(failed.ending).toEqual({ kind: 'error', error: expect.any(SyntaxError) });
  });

  it('calls back after it has written down', () => {
    const probe: DemandProbe<number> = new DemandProbe<number>({
      start: (demand) => demand.request(1),
      next: (_, demand) => (probe.values.length < 3 ? demand.request(1) : demand.unsubscribe()),
    });
    pullFrom(Array(10).keys()).subscribe(probe);
    expect(probe.received).toEqual([0, 1, 2]);
    expect(probe.signals.at(-1)).toEqual(['unsubscribe']);
  });
});

describe('ControllableSource', () => {
  it('writes down requests and releases, connection by connection', () => {
    const source$ = new ControllableSource<number>();
    expect(() => source$.connection).toThrow(/nobody has subscribed/);
    const [one, other] = [new DemandProbe<number>(), new DemandProbe<number>()];
    for (const probe of [one, other]) {
      source$.subscribe(probe);
      probe.request(2);
    }
    other.request(1);
    source$.connections[0]?.next(1);
    other.unsubscribe();
    expect(source$.requests).toEqual([2, 2, 1]);
    expect(
      source$.connections.map(({ requested, emitted, released }) => [requested, emitted, released]),
    ).toEqual([
      [2, 1, 0],
      [3, 0, 1],
    ]);
    expect([one.values, other.values, source$.released]).toEqual([[1], [], 1]);
  });

  it('answers from inside a request where it is told to', () => {
    const prompt$ = new ControllableSource<number>({
      request: (n, connection) => {
        for (let i = 0; i < n; i++) connection.next(i);
      },
    });
    const probe = new DemandProbe<number>();
    prompt$.subscribe(probe);
    probe.request(3);
    expect(probe.values).toEqual([0, 1, 2]);
  });

  it('breaks rules on purpose; as an Observable it stands behind what the library guards', () => {
    const source$ = new ControllableSource<number>();
    const probe = new DemandProbe<number>();
    source$.subscribe(probe);
    probe.request(1);
    source$.next(1);
    source$.next(2);
    source$.complete();
    source$.complete();
    source$.error('late');
    source$.next(3);
    expect([probe.received, probe.arrived, probe.buffered]).toEqual([[1], 2, 1]);
    probe.request(1);
    expect(probe.received).toEqual([1, 2, '|']);
    expect(source$.released).toBe(1);
  });

  it('breaks rules on purpose; as a publisher nothing stands between', () => {
    const source$ = new ControllableSource<number>();
    const log: unknown[] = [];
    source$.publisher.subscribe({
      onSubscribe: (subscription) => subscription.cancel(),
      onNext: (value) => log.push(value),
      onError: (error) => log.push({ error }),
      onComplete: () => log.push('|'),
    });
    source$.next(1);
    source$.complete();
    source$.error('late');
    source$.complete();
    expect(log).toEqual([1, '|', { error: 'late' }, '|']);
    expect(source$.released).toBe(1);
  });
});
