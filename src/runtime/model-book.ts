import type { Provider } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import type { Breaker } from '../execution/breaker.ts'
import type { DeploymentPool } from '../execution/deployment-pool.ts'
import type { RetryBudget } from '../execution/retry-budget.ts'
import type { TimeoutLimits } from '../execution/timeouts.ts'
import type { Price } from '../pricing/price.ts'
import { nearestName } from '../util/nearest-name.ts'

/** One place that has a model. */
export interface Deployment {
  /** Name of the model here. */
  readonly of: string
  readonly provider: Provider
  /** As the provider names it. */
  readonly model: string
  readonly price: Price | undefined
  readonly timeouts: TimeoutLimits
  readonly breaker: Breaker
  readonly retryBudget: RetryBudget
}

/** A model by the name that callers and routes use. */
export interface Model {
  readonly name: string
  readonly deployments: readonly [Deployment, ...Deployment[]]
  /** Chooses among the deployments; absent where there is one without limits and nothing to fall back to. */
  readonly pool?: DeploymentPool<Deployment>
  /** Names of models that are asked, in order, where this one does not answer. */
  readonly fallbacks: readonly string[]
}

/** Every model there is. */
export class ModelBook {
  readonly #models: ReadonlyMap<string, Model>

  constructor(models: readonly Model[]) {
    this.#models = new Map(models.map((model) => [model.name, model]))
  }

  /** @throws StrataError `model_not_found` with the nearest name */
  get(name: string): Model {
    const model = this.#models.get(name)
    if (model !== undefined) return model
    const known = [...this.#models.keys()]
    const nearest = nearestName(name, name === 'auto' ? known : ['auto', ...known])
    const hint =
      nearest !== undefined
        ? `did you mean ${nearest}?`
        : known.length === 0
          ? 'none is configured under `models`.'
          : 'GET /v1/models lists those there are.'
    throw new StrataError(
      'model_not_found',
      `There is no model ${JSON.stringify(name.slice(0, 128))}; ${hint}`,
      {
        details: [
          {
            path: 'model',
            message: 'expected a model, auto or route:NAME',
            got: name.slice(0, 80),
            ...(nearest ? { nearest } : {}),
          },
        ],
      },
    )
  }

  has(name: string): boolean {
    return this.#models.has(name)
  }

  all(): readonly Model[] {
    return [...this.#models.values()]
  }

  /** The model of that name and those it falls back to, each once, in order. */
  chain(name: string, fallbacks: readonly string[] | undefined): readonly [Model, ...Model[]] {
    const first = this.get(name)
    const names = new Set([name, ...(fallbacks ?? first.fallbacks)])
    const [, ...rest] = names
    return [first, ...rest.map((each) => this.get(each))]
  }
}
