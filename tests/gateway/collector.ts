import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly traceState?: string
  readonly name: string
  /** 2: server, 3: client. */
  readonly kind: number
  readonly startMs: number
  readonly endMs: number
  readonly isError: boolean
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A collector of OpenTelemetry traces that takes OTLP as JSON and keeps it. */
export interface Collector {
  readonly url: string
  readonly spans: readonly CollectedSpan[]
  /** What was posted, as it came. */
  readonly bodies: readonly string[]
  readonly headers: readonly IncomingHttpHeaders[]
  readonly paths: readonly string[]
  /** Of the last batch. */
  readonly resource: Readonly<Record<string, unknown>>
  close(): Promise<void>
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const bodies: string[] = []
  const headers: IncomingHttpHeaders[] = []
  const paths: string[] = []
  let resource: Readonly<Record<string, unknown>> = {}
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(body)
    headers.push(request.headers)
    paths.push(request.url ?? '')
    for (const { resource: from, scopeSpans } of JSON.parse(body).resourceSpans) {
      resource = attributesOf(from.attributes)
      for (const scope of scopeSpans) spans.push(...scope.spans.map(readSpan))
    }
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    headers,
    paths,
    get resource() {
      return resource
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface WireAttribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

function attributesOf(list: readonly WireAttribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(list.map(({ key, value }) => [key, plainValue(value)]))
}

function plainValue(value: WireAttribute['value']): unknown {
  const [[kind, inner] = []] = Object.entries(value)
  if (kind === 'intValue') return Number(inner)
  if (kind === 'arrayValue') return (inner as { values: WireAttribute['value'][] }).values.map(plainValue)
  return inner
}

// biome-ignore lint/suspicious/noExplicitAny: read whatever came
function readSpan({ startTimeUnixNano, endTimeUnixNano, attributes, status, ...span }: any): CollectedSpan {
  return {
    ...span,
    startMs: Number(BigInt(startTimeUnixNano) / 1000n) / 1000,
    endMs: Number(BigInt(endTimeUnixNano) / 1000n) / 1000,
    isError: status?.code === 2,
    attributes: attributesOf(attributes),
  }
}
