import type { TokenUsage } from './chat.ts'

/** How an attempt ended: with an answer, not at all as nobody wanted it any more, or as a `ProviderFailure` says. */
export type AttemptOutcome =
  | 'ok'
  | 'aborted'
  | 'rate-limited'
  | 'server-error'
  | 'timeout'
  | 'unreachable'
  | 'malformed'
  | 'truncated'
  | 'refused'
  | 'unauthorized'
  | 'breaker-open'
  | 'no-capacity'

/** One call of one provider within an execution, or why it was not made. */
export interface Attempt {
  readonly provider: string
  /** By its name here. */
  readonly model: string
  readonly outcome: AttemptOutcome
  /** HTTP status of the provider; absent where it gave none. */
  readonly status?: number
  /** From the beginning of the execution. */
  readonly startedMs: number
  readonly durationMs: number
  readonly usage?: TokenUsage
  /** Null: tokens were used whose price is not known. Absent: none were used. */
  readonly costUsd?: number | null
  /** What went wrong, in a sentence. */
  readonly message?: string
}
