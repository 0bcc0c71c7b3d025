export { Counter } from './counter.ts'
export { createLogger, type Logger } from './logger.ts'
export {
  type MetricFamily,
  mergeFamilies,
  renderFamilies,
  withoutGauges,
} from './metric-family.ts'
export { Metrics, type Operation } from './metrics.ts'
export { ProcessRecorder } from './process-figures.ts'
export { QueueFigures } from './queue-figures.ts'
export { acceptableRequestId, createIdSource } from './request-id.ts'
