import type { Clock, TokenUsage } from '../contracts/index.ts'
import type { Attempt } from '../execution/attempt-log.ts'
import type { BreakerState } from '../execution/breaker.ts'
import {
  Counter,
  Gauge,
  Histogram,
  joinLabels,
  label,
  type MetricFamily,
  type MetricSource,
} from '../observability/index.ts'
import type { Cost } from '../pricing/cost-of.ts'
import type { Deployment, ModelBook } from '../runtime/model-book.ts'

/** Seconds: a mock answers in milliseconds, a model that thinks in minutes. */
const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640]

/** Tenants with a label of their own, so few that ten models have room in a counter; those that come later are counted together. */
const TENANT_LABELS = 100
const OTHER = '_other'

const STATES: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }

/** What one deployment's calls are added to, so that counting looks nothing up by its labels. */
interface Place {
  readonly durations: Histogram
  readonly attempts: Map<string, { count: number }>
  readonly tokens: Map<keyof TokenUsage, { count: number }>
  readonly costs: Map<string, { count: number }>
}

/** Kinds of tokens, as the label has them. */
const KINDS = [
  ['inputTokens', 'input'],
  ['cachedInputTokens', 'cached_input'],
  ['cacheWriteTokens', 'cache_write'],
  ['outputTokens', 'output'],
  ['reasoningTokens', 'reasoning'],
] as const satisfies readonly (readonly [keyof TokenUsage, string])[]

/** What calls of models came to. Names of providers and models come from the configuration, so they are bounded. */
export class GatewayFigures implements MetricSource {
  readonly #attempts = new Counter({
    name: 'stratarouter_provider_attempts_total',
    help: 'Calls of providers, by what came of them.',
    labels: ['provider', 'model', 'outcome'],
  })
  readonly #tokens = new Counter({
    name: 'stratarouter_tokens_total',
    help: 'Tokens, by kind; cached and written ones are input, reasoning is output too.',
    labels: ['provider', 'model', 'kind'],
  })
  readonly #costs = new Counter({
    name: 'stratarouter_cost_usd_total',
    help: 'What tokens cost, in US dollars, where the price is known.',
    labels: ['provider', 'model', 'tenant'],
  })
  readonly #unpriced = new Counter({
    name: 'stratarouter_unpriced_calls_total',
    help: 'Calls of models without a price, whose cost is not known.',
    labels: ['provider', 'model'],
  })
  readonly #coalesced = new Counter({
    name: 'stratarouter_coalesced_total',
    help: 'Requests that were answered by an equal one under way.',
    labels: [],
  })
  readonly #breakers: Gauge
  /** By provider and model; several deployments may be one of them. */
  readonly #durations = new Map<string, Histogram>()
  readonly #places = new WeakMap<Deployment, Place>()
  readonly #tenants = new Set<string>()
  #models: ModelBook | undefined

  constructor(clock: Clock) {
    this.#breakers = new Gauge({
      name: 'stratarouter_breaker_state',
      help: 'Circuit breakers: 0 closed, 1 half-open, 2 open.',
      labels: ['provider', 'model'],
      merge: 'max',
      measure: () =>
        (this.#models?.all() ?? [])
          .flatMap(({ deployments }) => deployments)
          .map((deployment) => [
            [deployment.provider.name, deployment.of],
            STATES[deployment.breaker.state(clock.monotonicMs())],
          ]),
    })
  }

  /** Tells of the breakers of these from now on. */
  follow(models: ModelBook): void {
    this.#models = models
  }

  attempted({ target, outcome, durationMs }: Attempt<Deployment>): void {
    const place = this.#placeOf(target)
    kept(place.attempts, outcome, () => this.#attempts.series(target.provider.name, target.of, outcome))
      .count++
    place.durations.observe(durationMs / 1000)
  }

  used(deployment: Deployment, tenant: string, usage: TokenUsage, cost: Cost): void {
    const place = this.#placeOf(deployment)
    const name = deployment.provider.name
    for (const [field, kind] of KINDS) {
      const tokens = usage[field]
      if (tokens === 0) continue
      kept(place.tokens, field, () => this.#tokens.series(name, deployment.of, kind)).count += tokens
    }
    if (cost.unpriced) {
      this.#unpriced.series(name, deployment.of).count++
      return
    }
    const bounded = this.#bounded(tenant)
    kept(place.costs, bounded, () => this.#costs.series(name, deployment.of, bounded)).count += cost.costUsd
  }

  #placeOf(deployment: Deployment): Place {
    const known = this.#places.get(deployment)
    if (known !== undefined) return known
    const labels = joinLabels(label('provider', deployment.provider.name), label('model', deployment.of))
    const place: Place = {
      durations: kept(this.#durations, labels, () => new Histogram(DURATION_BOUNDS)),
      attempts: new Map(),
      tokens: new Map(),
      costs: new Map(),
    }
    this.#places.set(deployment, place)
    return place
  }

  coalesced(): void {
    this.#coalesced.series().count++
  }

  #bounded(tenant: string): string {
    if (this.#tenants.has(tenant)) return tenant
    if (this.#tenants.size >= TENANT_LABELS) return OTHER
    this.#tenants.add(tenant)
    return tenant
  }

  families(): readonly MetricFamily[] {
    return [
      ...this.#attempts.families(),
      {
        name: 'stratarouter_provider_duration_seconds',
        type: 'histogram',
        help: 'Time from a call of a provider to the end of its answer.',
        merge: 'sum',
        bounds: DURATION_BOUNDS,
        series: new Map([...this.#durations].map(([place, durations]) => [place, durations.value()])),
      },
      ...this.#tokens.families(),
      ...this.#costs.families(),
      ...this.#unpriced.families(),
      ...this.#coalesced.families(),
      ...this.#breakers.families(),
    ]
  }
}

/** The value of a key, made at the first call. */
function kept<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
