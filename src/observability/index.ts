export { createLogger, type Logger } from './logger.ts'
export { Metrics, type Operation } from './metrics.ts'
export { acceptableRequestId, createIdSource } from './request-id.ts'
