import type { Clock } from '../contracts/index.ts'
import { type ErrorDetail, isStrataError, ProviderFailure, StrataError } from '../errors/index.ts'
import type { Attempt, TargetedRequest } from './attempt-log.ts'
import type { Layer } from './layer.ts'

/** A request with further targets. */
export interface FailoverRequest<Target> extends TargetedRequest<Target> {
  /** Tried one after another once `target` has failed. */
  readonly fallbacks: readonly Target[]
}

/** How failures are told. */
export interface FailoverOptions<Target> {
  /** Of a target, for messages, such as `openai/gpt-5-mini`. */
  readonly nameOf: (target: Target) => string
  /** Whether another target may do better; `mayBeMendedElsewhere` if absent. */
  readonly isWorthAnother?: (error: unknown) => boolean
  readonly clock: Clock
}

/** All failures of providers but a refusal of the request itself, what is full on our side, and what only one protocol can say. */
export function mayBeMendedElsewhere(error: unknown): boolean {
  if (error instanceof ProviderFailure) return error.outcome !== 'refused'
  return isStrataError(error) && (error.code === 'overloaded' || error.code === 'untranslatable')
}

/**
 * Calls one target after another until one answers: with a streamed answer, until the first event is at hand, never after.
 * Without fallbacks, and where no other target would mend it, the failure passes through as it is. Where all have failed:
 * `provider_rate_limited` with the shortest waiting time if all were limited, `provider_timeout` if all took too long, else
 * `all_attempts_failed`, or `untranslatable` if none could be told what was asked; each attempt with its cause in `details`.
 */
export function failover<Request extends FailoverRequest<unknown>, Result>({
  nameOf,
  isWorthAnother = mayBeMendedElsewhere,
  clock,
}: FailoverOptions<Request['target']>): Layer<Request, Result> {
  return async (request, next) => {
    const { attempts, signal, fallbacks } = request
    const failures: unknown[] = []
    for (let position = 0; ; position++) {
      const target: Request['target'] = position === 0 ? request.target : fallbacks[position - 1]
      const startMs = clock.monotonicMs()
      const attemptsBefore = attempts.attempts.length
      try {
        return await next(position === 0 ? request : { ...request, target })
      } catch (error) {
        if (signal.aborted) throw signal.reason
        // What failed before a call was made is an attempt too.
        if (attempts.attempts.length === attemptsBefore) {
          attempts.failed(attempts.begin(target, startMs), error, signal, clock.monotonicMs())
        }
        if (fallbacks.length === 0 || !isWorthAnother(error)) throw error
        failures.push(error)
        if (failures.length > fallbacks.length) throw allFailed(failures, attempts.attempts, nameOf)
      }
    }
  }
}

function allFailed<Target>(
  failures: readonly unknown[],
  attempts: readonly Attempt<Target>[],
  nameOf: (target: Target) => string,
): StrataError {
  const details = attempts.map(
    (attempt, position): ErrorDetail => ({
      path: `attempts[${position}]`,
      message: `${nameOf(attempt.target)}: ${attempt.outcome} after ${Math.round(attempt.durationMs)} ms: ${attempt.message}`,
      ...(attempt.status === undefined ? {} : { got: `status ${attempt.status}` }),
    }),
  )
  // Nothing is wrong with any target: the request says what none of them can be told.
  if (failures.every((failure) => isStrataError(failure) && failure.code === 'untranslatable')) {
    return failures[0] as StrataError
  }
  const names = [...new Set(attempts.map(({ target }) => nameOf(target)))].join(', ')
  const cause = failures.at(-1)
  const outcomes = attempts.map(({ target, outcome }) => `${nameOf(target)}: ${outcome}`)
  const logMessage = `None of ${names} answered (${outcomes.join(', ')})`
  const all = (outcome: string) =>
    failures.every((failure) => failure instanceof ProviderFailure && failure.outcome === outcome)

  if (all('rate-limited')) {
    const waits = failures.flatMap((failure) => (failure as ProviderFailure).retryAfterMs ?? [])
    return new ProviderFailure('rate-limited', `All of ${names} limit our rate; try again later`, {
      cause,
      details,
      logMessage,
      ...(waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }),
    })
  }
  if (all('timeout')) {
    return new ProviderFailure('timeout', `None of ${names} answered in time`, {
      cause,
      details,
      logMessage,
    })
  }
  return new StrataError(
    'all_attempts_failed',
    `None of ${names} answered; the last said: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause, details, logMessage },
  )
}
