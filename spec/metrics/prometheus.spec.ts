import { describe, expect, it } from '@jest/globals';
import { type OpenMetricsContentType, Registry } from 'prom-client';
import { asyncScheduler, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { boundedBuffer, DemandSubscriber, MonitorRegistry, monitor, pullFrom } from '../../src/index.js';
import { prometheusMetrics } from '../../src/metrics/index.js';

function shown(registry: MonitorRegistry) {
  const register = new Registry();
  prometheusMetrics(register, { registry });
  return { register, text: () => register.metrics() };
}

describe('prometheusMetrics', () => {
  it('shows what was counted, by the conventions for names, units and labels', async () => {
    const registry = new MonitorRegistry();
    const hot$ = new Subject<number>();
    const consumer = new DemandSubscriber<number>();
    hot$
      .pipe(monitor('prices', { registry }), boundedBuffer({ capacity: 2, overflow: 'dropOldest' }))
      .subscribe(consumer);
    for (let i = 0; i < 5; i++) hot$.next(i);
    const text = await shown(registry).text();
    for (const line of [
      '# TYPE rxjs_backpressure_delivered_total counter',
      'rxjs_backpressure_delivered_total{monitor="prices"} 5',
      'rxjs_backpressure_requested_total{monitor="prices"} 0',
      'rxjs_backpressure_dropped_total{monitor="prices",reason="overflow"} 3',
      'rxjs_backpressure_waiting{monitor="prices"} 2',
      'rxjs_backpressure_waiting_max{monitor="prices"} 2',
      'rxjs_backpressure_fill_ratio{monitor="prices"} 1',
      'rxjs_backpressure_in_flight{monitor="prices"} 0',
      'rxjs_backpressure_subscriptions{monitor="prices"} 1',
      'rxjs_backpressure_endings_total{monitor="prices",kind="failed"} 0',
      '# TYPE rxjs_backpressure_stalled_seconds_total counter',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    consumer.unsubscribe();
  });

  it('shows no request where demand is unbounded: a counter has no Infinity', async () => {
    const registry = new MonitorRegistry();
    pullFrom([1, 2]).pipe(monitor('rows', { registry })).subscribe();
    const text = await shown(registry).text();
    expect(text).not.toMatch(/requested_total\{/);
    expect(text).toContain('rxjs_backpressure_endings_total{monitor="rows",kind="completed"} 1');
  });

  it('shows latency as a histogram in seconds, each bucket with those below it', async () => {
    const registry = new MonitorRegistry();
    new TestScheduler(() => {}).run(({ flush }) => {
      const hot$ = new Subject<number>();
      const consumer = new DemandSubscriber<number>();
      hot$.pipe(monitor('prices', { registry, clock: asyncScheduler })).subscribe(consumer);
      hot$.next(1);
      asyncScheduler.schedule(() => {
        hot$.next(2);
        consumer.request(3);
        hot$.next(3);
      }, 30);
      flush();
    });
    const text = await shown(registry).text();
    expect(text.split('\n').filter((line) => line.includes('latency_seconds'))).toEqual(
      expect.arrayContaining([
        '# TYPE rxjs_backpressure_latency_seconds histogram',
        'rxjs_backpressure_latency_seconds_bucket{monitor="prices",le="0.001"} 2',
        'rxjs_backpressure_latency_seconds_bucket{monitor="prices",le="0.02"} 2',
        'rxjs_backpressure_latency_seconds_bucket{monitor="prices",le="0.05"} 3',
        'rxjs_backpressure_latency_seconds_bucket{monitor="prices",le="+Inf"} 3',
        'rxjs_backpressure_latency_seconds_sum{monitor="prices"} 0.03',
        'rxjs_backpressure_latency_seconds_count{monitor="prices"} 3',
      ]),
    );
  });

  it('has a bounded number of names, whatever names are made up', async () => {
    const registry = new MonitorRegistry({ maxNames: 3 });
    for (let i = 0; i < 50; i++) {
      pullFrom([1])
        .pipe(monitor(`request ${i}`, { registry }))
        .subscribe();
    }
    const text = await shown(registry).text();
    expect(text.match(/delivered_total\{.*/g)).toEqual([
      'delivered_total{monitor="request 0"} 1',
      'delivered_total{monitor="request 1"} 1',
      'delivered_total{monitor="request 2"} 1',
      'delivered_total{monitor="other"} 47',
    ]);
  });

  it('is read also as OpenMetrics and as JSON, and counts on where the register is reset', async () => {
    const registry = new MonitorRegistry();
    pullFrom([1, 2]).pipe(monitor('rows', { registry })).subscribe();
    const register = new Registry<OpenMetricsContentType>();
    register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    prometheusMetrics(register, { registry });
    register.resetMetrics();
    expect(await register.metrics()).toContain('rxjs_backpressure_delivered_total{monitor="rows"} 2\n');
    expect(JSON.stringify(await register.getMetricsAsJSON())).toContain('"value":2');
  });
});
