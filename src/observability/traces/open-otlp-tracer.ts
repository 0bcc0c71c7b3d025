import { randomFillSync } from 'node:crypto'
import type { Clock, Timer, Tracer, Transport } from '../../contracts/index.ts'
import { otlpFrame } from './otlp-span.ts'
import { OtlpTracer } from './otlp-tracer.ts'
import { SpanExporter } from './span-exporter.ts'

interface OpenOtlpTracerOptions {
  /** Of the collector; `/v1/traces` is added where it is not there. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  readonly sampleRatio: number
  readonly serviceName: string
  /** Of this package. */
  readonly version: string
  readonly transport: Transport
  readonly clock: Clock
  readonly timer: Timer
  /** Told once the collector does not take what is sent, until it did again. */
  readonly onFailure: (problem: string) => void
  /** Told of spans that found no room or were refused. */
  readonly onDropped: (spans: number) => void
}

/** Makes traces and sends them to a collector. */
export interface OtlpTraces {
  readonly tracer: Tracer
  /** Memory of spans that wait, in bytes. */
  readonly waitingBytes: () => number
  /** Sends what waits, for at most two seconds. */
  close(): Promise<void>
}

/** Connects to nobody before there is a span. */
export function openOtlpTracer(options: OpenOtlpTracerOptions): OtlpTraces {
  const { endpoint, headers, sampleRatio, serviceName, version, transport, clock } = options
  const exporter = new SpanExporter({
    url: tracesUrl(endpoint),
    headers,
    frame: otlpFrame(
      {
        'service.name': serviceName,
        'service.version': version,
        'service.instance.id': `${process.pid}-${randomHex(4)}`,
      },
      version,
    ),
    transport,
    timer: options.timer,
    onFailure: options.onFailure,
    onDropped: options.onDropped,
  })
  return {
    tracer: new OtlpTracer({ sampleRatio, clock, randomHex, finished: (span) => exporter.add(span) }),
    waitingBytes: () => exporter.bytes,
    async close() {
      await exporter.close()
      await transport.close()
    },
  }
}

/** Asking for a few bytes at a time takes several times as long. */
const pool = Buffer.alloc(4096)
let taken = pool.length

function randomHex(bytes: number): string {
  if (taken + bytes > pool.length) {
    randomFillSync(pool)
    taken = 0
  }
  taken += bytes
  return pool.toString('hex', taken - bytes, taken)
}

function tracesUrl(endpoint: string): string {
  const url = endpoint.replace(/\/+$/, '')
  return url.endsWith('/v1/traces') ? url : `${url}/v1/traces`
}
