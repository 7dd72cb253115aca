import { describe, expect, it } from '@jest/globals';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { asyncScheduler, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandSubscriber, MonitorRegistry, monitor } from '../../src/index.js';
import { openTelemetryMetrics } from '../../src/metrics/index.js';

class Reader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

describe('openTelemetryMetrics', () => {
  it('shows what was counted, by the conventions for names, units and attributes', async () => {
    const registry = new MonitorRegistry();
    const reader = new Reader();
    openTelemetryMetrics(new MeterProvider({ readers: [reader] }).getMeter('spec'), { registry });
    const all = async () => {
      const { resourceMetrics, errors } = await reader.collect();
      expect(errors).toEqual([]);
      return new Map(
        resourceMetrics.scopeMetrics
          .flatMap(({ metrics }) => metrics)
          .map(({ descriptor, dataPoints }) => [
            descriptor.name,
            { unit: descriptor.unit, points: dataPoints },
          ]),
      );
    };
    const hot$ = new Subject<number>();
    const consumer = new DemandSubscriber<number>();
    new TestScheduler(() => {}).run(({ flush }) => {
      hot$.pipe(monitor('prices', { registry, clock: asyncScheduler })).subscribe(consumer);
      hot$.next(1);
      asyncScheduler.schedule(() => {
        hot$.next(2);
        consumer.request(2);
      }, 30);
      flush();
    });
    const attributes = { 'rxjs.backpressure.monitor': 'prices' };
    const first = await all();
    expect(first.get('rxjs.backpressure.delivered')).toMatchObject({
      unit: '{value}',
      points: [{ attributes, value: 2 }],
    });
    expect(first.get('rxjs.backpressure.stalled.time')).toMatchObject({
      unit: 's',
      points: [{ value: 0.03 }],
    });
    expect(first.get('rxjs.backpressure.dropped')?.points.map((point) => point.attributes)).toContainEqual({
      ...attributes,
      'rxjs.backpressure.reason': 'overflow',
    });
    const latency = (count: number) => ({
      unit: 's',
      points: [
        {
          attributes,
          value: { count, sum: 0.03, buckets: { boundaries: expect.arrayContaining([0.02, 0.05]) } },
        },
      ],
    });
    expect(
      first.get('rxjs.backpressure.latency') ?? (await all()).get('rxjs.backpressure.latency'),
    ).toMatchObject(latency(2));
    consumer.request(1);
    hot$.next(3);
    await all();
    expect((await all()).get('rxjs.backpressure.latency')).toMatchObject(latency(3));
    consumer.unsubscribe();
  });

  it('records a bounded number of latencies at a collection, and the rare ones among them', async () => {
    const registry = new MonitorRegistry();
    const reader = new Reader();
    openTelemetryMetrics(new MeterProvider({ readers: [reader] }).getMeter('spec'), { registry });
    let now = 0;
    const hot$ = new Subject<number>();
    const consumer = new DemandSubscriber<number>();
    hot$.pipe(monitor('prices', { registry, clock: { now: () => now } })).subscribe(consumer);
    hot$.next(0);
    now = 30;
    consumer.request(Infinity);
    for (let i = 0; i < 100_000; i++) hot$.next(i);
    await reader.collect();
    const { resourceMetrics } = await reader.collect();
    const points = resourceMetrics.scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .find(({ descriptor }) => descriptor.name === 'rxjs.backpressure.latency')?.dataPoints;
    expect(points).toMatchObject([{ value: { count: 10_001, sum: 0.03 } }]);
    consumer.unsubscribe();
  });
});
