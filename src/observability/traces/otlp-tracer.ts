import type { Clock, Span, SpanEnd, Tracer } from '../../contracts/index.ts'
import { otlpSpan } from './otlp-span.ts'
import { readTraceContext, type TraceContext, traceHeaders } from './trace-context.ts'

interface OtlpTracerOptions {
  /** Share of the traces that begin here which are recorded, 0 to 1; one that a caller began is recorded where the caller does. */
  readonly sampleRatio: number
  readonly clock: Clock
  /** So many random bytes, in hexadecimal. */
  readonly randomHex: (bytes: number) => string
  /** Takes a span that has ended, as JSON text of OTLP. */
  readonly finished: (span: string) => void
}

/** Identifiers below this many of a 32-bit number's values are sampled: the trace's own chance, the same for all its spans. */
const SPACE = 2 ** 32

export class OtlpTracer implements Tracer {
  readonly #options: OtlpTracerOptions

  constructor(options: OtlpTracerOptions) {
    this.#options = options
  }

  start(headers: Parameters<Tracer['start']>[0]): Span {
    const { randomHex, sampleRatio } = this.#options
    const caller = readTraceContext(headers.traceparent, headers.tracestate)
    if (caller !== undefined) return new OtlpSpan(this.#options, caller, caller.spanId)
    const traceId = randomHex(16)
    const isSampled = Number.parseInt(traceId.slice(-8), 16) < sampleRatio * SPACE
    return new OtlpSpan(this.#options, { traceId, spanId: '', isSampled, state: '' }, undefined)
  }
}

class OtlpSpan implements Span {
  readonly #options: OtlpTracerOptions
  readonly #context: TraceContext
  readonly #parentSpanId: string | undefined
  /** By the clock that only goes forward, so that no span ends before it began. */
  readonly #startMs: number

  /** @param above the context of what it is part of */
  constructor(options: OtlpTracerOptions, above: TraceContext, parentSpanId: string | undefined) {
    this.#options = options
    this.#context = { ...above, spanId: options.randomHex(8) }
    this.#parentSpanId = parentSpanId
    this.#startMs = options.clock.monotonicMs()
  }

  get isSampled(): boolean {
    return this.#context.isSampled
  }

  get headers(): Readonly<Record<string, string>> {
    return traceHeaders(this.#context)
  }

  child(): Span {
    return new OtlpSpan(this.#options, this.#context, this.#context.spanId)
  }

  end(end: SpanEnd): void {
    if (!this.isSampled) return
    const { clock, finished } = this.#options
    const nowMs = clock.monotonicMs()
    const endMs = clock.now()
    finished(
      otlpSpan({
        ...end,
        context: this.#context,
        parentSpanId: this.#parentSpanId,
        startMs: endMs - (nowMs - this.#startMs),
        endMs,
      }),
    )
  }
}
