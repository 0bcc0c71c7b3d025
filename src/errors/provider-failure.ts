import type { ErrorCode } from './error-codes.ts'
import { type ErrorDetail, StrataError } from './strata-error.ts'

/**
 * How a call of a provider ended. `refused`: the provider found fault with the request (4xx); `unauthorized`: with our
 * key or model (401, 403, 404); `malformed`: an answer that its protocol does not know; `truncated`: one without an end.
 */
export type FailureOutcome =
  | 'rate-limited'
  | 'server-error'
  | 'timeout'
  | 'unreachable'
  | 'malformed'
  | 'truncated'
  | 'refused'
  | 'unauthorized'

const CODES: Readonly<Record<FailureOutcome, ErrorCode>> = {
  'rate-limited': 'provider_rate_limited',
  'server-error': 'provider_failed',
  timeout: 'provider_timeout',
  unreachable: 'provider_unreachable',
  malformed: 'provider_malformed',
  truncated: 'provider_truncated',
  refused: 'provider_refused',
  unauthorized: 'provider_unauthorized',
}

interface ProviderFailureOptions {
  readonly cause?: unknown
  /** The message without the provider's own words, which may repeat what the caller asked. */
  readonly logMessage?: string
  readonly details?: readonly ErrorDetail[]
  /** HTTP status of the provider. */
  readonly providerStatus?: number
  /** How long the provider asks to be left alone. */
  readonly retryAfterMs?: number
  /** What the provider said, in the protocol of the call: JSON text without secrets. */
  readonly body?: string
  /** Whether the provider's own event tells the caller, who needs no other. */
  readonly isTold?: boolean
}

/** A call of a provider that brought no answer. */
export class ProviderFailure extends StrataError {
  readonly outcome: FailureOutcome
  readonly providerStatus: number | undefined
  readonly retryAfterMs: number | undefined
  readonly body: string | undefined
  readonly isTold: boolean

  constructor(outcome: FailureOutcome, message: string, options: ProviderFailureOptions = {}) {
    super(CODES[outcome], message, {
      cause: options.cause,
      details: options.details ?? [],
      ...(options.logMessage === undefined ? {} : { logMessage: options.logMessage }),
    })
    this.outcome = outcome
    this.providerStatus = options.providerStatus
    this.retryAfterMs = options.retryAfterMs
    this.body = options.body
    this.isTold = options.isTold ?? false
  }

  /** That of the provider where it found fault with the request, so that clients know what fault. */
  override get status(): number {
    const { outcome, providerStatus = 0 } = this
    return outcome === 'refused' && providerStatus >= 400 && providerStatus < 500
      ? providerStatus
      : super.status
  }
}
