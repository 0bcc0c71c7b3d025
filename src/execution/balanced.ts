import type { Clock } from '../contracts/index.ts'
import { ProviderFailure } from '../errors/index.ts'
import { BreakerOpen } from './circuit-breaker.ts'
import type { DeploymentPool } from './deployment-pool.ts'
import type { Abortable, Layer } from './layer.ts'
import { type StreamAccess, watchedResult } from './watched-stream.ts'

/** How calls are spread over deployments. */
export interface BalanceOptions<Deployment, Request, Result> {
  /** Undefined where the target has one deployment without limits. */
  readonly poolOf: (request: Request) => DeploymentPool<Deployment> | undefined
  /** The target, for messages. */
  readonly nameOf: (request: Request) => string
  /** What the call may use, by estimate. */
  readonly tokensOf: (request: Request) => number
  readonly withDeployment: (request: Request, deployment: Deployment) => Request
  /** What the provider counted; asked for at the end of a streamed answer. */
  readonly usedTokensOf: (result: Result) => number | undefined
  readonly streams?: StreamAccess<Result>
  readonly clock: Clock
}

/**
 * Calls one of a target's deployments; where that limits our rate, the next one at once. Where none is free: a
 * `rate-limited` ProviderFailure that says when one will be.
 */
export function balanced<Deployment, Request extends Abortable, Result>(
  options: BalanceOptions<Deployment, Request, Result>,
): Layer<Request, Result> {
  const { poolOf, nameOf, tokensOf, withDeployment, usedTokensOf, streams, clock } = options
  return async (request, next) => {
    const pool = poolOf(request)
    if (pool === undefined) return next(request)
    const tokens = tokensOf(request)
    const nowMs = clock.monotonicMs()
    let lease = pool.take(tokens, nowMs)
    if (lease === undefined) throw noneFree(nameOf(request), pool.msUntilFree(tokens, nowMs))
    for (let left = pool.size - 1; ; left--) {
      let result: Result
      try {
        result = await next(withDeployment(request, lease.deployment))
      } catch (error) {
        lease.failed(error, clock.monotonicMs())
        lease = left > 0 && isLimit(error, request) ? pool.take(tokens, clock.monotonicMs()) : undefined
        if (lease === undefined) throw error
        continue
      }
      const { succeeded } = lease
      const end = () => succeeded(usedTokensOf(result), clock.monotonicMs())
      const streamed = watchedResult(result, streams)
      if (streamed === undefined) {
        end()
        return result
      }
      // Also of a stream that breaks off, some was used.
      streamed.stream.watch({ ended: end })
      return streamed.result
    }
  }
}

const isLimit = (error: unknown, { signal }: Abortable): boolean =>
  !signal.aborted && error instanceof ProviderFailure && error.outcome === 'rate-limited'

function noneFree(name: string, waitMs: number): ProviderFailure {
  return waitMs === Infinity
    ? new BreakerOpen('unreachable', `No deployment of ${name} is available; give the model a fallback`)
    : new ProviderFailure(
        'rate-limited',
        `Every deployment of ${name} has reached its requestsPerMinute or tokensPerMinute, or asked to be left alone; one is free in ${Math.ceil(waitMs)} ms`,
        { retryAfterMs: waitMs },
      )
}
