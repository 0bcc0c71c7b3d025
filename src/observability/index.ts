export { Counter } from './counter.ts'
export { DriftMonitor, type DriftStatus } from './drift-monitor.ts'
export { Gauge } from './gauge.ts'
export { Histogram } from './histogram.ts'
export { createLogger, type Logger } from './logger.ts'
export {
  joinLabels,
  label,
  type MetricFamily,
  mergeFamilies,
  renderFamilies,
  withoutGauges,
} from './metric-family.ts'
export { type MetricSource, Metrics, type Operation } from './metrics.ts'
export { ProcessRecorder } from './process-figures.ts'
export { QueueFigures } from './queue-figures.ts'
export { acceptableRequestId, createIdSource } from './request-id.ts'
