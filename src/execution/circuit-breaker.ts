import type { Clock } from '../contracts/index.ts'
import { type FailureOutcome, ProviderFailure } from '../errors/index.ts'
import type { Breaker } from './breaker.ts'
import type { Abortable, Layer } from './layer.ts'
import { type StreamAccess, watchedResult } from './watched-stream.ts'

/** What an error says of its target: that it `failed`, that it `works`, or nothing. */
export type Verdict = 'failed' | 'works' | 'nothing'

/** Which breaker guards a call. */
export interface CircuitBreakerOptions<Request, Result> {
  /** Usually one for each provider and model; undefined where calls are not watched. */
  readonly breakerOf: (request: Request) => Breaker | undefined
  /** The target, for messages. */
  readonly nameOf: (request: Request) => string
  /** `verdictOf` if absent. */
  readonly verdictOf?: (error: unknown) => Verdict
  readonly streams?: StreamAccess<Result>
  readonly clock: Clock
}

/** A call that was not made, since its target failed too often of late. */
export class BreakerOpen extends ProviderFailure {}

const VERDICTS: Readonly<Record<FailureOutcome, Verdict>> = {
  'server-error': 'failed',
  timeout: 'failed',
  unreachable: 'failed',
  malformed: 'failed',
  truncated: 'failed',
  refused: 'works',
  // Told by the waiting time that comes with it, and by the key: neither says that the target is broken.
  'rate-limited': 'nothing',
  unauthorized: 'nothing',
}

/** What a failure says of a target: a provider's own by its outcome, any other nothing. */
export function verdictOf(error: unknown): Verdict {
  return error instanceof ProviderFailure && !(error instanceof BreakerOpen)
    ? VERDICTS[error.outcome]
    : 'nothing'
}

/**
 * Makes no call of a target whose breaker is open: rejects with `BreakerOpen`, which says until when. A stream counts as a
 * success with its first event, and as a failure instead should it break off.
 */
export function circuitBreaker<Request extends Abortable, Result>(
  options: CircuitBreakerOptions<Request, Result>,
): Layer<Request, Result> {
  const { breakerOf, nameOf, verdictOf: judge = verdictOf, streams, clock } = options
  return async (request, next) => {
    const breaker = breakerOf(request)
    if (breaker === undefined) return next(request)
    const startMs = clock.monotonicMs()
    const permit = breaker.enter(startMs)
    if (permit === 0) throw breakerOpen(nameOf(request), breaker.msUntilAllowed(startMs), clock)

    const tell = (error: unknown) => {
      const verdict = request.signal.aborted ? 'nothing' : judge(error)
      if (verdict === 'failed') breaker.failed(clock.monotonicMs(), permit)
      else if (verdict === 'works') breaker.succeeded(clock.monotonicMs(), permit)
      else breaker.abandoned(permit)
    }
    let result: Result
    try {
      result = await next(request)
    } catch (error) {
      tell(error)
      throw error
    }
    breaker.succeeded(clock.monotonicMs(), permit)
    const streamed = watchedResult(result, streams)
    if (streamed === undefined) return result
    streamed.stream.watch({
      ended: (how, error) => {
        if (how !== 'failed' || request.signal.aborted || judge(error) !== 'failed') return
        breaker.brokeOff(clock.monotonicMs(), permit)
      },
    })
    return streamed.result
  }
}

function breakerOpen(name: string, waitMs: number, clock: Clock): BreakerOpen {
  const what = `${name} failed too often of late:`
  if (waitMs === 0) {
    return new BreakerOpen(
      'unreachable',
      `${what} its circuit breaker waits for a probe that is under way; try again soon, or give the model a fallback`,
    )
  }
  const until = new Date(clock.now() + waitMs).toISOString()
  return new BreakerOpen(
    'unreachable',
    `${what} its circuit breaker is open until ${until}; try again then, or give the model a fallback`,
    { retryAfterMs: waitMs },
  )
}
