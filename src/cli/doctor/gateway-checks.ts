import { connect, isIP } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { providerAddress } from '../../app/provider-address.ts'
import { type Config, keyVariable, providerType } from '../../config/index.ts'
import type { RouteSet } from '../../contracts/index.ts'
import { priceOf } from '../../pricing/price-of.ts'
import { nearestName } from '../../util/nearest-name.ts'
import { counted } from '../text-layout.ts'
import { type Check, fail, ok, warn } from './check.ts'

type ProviderSettings = Config['providers'][string]
type ModelSettings = Config['models'][string]

/** Longer than any network takes that a gateway should be on. */
const LONGEST_WAIT_MS = 5000

type Reach = (address: URL, waitMs: number) => Promise<string | undefined>

/** What the gateway needs of the configuration: each provider, then the models. Nothing is sent, and no key leaves the process. */
export async function checkGateway(config: Config, reach: Reach = connectTo): Promise<Check[]> {
  const providers = Object.entries(config.providers)
  const checks = await Promise.all(
    providers.map(([name, settings]) => checkProvider(name, settings, config, reach)),
  )
  return Object.keys(config.models).length === 0 ? checks : [...checks, checkPrices(config)]
}

async function checkProvider(
  name: string,
  settings: ProviderSettings,
  config: Config,
  reach: Reach,
): Promise<Check> {
  const title = `provider ${name}`
  const address = providerAddress(name, settings)
  if (address === undefined) return ok(title, 'answers by itself')
  const variable = keyVariable(name, settings)
  if (variable !== undefined && needsKey(name, settings, config)) {
    return fail(
      title,
      `no key: ${variable} and providers.${name}.apiKey are both unset`,
      `Set ${variable}, or providers.${name}.apiKey to env:NAME; without a key every call is refused.`,
    )
  }
  const waitMs = Math.min(LONGEST_WAIT_MS, settings.timeouts?.connectMs ?? config.timeouts.connectMs)
  const failure = await reach(address, waitMs)
  // The rest of an address may hold what is secret.
  if (failure === undefined) return ok(title, `${address.origin} can be reached`)
  const setting = settings.url === undefined ? 'baseUrl' : 'url'
  return fail(
    title,
    `${address.origin} cannot be reached (${failure})`,
    `Check providers.${name}.${setting} and the network; until it answers, models there fall back or fail.`,
  )
}

/** Only of services at home is it known that they want one. A key of every deployment does as well. */
function needsKey(name: string, settings: ProviderSettings, { models }: Config): boolean {
  if (settings.apiKey !== undefined || settings.baseUrl !== undefined) return false
  const here = Object.values(models)
    .flatMap(placesOf)
    .filter(({ provider }) => provider === name)
  return here.length === 0 || here.some(({ key }) => key === undefined)
}

/** Makes a connection and ends it; what went wrong, or undefined. */
function connectTo(address: URL, waitMs: number): Promise<string | undefined> {
  const isSecure = address.protocol === 'https:'
  const host = address.hostname.replace(/^\[|\]$/g, '')
  const port = Number(address.port || (isSecure ? 443 : 80))
  return new Promise((resolve) => {
    const end = (failure: string | undefined) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(failure)
    }
    const done = () => end(undefined)
    const socket = isSecure
      ? connectSecurely({ host, port, ...(isIP(host) ? {} : { servername: host }) }, done)
      : connect({ host, port }, done)
    const timer = setTimeout(() => end(`no connection within ${waitMs} ms`), waitMs)
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}

function checkPrices({ models, providers }: Config): Check {
  const title = 'models'
  const unpriced = Object.entries(models)
    .filter(([name, model]) => placesOf(model).some((place) => !hasPrice(name, model, place, providers)))
    .map(([name]) => name)
  const all = counted(Object.keys(models).length, 'model')
  if (unpriced.length === 0) return ok(title, `${all}, each with a price`)
  return warn(
    title,
    `${all}; no price is known of ${unpriced.join(', ')}`,
    `Give ${unpriced.length === 1 ? 'it' : 'each'} a price, as in models.${unpriced[0]}.price; until then its cost is unknown, and callers with a budget are refused.`,
  )
}

interface Place {
  readonly provider: string
  readonly model?: string
  readonly key?: string
}

const placesOf = ({ deployments, provider }: ModelSettings): readonly Place[] =>
  deployments ?? (provider === undefined ? [] : [{ provider }])

function hasPrice(
  name: string,
  settings: ModelSettings,
  place: Place,
  providers: Config['providers'],
): boolean {
  const service = providers[place.provider] as ProviderSettings
  const priced = priceOf({
    providerType: providerType(place.provider, service) as string,
    model: place.model ?? settings.model ?? name,
    ...(service.baseUrl === undefined ? {} : { baseUrl: service.baseUrl }),
    ...(settings.price === undefined ? {} : { price: settings.price }),
  })
  return priced !== undefined
}

/** Whether the models are there that routes name as their targets; null where no models are configured. */
export function checkTargets({ routes }: RouteSet, config: Config): Check | null {
  const title = 'route targets'
  const models = Object.keys(config.models)
  if (models.length === 0) return null
  const problems = routes.flatMap(({ name, target }) =>
    [target?.model, ...(Array.isArray(target?.fallbacks) ? target.fallbacks : [])]
      .filter((model) => typeof model === 'string' && !models.includes(model))
      .map((model) => {
        const nearest = nearestName(model as string, models)
        return `the route ${name} leads to "${model}", which is no model${nearest ? `; did you mean ${nearest}?` : ''}`
      }),
  )
  if (problems.length > 0) {
    return fail(
      title,
      problems.join('\n'),
      `Correct them in the route file, or add them under models; there are: ${models.join(', ')}.`,
    )
  }
  const targeted = routes.filter(({ target }) => target?.model !== undefined).length
  if (targeted === routes.length || config.defaultModel !== undefined) {
    return ok(title, `${targeted} of ${counted(routes.length, 'route')} with a model of their own`)
  }
  return warn(
    title,
    `${counted(routes.length - targeted, 'route')} without a model, and no defaultModel`,
    'Set defaultModel; until then calls that they decide, and those without a route, get 404 model_not_found.',
  )
}
