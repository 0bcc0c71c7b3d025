import type { Clock, RateLimits as Limits, TenantSettings } from '../contracts/index.ts'
import { LimitReached } from '../errors/index.ts'
import { TokenBucket } from '../execution/token-bucket.ts'
import type { Identity } from './identity.ts'

interface Buckets {
  readonly requests: TokenBucket | null
  readonly tokens: TokenBucket | null
}

const UNLIMITED: Buckets = { requests: null, tokens: null }

/** Requests and tokens a minute, of keys and of tenants, in this process. What a minute allows may come at once. */
export class RateLimits {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #ofTenants = new Map<string, Buckets>()
  /** Goes with the identity, which goes with its key. */
  readonly #ofKeys = new WeakMap<Identity, Buckets>()

  constructor(tenants: Readonly<Record<string, TenantSettings>>, clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock
    for (const [tenant, settings] of Object.entries(tenants)) {
      if (isLimited(settings)) this.#ofTenants.set(tenant, bucketsOf(settings))
    }
  }

  /**
   * Counts a request and its tokens against key and tenant; against neither where either has no room. A request of more tokens
   * than a minute allows is let through where none were used, and the rest is owed.
   * @param tokens about how many it takes; 0 where it calls no model
   * @throws LimitReached `rate_limited` with the time after which there is room
   */
  admit(identity: Identity, tokens: number): void {
    const key = this.#ofKey(identity)
    const tenant = this.#ofTenants.get(identity.tenant) ?? UNLIMITED
    if (key === UNLIMITED && tenant === UNLIMITED) return
    const now = this.#clock.monotonicMs()
    assertRoom('key', identity.keyId, key, tokens, now)
    assertRoom('tenant', identity.tenant, tenant, tokens, now)
    take(key, tokens, now)
    take(tenant, tokens, now)
  }

  /** Puts right what was counted, once it is known how many tokens it took; what was too little is owed. */
  settle(identity: Identity, estimatedTokens: number, actualTokens: number): void {
    const ofKey = this.#ofKey(identity).tokens
    const ofTenant = this.#ofTenants.get(identity.tenant)?.tokens
    if (!ofKey && !ofTenant) return
    const now = this.#clock.monotonicMs()
    ofKey?.settle(estimatedTokens, actualTokens, now)
    ofTenant?.settle(estimatedTokens, actualTokens, now)
  }

  #ofKey(identity: Identity): Buckets {
    if (!isLimited(identity.limits)) return UNLIMITED
    let buckets = this.#ofKeys.get(identity)
    if (buckets === undefined) {
      buckets = bucketsOf(identity.limits)
      this.#ofKeys.set(identity, buckets)
    }
    return buckets
  }
}

const isLimited = ({ requestsPerMinute, tokensPerMinute }: Limits): boolean =>
  requestsPerMinute !== undefined || tokensPerMinute !== undefined

function bucketsOf({ requestsPerMinute, tokensPerMinute }: Limits): Buckets {
  const bucket = (perMinute: number | undefined) =>
    perMinute === undefined ? null : new TokenBucket({ capacity: perMinute, perSecond: perMinute / 60 })
  return { requests: bucket(requestsPerMinute), tokens: bucket(tokensPerMinute) }
}

function assertRoom(
  whose: string,
  name: string | null,
  { requests, tokens }: Buckets,
  wanted: number,
  now: number,
): void {
  const requestsMs = requests?.msUntil(1, now) ?? 0
  const tokensMs = tokens?.msUntil(Math.min(wanted, tokens.capacity), now) ?? 0
  const waitMs = Math.max(requestsMs, tokensMs)
  if (waitMs === 0) return
  const [what, limit] =
    requestsMs === waitMs ? ['requests', requests?.capacity] : ['tokens', tokens?.capacity]
  throw new LimitReached(
    'rate_limited',
    `The ${whose} ${name} has used up its ${limit} ${what} a minute; there is room again in ${Math.ceil(waitMs / 1000)} s.`,
    waitMs,
  )
}

function take({ requests, tokens }: Buckets, wanted: number, now: number): void {
  requests?.take(1, now)
  // Beyond what it holds, so as to owe the rest.
  tokens?.settle(0, wanted, now)
}
