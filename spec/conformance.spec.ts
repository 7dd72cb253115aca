import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { pullFrom, toPublisher } from 'rxjs-backpressure';
import { DemandProbe, verifyPublisher, verifySource, verifySubscriber, verifyOperator, verifySink } from 'rxjs-backpressure/testing';
import { prefetch, tapDemand, bufferWithCount, dropLatest, forEachWithDemand } from 'rxjs-backpressure';
import { map } from 'rxjs';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('x', () => {
  it('array', async () => {
    console.log(await verifySource((count) => pullFrom(range(count)), { collect }));
  });
  it('iterable', async () => {
    console.log(await verifySource((count) => pullFrom(new Set(range(count))), { collect }));
  });
  it('publisher', async () => {
    console.log(await verifyPublisher((count) => toPublisher(pullFrom(range(count))), { collect }));
  });
  it('subscriber', async () => {
    console.log(await verifySubscriber((publisher) => {
      const probe = new DemandProbe<number>();
      pullFrom(publisher).subscribe(probe);
      return probe;
    }));
  });
  it('time', async () => {
    const { PUBLISHER_LAWS } = await import('../src/testing/laws/publisherLaws.js');
    const { publisherOf } = await import('../src/testing/laws/publisherOf.js');
    const { fewTurns } = await import('../src/testing/laws/settle.js');
    const times: unknown[] = [];
    for (const law of PUBLISHER_LAWS) {
      const t = performance.now();
      try { await law.holds({ create: (n) => publisherOf<unknown>(pullFrom(range(n))), settle: fewTurns, collect }); } catch {}
      times.push([law.rule, Math.round(performance.now() - t)]);
    }
    console.log(times.join(' '));
  });
  it.each([prefetch(4), tapDemand(), dropLatest(), map((n: number) => n)])('op', async (op) => {
    console.log(await verifyOperator(() => op as never, {collect}));
  });
  it('buf', async () => {
    console.log(await verifyOperator(() => bufferWithCount(2) as never, {perOutput: 2, collect}));
  });
  it('sink', async () => {
    console.log(await verifySink((source$) => {
      const taken: number[] = [];
      return { taken, done: forEachWithDemand(source$, (value) => taken.push(value)) };
    }));
  });
});
