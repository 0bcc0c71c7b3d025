import type { TokenUsage } from '../contracts/index.ts'
import type { AttemptOutcome } from '../execution/attempt-log.ts'
import type { Execution } from './runtime.ts'

/** One call of a provider within an execution, or why it was not made. */
export interface ReportedAttempt {
  readonly provider: string
  /** By its name here. */
  readonly model: string
  readonly outcome: AttemptOutcome
  /** HTTP status of the provider; null where no answer came. */
  readonly status: number | null
  /** After the start of the execution. */
  readonly startedMs: number
  readonly durationMs: number
  /** Until the answer, or its first event; null where none came. */
  readonly firstByteMs: number | null
  /** Of the attempt that answered; null where the provider does not say. */
  readonly usage: TokenUsage | null
  /** Null where it is not known: no price, or no word of what was used. */
  readonly costUsd: number | null
  /** What went wrong; null where nothing did. */
  readonly message: string | null
}

/** What an execution came to. */
export interface ExecutionReport {
  readonly attempts: readonly ReportedAttempt[]
  readonly usage: TokenUsage | null
  /** Null where it is not known; never 0 for want of a price. */
  readonly costUsd: number | null
  /** Whether tokens were used whose price is not known. */
  readonly unpriced: boolean
}

/** As far as it is known; complete once the answer is. */
export function reportOf(execution: Execution): ExecutionReport {
  const { isCoalesced } = execution
  const cost = execution.cost()
  const usage = execution.usage() ?? null
  // Who joins another's call pays nothing for it.
  const costUsd = isCoalesced ? 0 : (cost?.costUsd ?? null)
  const last = execution.attempts.length - 1
  return {
    usage,
    costUsd,
    unpriced: cost?.unpriced === true,
    attempts: execution.attempts.map((attempt, index) => ({
      provider: attempt.target.provider.name,
      model: attempt.target.of,
      outcome: attempt.outcome,
      status: attempt.status ?? null,
      startedMs: rounded(attempt.startedMs),
      durationMs: rounded(attempt.durationMs),
      firstByteMs: attempt.firstByteMs === undefined ? null : rounded(attempt.firstByteMs),
      usage: index === last ? usage : null,
      costUsd: index === last ? (cost?.costUsd ?? null) : null,
      message: attempt.message ?? null,
    })),
  }
}

/** To a microsecond. */
export const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000
