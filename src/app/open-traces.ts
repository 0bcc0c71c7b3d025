import type { Config } from '../config/index.ts'
import type { Clock } from '../contracts/index.ts'
import type { Logger, QueueFigures } from '../observability/index.ts'
import { type OtlpTraces, openOtlpTracer } from '../observability/traces/open-otlp-tracer.ts'
import { openUndiciTransport } from '../providers/undici/undici-transport.ts'
import { afterDelay } from './after-delay.ts'
import { packageVersion } from './package-root.ts'

interface OpenTracesOptions {
  readonly settings: Config['telemetry']['traces']
  readonly queues: QueueFigures
  readonly clock: Clock
  readonly logger: Logger
}

/** Traces as they are configured; loaded only where they are. */
export async function openTraces(
  endpoint: string,
  { settings, queues, clock, logger }: OpenTracesOptions,
): Promise<OtlpTraces> {
  const { headers = {}, sampleRatio, serviceName } = settings
  const traces = openOtlpTracer({
    endpoint,
    headers,
    sampleRatio,
    serviceName,
    version: packageVersion,
    transport: await openUndiciTransport({ connections: 1 }),
    clock,
    timer: afterDelay,
    onFailure(problem) {
      logger.warn({ problem }, 'traces cannot be delivered; what finds no room is dropped')
    },
    onDropped(spans) {
      dropped.count += spans
    },
  })
  const dropped = queues.follow('spans', traces.waitingBytes)
  return traces
}
