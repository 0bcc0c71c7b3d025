import type { Attributes, SpanEnd } from '../../contracts/index.ts'
import type { TraceContext } from './trace-context.ts'

/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
const KINDS: Readonly<Record<SpanEnd['kind'], number>> = { server: 2, client: 3 }
const STATUS_ERROR = 2

/** A span with all there is to say of it. */
interface FinishedSpan extends SpanEnd {
  readonly context: TraceContext
  readonly parentSpanId: string | undefined
  /** Milliseconds since the epoch, with fractions. */
  readonly startMs: number
  readonly endMs: number
}

/** The span as JSON text, as OTLP/HTTP has it: identifiers in hexadecimal, 64-bit numbers as text. */
export function otlpSpan(span: FinishedSpan): string {
  const { context, parentSpanId, name, kind, startMs, endMs, attributes, isError } = span
  return JSON.stringify({
    traceId: context.traceId,
    spanId: context.spanId,
    ...(context.state === '' ? {} : { traceState: context.state }),
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: otlpAttributes(attributes),
    ...(isError ? { status: { code: STATUS_ERROR } } : {}),
  })
}

/** What comes before the spans of a batch, and after them, as JSON text. */
export function otlpFrame(resource: Attributes, version: string): readonly [before: string, after: string] {
  const scope = JSON.stringify({ name: 'stratarouter', version })
  return [
    `{"resourceSpans":[{"resource":{"attributes":${JSON.stringify(otlpAttributes(resource))}},"scopeSpans":[{"scope":${scope},"spans":[`,
    ']}]}]}',
  ]
}

function otlpAttributes(attributes: Attributes): unknown[] {
  const list: unknown[] = []
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) list.push({ key, value: otlpValue(value) })
  }
  return list
}

function otlpValue(value: NonNullable<Attributes[string]>): unknown {
  switch (typeof value) {
    case 'string':
      return { stringValue: value }
    case 'boolean':
      return { boolValue: value }
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
    default:
      return { arrayValue: { values: value.map((item) => ({ stringValue: item })) } }
  }
}

/** Exact to the microsecond: a number does not hold nanoseconds since the epoch. */
function nanoseconds(milliseconds: number): string {
  return `${Math.round(milliseconds * 1000)}000`
}
