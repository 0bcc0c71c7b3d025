import { ProviderFailure, StrataError } from '../errors/index.ts'
import { TokenBucket } from './token-bucket.ts'

/** One of several places where the same model lives. */
export interface PooledDeployment<Deployment> {
  readonly deployment: Deployment
  /** Its part of the calls beside those of the others, above 0. */
  readonly weight: number
  /** What the provider allows in any minute. */
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  /** On trial: gets this share of all calls, 0..1, instead of a part by weight. */
  readonly canaryShare?: number
}

/** How a pool chooses. */
export interface DeploymentPoolOptions<Deployment> {
  /** `least-in-flight` is by calls under way for the weight, and by weight where those are equal. */
  readonly balance: 'weight' | 'least-in-flight'
  /** How long one that limits our rate is left alone where it does not say. */
  readonly cooldownMs: number
  /** Such as that its circuit breaker lets calls through; always if absent. */
  readonly isAvailable?: (deployment: Deployment, nowMs: number) => boolean
}

/** A call of a deployment, to be ended by exactly one of the two; a second end does nothing. */
export interface DeploymentLease<Deployment> {
  readonly deployment: Deployment
  /** @param usedTokens as the provider counted them; as reserved where it did not */
  succeeded(usedTokens: number | undefined, nowMs: number): void
  /** Gives back the reserved tokens; one that limits our rate is left alone for a while. */
  failed(error: unknown, nowMs: number): void
}

interface Member<Deployment> {
  readonly settings: PooledDeployment<Deployment>
  readonly requests: TokenBucket | undefined
  readonly tokens: TokenBucket | undefined
  /** Of the smooth round robin. */
  turn: number
  /** Of a canary: calls that it is due. */
  due: number
  inFlight: number
  coolUntilMs: number
}

/**
 * Spreads the calls of a model over its deployments. By weight means smooth weighted round robin: over any stretch of calls
 * each gets its part to within one call or so, which chance does not, and runs can be repeated without handing chance in.
 * Knows no clock; times are milliseconds of any one monotonic clock. Linear in the number of deployments.
 * @see Nginx's upstream balancing, which goes by the same rule
 */
export class DeploymentPool<Deployment> {
  readonly #options: DeploymentPoolOptions<Deployment>
  readonly #members: readonly Member<Deployment>[]

  /**
   * A pool of at least one deployment.
   * @throws StrataError invalid_configuration
   */
  constructor(
    deployments: readonly PooledDeployment<Deployment>[],
    options: DeploymentPoolOptions<Deployment>,
  ) {
    const wrong = deployments.findIndex(({ weight }) => !(weight > 0 && weight < Infinity))
    if (wrong >= 0) {
      throw new StrataError(
        'invalid_configuration',
        `Expected weights above 0, got ${deployments[wrong]!.weight}; leave out deployments that should get no calls`,
        { details: [{ path: `deployments[${wrong}].weight`, message: 'a number above 0' }] },
      )
    }
    this.#options = options
    this.#members = deployments.map((settings) => ({
      settings,
      requests: bucketOf(settings.requestsPerMinute),
      tokens: bucketOf(settings.tokensPerMinute),
      turn: 0,
      due: 0,
      inFlight: 0,
      coolUntilMs: -Infinity,
    }))
  }

  get size(): number {
    return this.#members.length
  }

  /**
   * The next deployment to call; undefined where none may be called now.
   * @param tokens that the call may use, by estimate; 0 or more
   */
  take(tokens: number, nowMs: number): DeploymentLease<Deployment> | undefined {
    const able = this.#members.filter((member) => this.#waitMs(member, tokens, nowMs) === 0)
    const member = takeCanary(able) ?? this.#next(able)
    if (member === undefined) return undefined
    const reserved = reservation(member, tokens)
    member.requests?.take(1, nowMs)
    member.tokens?.take(reserved, nowMs)
    member.inFlight++
    let isOver = false
    const end = (usedTokens: number, endMs: number) => {
      isOver = true
      member.inFlight--
      member.tokens?.settle(reserved, usedTokens, endMs)
    }
    return {
      deployment: member.settings.deployment,
      succeeded: (usedTokens, endMs) => {
        if (!isOver) end(usedTokens ?? reserved, endMs)
      },
      failed: (error, endMs) => {
        if (isOver) return
        end(0, endMs)
        if (!(error instanceof ProviderFailure) || error.outcome !== 'rate-limited') return
        const untilMs = endMs + (error.retryAfterMs ?? this.#options.cooldownMs)
        member.coolUntilMs = Math.max(member.coolUntilMs, untilMs)
      },
    }
  }

  /** Until a deployment may be called: 0 now, Infinity where only something else than time can tell. */
  msUntilFree(tokens: number, nowMs: number): number {
    return Math.min(Infinity, ...this.#members.map((member) => this.#waitMs(member, tokens, nowMs)))
  }

  #waitMs(member: Member<Deployment>, tokens: number, nowMs: number): number {
    const { isAvailable } = this.#options
    if (isAvailable?.(member.settings.deployment, nowMs) === false) return Infinity
    return Math.max(
      0,
      member.coolUntilMs - nowMs,
      member.requests?.msUntil(1, nowMs) ?? 0,
      member.tokens?.msUntil(reservation(member, tokens), nowMs) ?? 0,
    )
  }

  #next(able: readonly Member<Deployment>[]): Member<Deployment> | undefined {
    const regular = able.filter(({ settings }) => settings.canaryShare === undefined)
    // With all others gone, a canary is better than nothing.
    const members = regular.length > 0 ? regular : able
    if (this.#options.balance === 'weight') return takeTurn(members)
    const load = ({ inFlight, settings }: Member<Deployment>) => inFlight / settings.weight
    const least = Math.min(...members.map(load))
    return takeTurn(members.filter((member) => load(member) === least))
  }
}

/** Never more than the bucket can hold: a larger call would wait for ever. What it uses beyond is paid back afterwards. */
const reservation = <Deployment>({ tokens }: Member<Deployment>, estimate: number): number =>
  tokens === undefined ? estimate : Math.min(estimate, tokens.capacity)

const bucketOf = (perMinute: number | undefined): TokenBucket | undefined =>
  perMinute === undefined ? undefined : TokenBucket.withinMinute(perMinute)

/** Each gains its weight, the one that has most is taken and pays for all. */
function takeTurn<Deployment>(members: readonly Member<Deployment>[]): Member<Deployment> | undefined {
  let total = 0
  let first: Member<Deployment> | undefined
  for (const member of members) {
    member.turn += member.settings.weight
    total += member.settings.weight
    if (first === undefined || member.turn > first.turn) first = member
  }
  if (first !== undefined) first.turn -= total
  return first
}

function takeCanary<Deployment>(members: readonly Member<Deployment>[]): Member<Deployment> | undefined {
  for (const member of members) member.due += member.settings.canaryShare ?? 0
  const canary = members.find(({ due }) => due >= 1)
  if (canary !== undefined) canary.due -= 1
  return canary
}
