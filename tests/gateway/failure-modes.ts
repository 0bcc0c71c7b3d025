import type { MockFault } from '../../src/testing/index.ts'

/** What a caller sees of a fault, and how often the provider was asked. */
export type Seen =
  /** An error instead of an answer. */
  | {
      readonly status: number
      readonly code: string
      /** Of the header `retry-after`. */
      readonly retryAfterSeconds?: number
      /** Whether the body is the provider's own. */
      readonly isProviderBody?: true
      readonly calls: number
      /** Whether a fallback answers instead. */
      readonly isWorthFallback: boolean
    }
  /** An answer that had begun: an error event, without the protocol's end. */
  | { readonly brokenOff: string; readonly calls: number }

export interface FailureMode {
  /** As the guide names it. */
  readonly fault: string
  /** `refused`: nobody listens at the address. */
  readonly whole: { readonly mock: MockFault | 'refused'; readonly seen: Seen }
  readonly streamed: { readonly mock: MockFault | 'refused'; readonly seen: Seen }
  /** Of the provider in the test, in milliseconds. */
  readonly timeouts?: Readonly<Record<string, number>>
}

/** Retries of every call in the test and in the table; waits that providers name are longer than `retryMaxMs`. */
export const RETRIES = 2

const ALL = RETRIES + 1

const failed = (status: number, code: string, calls: number, retryAfterSeconds?: number): Seen => ({
  status,
  code,
  calls,
  isWorthFallback: true,
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
})

const refused = (status: number): Seen => ({
  status,
  code: 'provider_refused',
  calls: 1,
  isWorthFallback: false,
  isProviderBody: true,
})

const brokenOff = (code: string): Seen => ({ brokenOff: code, calls: 1 })

/** The same whether the answer would have been streamed. */
const either = (
  fault: string,
  mock: MockFault | 'refused',
  seen: Seen,
  timeouts?: Readonly<Record<string, number>>,
): FailureMode => ({
  fault,
  whole: { mock, seen },
  streamed: { mock, seen },
  ...(timeouts === undefined ? {} : { timeouts }),
})

/** Short, since tests wait for them to be over. */
const SHORT_MS = 60

/** Every fault of a provider that is tested, and what callers see. The guide's table is written from it. */
export const FAILURE_MODES: readonly FailureMode[] = [
  either('429', '429', failed(429, 'provider_rate_limited', ALL)),
  either('429 with a wait within `retryMaxMs`', '429:5ms', failed(429, 'provider_rate_limited', ALL, 1)),
  either('429 with a longer wait, as `Retry-After: 2`', '429:2s', failed(429, 'provider_rate_limited', 1, 2)),
  either(
    '429 with a longer wait, as a date in 30 seconds',
    '429:date=30s',
    failed(429, 'provider_rate_limited', 1, 30),
  ),
  either(
    '429 with a longer wait, as `retry-after-ms: 2500`',
    '429:2500ms',
    failed(429, 'provider_rate_limited', 1, 3),
  ),
  either('500', '500', failed(502, 'provider_failed', ALL)),
  either('503', '503', failed(502, 'provider_failed', ALL)),
  either('503 with a longer wait, as `Retry-After: 2`', '503:2s', failed(502, 'provider_failed', 1, 2)),
  either('529', '529', failed(502, 'provider_failed', ALL)),
  either('a redirect', '302', failed(502, 'provider_malformed', ALL)),
  either('400', '400', refused(400)),
  either('400, longer than the model reads', '400:context', refused(400)),
  either('413', '413', refused(413)),
  either('422', '422', refused(422)),
  either('401', '401', failed(502, 'provider_unauthorized', 1)),
  either('403', '403', failed(502, 'provider_unauthorized', 1)),
  either('404', '404', failed(502, 'provider_unauthorized', 1)),
  either('402', '402', failed(502, 'provider_unauthorized', 1)),
  either('no connection', 'refused', failed(502, 'provider_unreachable', ALL)),
  either('connection reset before the answer', 'reset', failed(502, 'provider_unreachable', ALL)),
  either('nothing comes', 'hang', failed(504, 'provider_timeout', ALL), { firstByteMs: SHORT_MS }),
  either('nothing comes after the head', 'hang:0', failed(504, 'provider_timeout', ALL), {
    firstByteMs: SHORT_MS,
  }),
  either('slower than allowed from the beginning', 'drip:20', failed(504, 'provider_timeout', ALL), {
    firstByteMs: SHORT_MS,
  }),
  {
    fault: 'a pause in the answer that is longer than allowed',
    whole: { mock: 'hang:20', seen: failed(504, 'provider_timeout', ALL) },
    streamed: { mock: 'hang:2', seen: brokenOff('provider_timeout') },
    timeouts: { firstByteMs: 250, betweenEventsMs: SHORT_MS },
  },
  {
    fault: 'an answer that takes longer in all than allowed',
    whole: { mock: 'drip:20', seen: failed(504, 'provider_timeout', ALL) },
    streamed: { mock: 'pace:100', seen: brokenOff('provider_timeout') },
    timeouts: { totalMs: 250 },
  },
  {
    fault: 'connection reset in the answer',
    whole: { mock: 'reset:20', seen: failed(502, 'provider_truncated', ALL) },
    streamed: { mock: 'reset:2', seen: brokenOff('provider_truncated') },
  },
  {
    fault: 'connection closed in the answer',
    whole: { mock: 'truncate:20', seen: failed(502, 'provider_truncated', ALL) },
    streamed: { mock: 'truncate:2', seen: brokenOff('provider_truncated') },
  },
  {
    fault: 'an answer that ends too early',
    whole: { mock: 'short:20', seen: failed(502, 'provider_malformed', ALL) },
    streamed: { mock: 'short:2', seen: brokenOff('provider_truncated') },
  },
  {
    fault: 'an answer that ends before it begins',
    whole: { mock: 'short:0', seen: failed(502, 'provider_malformed', ALL) },
    streamed: { mock: 'short:0', seen: failed(502, 'provider_truncated', ALL) },
  },
  either('no JSON from the beginning', 'malformed:0', failed(502, 'provider_malformed', ALL)),
  {
    fault: 'no JSON later on',
    whole: { mock: 'malformed:20', seen: failed(502, 'provider_malformed', ALL) },
    streamed: { mock: 'malformed:2', seen: brokenOff('provider_malformed') },
  },
  either(
    'status 200, and an error instead of an answer',
    'error-event:0',
    failed(502, 'provider_failed', ALL),
  ),
  {
    fault: 'an error in the answer',
    whole: { mock: 'error-event', seen: failed(502, 'provider_failed', ALL) },
    streamed: { mock: 'error-event:2', seen: brokenOff('provider_failed') },
  },
  either('status 200 and a web page', 'wrong-type', failed(502, 'provider_malformed', ALL)),
]
