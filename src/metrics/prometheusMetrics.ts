import { LATENCY_BOUNDS, type MonitorSnapshot } from '../parts/MonitorSnapshot.js';
import { type MonitorRegistry, monitors } from '../primitives/MonitorRegistry.js';
import { type Instrument, instruments } from './instruments.js';

/** Options of {@link prometheusMetrics} and `openTelemetryMetrics`. */
export interface MetricsOptions {
  /** Whose counts to show. Default `monitors`. */
  readonly registry?: MonitorRegistry;
}

/** One metric, in the form that prom-client asks its registered metrics for. */
export interface PrometheusMetric {
  get(): Promise<{
    name: string;
    help: string;
    /** A word, where prom-client declares a number. */
    type: unknown;
    aggregator: string;
    values: { metricName?: string; labels: Partial<Record<string, string | number>>; value: number }[];
  }>;
  reset(): void;
}

/** What is needed of prom-client's `Registry`. */
export interface PrometheusRegistry {
  registerMetric(metric: PrometheusMetric): void;
}

/**
 * Shows what the monitors of a registry have counted as Prometheus metrics, read whenever they are collected: nothing is
 * done between two collections. The label `monitor` is the monitor's name; a `MonitorRegistry` keeps at most `maxNames` of them.
 *
 * @param register a `Registry` of prom-client, such as its `register`
 * @param options `registry`: whose counts to show
 *
 * @example
 * ```ts
 * import { register } from 'prom-client';
 * import { monitor, pullFrom } from 'rxjs-backpressure';
 * import { prometheusMetrics } from 'rxjs-backpressure/metrics';
 *
 * prometheusMetrics(register);
 * pullFrom([1, 2, 3]).pipe(monitor('rows')).subscribe();
 * void register.metrics().then(console.log); // rxjs_backpressure_delivered_total{monitor="rows"} 3 ...
 * ```
 */
export function prometheusMetrics(
  register: PrometheusRegistry,
  { registry = monitors }: MetricsOptions = {},
): void {
  for (const instrument of instruments) {
    register.registerMetric(
      new Metric(nameOf(instrument), instrument.description, instrument.kind, () =>
        registry.snapshot().flatMap((snapshot) =>
          instrument.read(snapshot).map(({ label, value }) => ({
            labels: {
              monitor: snapshot.name,
              ...(instrument.label !== undefined && label !== undefined && { [instrument.label]: label }),
            },
            value,
          })),
        ),
      ),
    );
  }
  register.registerMetric(
    new Metric(LATENCY, 'How long values take from the monitor to the consumer below', 'histogram', () =>
      registry.snapshot().flatMap(buckets),
    ),
  );
}

type Value = Awaited<ReturnType<PrometheusMetric['get']>>['values'][number];

const PREFIX = 'rxjs_backpressure_';
const LATENCY = `${PREFIX}latency_seconds`;

/** The base unit and, of a counter, `_total` end a name in Prometheus. */
function nameOf({ name, unit, kind }: Instrument): string {
  const words = name.replace('.time', '').replaceAll('.', '_');
  const suffix = unit === 's' ? '_seconds' : unit === '1' ? '_ratio' : '';
  return `${PREFIX}${words}${suffix}${kind === 'counter' ? '_total' : ''}`;
}

function buckets({ name, latency }: MonitorSnapshot): Value[] {
  let count = 0;
  const below = [...LATENCY_BOUNDS, Infinity].map((bound, i) => {
    count += latency.counts[i] ?? 0;
    const le = bound === Infinity ? '+Inf' : bound / 1000;
    return { metricName: `${LATENCY}_bucket`, labels: { monitor: name, le }, value: count };
  });
  const sum = latency.sums.reduce((total, one) => total + one, 0) / 1000;
  const labels = { monitor: name };
  return [
    ...below,
    { metricName: `${LATENCY}_sum`, labels, value: sum },
    { metricName: `${LATENCY}_count`, labels, value: count },
  ];
}

/** prom-client's own classes count by themselves; this one asks when it is asked. */
class Metric implements PrometheusMetric {
  constructor(
    /** Changed by prom-client where it writes OpenMetrics. */
    readonly name: string,
    readonly help: string,
    readonly type: string,
    private readonly read: () => Value[],
  ) {}

  async get() {
    const { name, help, type } = this;
    return { name, help, type, aggregator: 'sum', values: this.read() };
  }

  /** The registry counts on: a monitor's counts belong to no one who shows them. */
  reset(): void {}
}
