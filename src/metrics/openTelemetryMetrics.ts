import { LATENCY_BOUNDS, type MonitorSnapshot } from '../parts/MonitorSnapshot.js';
import { monitors } from '../primitives/MonitorRegistry.js';
import { instruments } from './instruments.js';
import type { MetricsOptions } from './prometheusMetrics.js';

type Attributes = Record<string, string>;

interface InstrumentOptions {
  description: string;
  unit: string;
  advice?: { explicitBucketBoundaries?: number[] };
}

interface Observable {
  addCallback(callback: (result: { observe(value: number, attributes?: Attributes): void }) => void): void;
}

/** What is needed of OpenTelemetry's `Meter`. */
export interface OpenTelemetryMeter {
  createObservableCounter(name: string, options: InstrumentOptions): Observable;
  createObservableUpDownCounter(name: string, options: InstrumentOptions): Observable;
  createObservableGauge(name: string, options: InstrumentOptions): Observable;
  createHistogram(
    name: string,
    options: InstrumentOptions,
  ): { record(value: number, attributes?: Attributes): void };
}

/**
 * Shows what the monitors of a registry have counted as OpenTelemetry metrics, read whenever they are collected. The attribute
 * `rxjs.backpressure.monitor` is the monitor's name; a `MonitorRegistry` keeps at most `maxNames` of them.
 *
 * OpenTelemetry's API takes a histogram only value by value: at each collection those that came since the last one are recorded,
 * each with the mean of its bucket. Buckets and sum are exact up to 10,000 values a monitor and collection; of more, an even share of
 * each bucket is recorded.
 *
 * @param meter a `Meter` of `@opentelemetry/api`
 * @param options `registry`: whose counts to show
 *
 * @example
 * ```ts
 * import { metrics } from '@opentelemetry/api';
 * import { monitor, pullFrom } from 'rxjs-backpressure';
 * import { openTelemetryMetrics } from 'rxjs-backpressure/metrics';
 *
 * openTelemetryMetrics(metrics.getMeter('my-service'));
 * pullFrom([1, 2, 3]).pipe(monitor('rows')).subscribe();
 * ```
 */
export function openTelemetryMetrics(
  meter: OpenTelemetryMeter,
  { registry = monitors }: MetricsOptions = {},
): void {
  for (const { name, description, unit, kind, label: key, read } of instruments) {
    const options = { description, unit };
    const fullName = `${PREFIX}${name}`;
    const observable =
      kind === 'counter'
        ? meter.createObservableCounter(fullName, options)
        : ADDS_UP.includes(name)
          ? meter.createObservableUpDownCounter(fullName, options)
          : meter.createObservableGauge(fullName, options);
    observable.addCallback((result) => {
      for (const snapshot of registry.snapshot()) {
        for (const { label, value } of read(snapshot)) {
          result.observe(value, {
            [MONITOR]: snapshot.name,
            ...(key !== undefined && label !== undefined && { [`${PREFIX}${key}`]: label }),
          });
        }
      }
    });
  }
  recordLatency(meter, registry);
}

const PREFIX = 'rxjs.backpressure.';
const MONITOR = `${PREFIX}monitor`;
/** Whose values of several processes may be summed; of the others that says nothing. */
const ADDS_UP = ['subscriptions', 'waiting', 'in_flight'];
/** So many values of a monitor are recorded at a collection, and one of each bucket: a million would stop the process for seconds. */
const MOST_RECORDS = 10_000;

function recordLatency(meter: OpenTelemetryMeter, registry: { snapshot(): MonitorSnapshot[] }): void {
  const histogram = meter.createHistogram(`${PREFIX}latency`, {
    description: 'How long values take from the monitor to the consumer below',
    unit: 's',
    advice: { explicitBucketBoundaries: LATENCY_BOUNDS.map((bound) => bound / 1000) },
  });
  const seen = new Map<string, MonitorSnapshot>();
  const record = () => {
    for (const snapshot of registry.snapshot()) {
      const before = seen.get(snapshot.name)?.latency;
      seen.set(snapshot.name, snapshot);
      const { counts, sums } = snapshot.latency;
      const fresh = counts.map((count, i) => count - (before?.counts[i] ?? 0));
      const share = Math.min(1, MOST_RECORDS / fresh.reduce((sum, count) => sum + count, 0));
      fresh.forEach((count, i) => {
        const mean = ((sums[i] ?? 0) - (before?.sums[i] ?? 0)) / count / 1000;
        // Rounded up, as the rare ones are those that are looked for.
        for (let left = Math.ceil(count * share); left > 0; left--) {
          histogram.record(mean, { [MONITOR]: snapshot.name });
        }
      });
    }
  };
  // Something that is asked at each collection, and before its values are taken.
  meter
    .createObservableUpDownCounter(`${PREFIX}monitors`, {
      description: 'Names of monitors',
      unit: '{monitor}',
    })
    .addCallback((result) => {
      record();
      result.observe(registry.snapshot().length);
    });
}
