import { type Config, providerType } from '../config/index.ts'
import type { Provider } from '../contracts/index.ts'
import { Breaker, type BreakerState } from '../execution/breaker.ts'
import { DeploymentPool } from '../execution/deployment-pool.ts'
import { RetryBudget } from '../execution/retry-budget.ts'
import { priceOf } from '../pricing/price-of.ts'
import { type Deployment, type Model, ModelBook } from '../runtime/model-book.ts'

type ModelSettings = Config['models'][string]

/** Where a model is, as it is configured. */
type Place = NonNullable<ModelSettings['deployments']>[number]

interface OpenModelsOptions {
  readonly config: Config
  /** The adapter of a provider; with a key of its own where one is given. */
  readonly provider: (name: string, key: string | undefined) => Promise<Provider>
  readonly onBreakerChange: (provider: string, model: string, state: BreakerState) => void
}

/** Probes that a provider must answer, one after another, before all calls go there again. */
const PROBES = 2

/** Repetitions a second that a quiet provider is granted, and how many are saved up. */
const RETRIES_PER_SECOND = 1
const RETRIES_SAVED = 10

/** Every model that is configured. */
export async function openModels(options: OpenModelsOptions): Promise<ModelBook> {
  const { config } = options
  const retryBudgets = new Map<string, RetryBudget>()
  const models = await Promise.all(
    Object.entries(config.models).map(async ([name, settings]): Promise<Model> => {
      const places = settings.deployments ?? [{ provider: settings.provider as string }]
      const deployments = await Promise.all(
        places.map((place) => openDeployment(name, settings, place, retryBudgets, options)),
      )
      const fallbacks = settings.fallbacks ?? []
      const [first, ...rest] = deployments
      if (first === undefined) throw new Error('the configuration lets no model without a place pass')
      const isPlain =
        rest.length === 0 && fallbacks.length === 0 && places.every((place) => !isLimited(place))
      return {
        name,
        deployments: [first, ...rest],
        fallbacks,
        ...(isPlain ? {} : { pool: poolOf(config, settings, places, deployments) }),
      }
    }),
  )
  return new ModelBook(models)
}

/** Whether any deployment counts tokens by the minute. */
export const countsTokens = ({ models }: Config): boolean =>
  Object.values(models).some(({ deployments }) =>
    deployments?.some(({ tokensPerMinute }) => tokensPerMinute !== undefined),
  )

async function openDeployment(
  name: string,
  settings: ModelSettings,
  place: Place,
  retryBudgets: Map<string, RetryBudget>,
  { config, provider, onBreakerChange }: OpenModelsOptions,
): Promise<Deployment> {
  const service = config.providers[place.provider] as Config['providers'][string]
  const model = place.model ?? settings.model ?? name
  const { retryBudget: ratio, ...policy } = config.execution
  let retryBudget = retryBudgets.get(place.provider)
  if (retryBudget === undefined) {
    retryBudget = new RetryBudget({
      ratio,
      minPerSecond: ratio * RETRIES_PER_SECOND,
      maxSaved: RETRIES_SAVED,
    })
    retryBudgets.set(place.provider, retryBudget)
  }
  const { firstByteMs, betweenEventsMs, totalMs } = { ...config.timeouts, ...service.timeouts }
  const price = priceOf({
    providerType: providerType(place.provider, service) as string,
    model,
    ...(service.baseUrl === undefined ? {} : { baseUrl: service.baseUrl }),
    ...(settings.price === undefined ? {} : { price: settings.price }),
  })
  return {
    of: name,
    provider: await provider(place.provider, place.key),
    model,
    price,
    timeouts: { firstByteMs, betweenEventsMs, totalMs },
    retryBudget,
    breaker: new Breaker({
      windowMs: policy.breakerWindowMs,
      minimumCalls: policy.breakerMinimumCalls,
      failureShare: policy.breakerFailures,
      openMs: policy.breakerOpenMs,
      probes: PROBES,
      onChange: (state) => onBreakerChange(place.provider, model, state),
    }),
  }
}

const isLimited = ({ requestsPerMinute, tokensPerMinute }: Place): boolean =>
  requestsPerMinute !== undefined || tokensPerMinute !== undefined

function poolOf(
  { execution }: Config,
  { balance = 'weight' }: ModelSettings,
  places: readonly Place[],
  deployments: readonly Deployment[],
): DeploymentPool<Deployment> {
  return new DeploymentPool(
    deployments.map((deployment, index) => {
      const { weight = 1, requestsPerMinute, tokensPerMinute } = places[index] as Place
      return {
        deployment,
        weight,
        ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
        ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
      }
    }),
    {
      balance,
      cooldownMs: execution.cooldownMs,
      isAvailable: ({ breaker }, nowMs) => breaker.allows(nowMs),
    },
  )
}
