/** Of a span; names as the OpenTelemetry conventions have them. */
export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** What a span turned out to be, told at its end. */
export interface SpanEnd {
  readonly name: string
  /** `server`: a request that was answered; `client`: a call that was made. */
  readonly kind: 'server' | 'client'
  /** Those that are undefined are left out. Never prompts, answers or secrets. */
  readonly attributes: Attributes
  /** Whether it failed. */
  readonly isError: boolean
}

/** Some work in a trace, begun when it was made. */
export interface Span {
  /** Whether it is recorded; what is not needs no attributes. */
  readonly isSampled: boolean
  /** Headers by which whoever is called goes on with the trace: `traceparent`, `tracestate`. */
  readonly headers: Readonly<Record<string, string>>
  /** Work that is part of this one. */
  child(): Span
  /** Once. */
  end(end: SpanEnd): void
}

/** Makes traces of requests. */
export interface Tracer {
  /** A request, whose trace goes on with the caller's where its headers (names in lower case) name one. */
  start(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Span
}
