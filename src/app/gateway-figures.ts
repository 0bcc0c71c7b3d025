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

/** Tenants with a label of their own; those that come later are counted together. */
const TENANT_LABELS = 1000
const OTHER = '_other'

const STATES: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }

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
  readonly #durations = new Map<string, Histogram>()
  readonly #tenants = new Set<string>()

  constructor(models: ModelBook, clock: Clock) {
    this.#breakers = new Gauge({
      name: 'stratarouter_breaker_state',
      help: 'Circuit breakers: 0 closed, 1 half-open, 2 open.',
      labels: ['provider', 'model'],
      merge: 'max',
      measure: () =>
        models
          .all()
          .flatMap(({ deployments }) => deployments)
          .map((deployment) => [
            [deployment.provider.name, deployment.of],
            STATES[deployment.breaker.state(clock.monotonicMs())],
          ]),
    })
  }

  attempted({ target, outcome, durationMs }: Attempt<Deployment>): void {
    const provider = target.provider.name
    this.#attempts.series(provider, target.of, outcome).count++
    const place = joinLabels(label('provider', provider), label('model', target.of))
    let durations = this.#durations.get(place)
    if (durations === undefined) {
      durations = new Histogram(DURATION_BOUNDS)
      this.#durations.set(place, durations)
    }
    durations.observe(durationMs / 1000)
  }

  used({ provider: { name }, of }: Deployment, tenant: string, usage: TokenUsage, cost: Cost): void {
    const count = (kind: string, tokens: number): void => {
      if (tokens > 0) this.#tokens.series(name, of, kind).count += tokens
    }
    count('input', usage.inputTokens)
    count('cached_input', usage.cachedInputTokens)
    count('cache_write', usage.cacheWriteTokens)
    count('output', usage.outputTokens)
    count('reasoning', usage.reasoningTokens)
    if (cost.unpriced) this.#unpriced.series(name, of).count++
    else this.#costs.series(name, of, this.#bounded(tenant)).count += cost.costUsd
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
