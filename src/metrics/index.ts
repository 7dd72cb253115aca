export {
  type DemandExplained,
  type DemandOrigin,
  type DemandStretch,
  explainDemand,
} from './explainDemand.js';
export { onPressure, type PressureEvent, type PressureKind, type PressureOptions } from './onPressure.js';
export { type OpenTelemetryMeter, openTelemetryMetrics } from './openTelemetryMetrics.js';
export {
  type MetricsOptions,
  type PrometheusMetric,
  type PrometheusRegistry,
  prometheusMetrics,
} from './prometheusMetrics.js';
