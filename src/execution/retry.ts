import type { Clock, Timer } from '../contracts/index.ts'
import { type FailureOutcome, ProviderFailure } from '../errors/index.ts'
import type { Random } from '../util/random.ts'
import { BreakerOpen } from './circuit-breaker.ts'
import type { Abortable, Layer } from './layer.ts'
import { pause } from './pause.ts'
import type { RetryBudget } from './retry-budget.ts'

/** How often and after which waits a call is repeated. */
export interface RetryPolicy {
  /** How often it is tried, the first time included; 1 or more. */
  readonly attempts: number
  /** The longest wait before the second attempt; doubles from attempt to attempt. */
  readonly baseMs: number
  /** No wait is longer; a provider that asks for a longer one is not tried again. */
  readonly capMs: number
}

/** How calls are repeated. */
export interface RetryOptions<Request> {
  readonly policyOf: (request: Request) => RetryPolicy
  /** Shared by all calls of a provider. */
  readonly budgetOf?: (request: Request) => RetryBudget | undefined
  /** Whether the same target may do better next time; `isPassing` if absent. */
  readonly isRetryable?: (error: unknown) => boolean
  readonly clock: Clock
  readonly timer: Timer
  readonly random: Random
}

const PASSING: ReadonlySet<FailureOutcome> = new Set<FailureOutcome>([
  'rate-limited',
  'server-error',
  'timeout',
  'unreachable',
  'malformed',
  'truncated',
])

/** Whether it is a failure of a provider that may pass by itself; an open circuit breaker is none. */
export function isPassing(error: unknown): boolean {
  return error instanceof ProviderFailure && PASSING.has(error.outcome) && !(error instanceof BreakerOpen)
}

/**
 * How long to wait before the next attempt, by full jitter: evenly from 0 to `min(capMs, baseMs × 2^(attempt − 1))`; where
 * the provider named a time, that and up to `baseMs` more, so that not all come back at once. Undefined: not worth it.
 * @param attempt that failed, from 1
 * @see Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015
 */
export function retryDelayMs(
  { baseMs, capMs }: RetryPolicy,
  attempt: number,
  retryAfterMs: number | undefined,
  random: Random,
): number | undefined {
  if (retryAfterMs === undefined) return random() * Math.min(capMs, baseMs * 2 ** (attempt - 1))
  return retryAfterMs > capMs ? undefined : retryAfterMs + random() * baseMs
}

/** Tries again what may pass, within attempts, budget and deadline; else rejects with the last failure as it is. */
export function retry<Request extends Abortable, Result>(
  options: RetryOptions<Request>,
): Layer<Request, Result> {
  const { policyOf, budgetOf, isRetryable = isPassing, clock, timer, random } = options
  return async (request, next) => {
    const policy = policyOf(request)
    const budget = budgetOf?.(request)
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await next(request)
        budget?.succeeded(clock.monotonicMs())
        return result
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason
        if (attempt >= policy.attempts || !isRetryable(error)) throw error
        const retryAfterMs = error instanceof ProviderFailure ? error.retryAfterMs : undefined
        const delayMs = retryDelayMs(policy, attempt, retryAfterMs, random)
        if (delayMs === undefined) throw error
        const nowMs = clock.monotonicMs()
        if (nowMs + delayMs >= (request.deadlineMs ?? Infinity)) throw error
        if (budget?.take(nowMs) === false) throw error
        await pause(delayMs, request.signal, timer)
      }
    }
  }
}
