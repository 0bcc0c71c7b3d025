import type { Clock, RateLimits as Limits, TenantSettings } from '../contracts/index.ts'
import { LimitReached } from '../errors/index.ts'
import type { Identity } from './identity.ts'
import { MinuteBucket } from './minute-bucket.ts'

interface Buckets {
  readonly requests: MinuteBucket | null
  readonly tokens: MinuteBucket | null
}

const UNLIMITED: Buckets = { requests: null, tokens: null }

/** Requests and tokens a minute, of keys and of tenants, in this process. */
export class RateLimits {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #ofTenants = new Map<string, Buckets>()
  /** Goes with the identity, which goes with its key. */
  readonly #ofKeys = new WeakMap<Identity, Buckets>()

  constructor(tenants: Readonly<Record<string, TenantSettings>>, clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock
    for (const [tenant, settings] of Object.entries(tenants)) {
      const buckets = this.#buckets(settings)
      if (buckets !== UNLIMITED) this.#ofTenants.set(tenant, buckets)
    }
  }

  /**
   * Counts a request and its tokens against key and tenant; against neither where either has no room.
   * @param tokens about how many it takes; 0 where it calls no model
   * @throws LimitReached `rate_limited` with the time after which there is room
   */
  admit(identity: Identity, tokens: number): void {
    const key = this.#ofKey(identity)
    const tenant = this.#ofTenants.get(identity.tenant) ?? UNLIMITED
    if (key === UNLIMITED && tenant === UNLIMITED) return
    const now = this.#clock.monotonicMs()
    assertRoom(`key ${identity.keyId}`, key, tokens, now)
    assertRoom(`tenant ${identity.tenant}`, tenant, tokens, now)
    take(key, tokens)
    take(tenant, tokens)
  }

  /** Puts right what was counted, once it is known how many tokens it took; what was too little is owed by later requests. */
  settle(identity: Identity, estimatedTokens: number, actualTokens: number): void {
    const difference = actualTokens - estimatedTokens
    this.#ofKey(identity).tokens?.take(difference)
    this.#ofTenants.get(identity.tenant)?.tokens?.take(difference)
  }

  #ofKey(identity: Identity): Buckets {
    const { requestsPerMinute, tokensPerMinute } = identity.limits
    if (requestsPerMinute === undefined && tokensPerMinute === undefined) return UNLIMITED
    let buckets = this.#ofKeys.get(identity)
    if (buckets === undefined) {
      buckets = this.#buckets(identity.limits)
      this.#ofKeys.set(identity, buckets)
    }
    return buckets
  }

  #buckets({ requestsPerMinute, tokensPerMinute }: Limits): Buckets {
    if (requestsPerMinute === undefined && tokensPerMinute === undefined) return UNLIMITED
    const now = this.#clock.monotonicMs()
    return {
      requests: requestsPerMinute === undefined ? null : new MinuteBucket(requestsPerMinute, now),
      tokens: tokensPerMinute === undefined ? null : new MinuteBucket(tokensPerMinute, now),
    }
  }
}

function assertRoom(whose: string, { requests, tokens }: Buckets, wanted: number, now: number): void {
  const requestWaitMs = requests?.waitMs(1, now) ?? 0
  const tokenWaitMs = tokens?.waitMs(wanted, now) ?? 0
  if (requestWaitMs === 0 && tokenWaitMs === 0) return
  const [kind, perMinute] =
    requestWaitMs >= tokenWaitMs ? ['requests', requests?.perMinute] : ['tokens', tokens?.perMinute]
  const waitMs = Math.max(requestWaitMs, tokenWaitMs)
  throw new LimitReached(
    'rate_limited',
    `The ${whose} may make use of ${perMinute} ${kind} a minute and has; try again in ${Math.ceil(waitMs / 1000)} s.`,
    waitMs,
  )
}

function take({ requests, tokens }: Buckets, wanted: number): void {
  requests?.take(1)
  tokens?.take(wanted)
}
