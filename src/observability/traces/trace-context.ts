/** Where a span is in its trace, as https://www.w3.org/TR/trace-context/ has it. */
export interface TraceContext {
  /** 32 hexadecimal digits, in lower case. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
  readonly isSampled: boolean
  /** What others added for themselves; empty where nobody did. */
  readonly state: string
}

// Later versions may add fields behind these; version ff is none.
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Of a list that several headers may make; a longer one is not passed on. */
const LONGEST_STATE = 512
const SAMPLED = 1

type Header = string | readonly string[] | undefined

/** The caller's context; undefined where it has none, or one that nobody can read. */
export function readTraceContext(traceparent: Header, tracestate: Header): TraceContext | undefined {
  if (typeof traceparent !== 'string') return undefined
  const [, version, traceId, spanId, flags, rest] = TRACEPARENT.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (version === '00' && rest !== undefined) return undefined
  const state = typeof tracestate === 'string' ? tracestate : (tracestate?.join(',') ?? '')
  return {
    traceId,
    spanId,
    isSampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0,
    state: state.length <= LONGEST_STATE && /^[ -~]*$/.test(state) ? state : '',
  }
}

/** The headers that pass a context on. */
export function traceHeaders({
  traceId,
  spanId,
  isSampled,
  state,
}: TraceContext): Readonly<Record<string, string>> {
  const traceparent = `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
  return state === '' ? { traceparent } : { traceparent, tracestate: state }
}
