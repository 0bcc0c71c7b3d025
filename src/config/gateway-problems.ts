import type { ErrorDetail } from '../errors/index.ts'
import { nearestName } from '../util/nearest-name.ts'
import { PROVIDER_TYPES } from './gateway-schema.ts'
import type { Config } from './schema.ts'

type ProviderType = (typeof PROVIDER_TYPES)[number]

type ProviderSettings = Config['providers'][string]

/** What a provider speaks: as it says, or as it is called. */
export function providerType(name: string, { type }: ProviderSettings): ProviderType | undefined {
  return type ?? PROVIDER_TYPES.find((known) => known === name)
}

/** Fields that make sense for some types only. */
const FIELDS: Readonly<Record<string, readonly ProviderType[]>> = {
  apiKey: ['openai', 'anthropic', 'google', 'openai-compatible', 'webhook'],
  baseUrl: ['openai', 'anthropic', 'google', 'openai-compatible'],
  headers: ['openai', 'anthropic', 'google', 'openai-compatible', 'webhook'],
  query: ['openai', 'anthropic', 'google', 'openai-compatible'],
  authHeader: ['openai', 'anthropic', 'google', 'openai-compatible'],
  protocols: ['openai-compatible'],
  timeouts: ['openai', 'anthropic', 'google', 'openai-compatible', 'webhook'],
  text: ['static'],
  url: ['webhook'],
  allowPrivate: ['webhook'],
}

const REQUIRED: Readonly<Partial<Record<ProviderType, keyof ProviderSettings>>> = {
  'openai-compatible': 'baseUrl',
  static: 'text',
  webhook: 'url',
}

/** Names that lead nowhere, and fields that are missing or mean nothing, in providers and models. */
export function gatewayProblems({ providers, models, defaultModel }: Config): ErrorDetail[] {
  const modelNames = Object.keys(models)
  const named = (path: string, kind: string, got: string, known: readonly string[]): ErrorDetail[] => {
    if (known.includes(got)) return []
    const nearest = nearestName(got, known)
    const hint = nearest
      ? `did you mean ${nearest}?`
      : known.length > 0
        ? `there are: ${known.join(', ')}`
        : `there is none under ${kind}s`
    const message = `expected the name of a ${kind}; ${hint}`
    return [{ path, message, got: JSON.stringify(got), ...(nearest ? { nearest } : {}) }]
  }
  const provider = (path: string, got: string) => named(path, 'provider', got, Object.keys(providers))
  const model = (path: string, got: string) => named(path, 'model', got, modelNames)
  return [
    ...Object.entries(providers).flatMap(([name, settings]) => providerProblems(name, settings)),
    ...Object.entries(models).flatMap(([name, settings]) => {
      const path = `models.${name}`
      const problems: ErrorDetail[] = []
      if ((settings.provider === undefined) === (settings.deployments === undefined)) {
        problems.push({ path, message: 'expected either `provider` or `deployments`' })
      }
      if (/^(auto$|route:)/.test(name)) {
        problems.push({
          path,
          message: 'expected a name other than `auto` or `route:…`, which mean a decision',
        })
      }
      if (settings.provider !== undefined) problems.push(...provider(`${path}.provider`, settings.provider))
      settings.deployments?.forEach((deployment, index) => {
        problems.push(...provider(`${path}.deployments[${index}].provider`, deployment.provider))
      })
      settings.fallbacks?.forEach((fallback, index) => {
        const place = `${path}.fallbacks[${index}]`
        problems.push(...model(place, fallback))
        if (fallback === name) problems.push({ path: place, message: 'a model cannot fall back to itself' })
      })
      return problems
    }),
    ...(defaultModel === undefined ? [] : model('defaultModel', defaultModel)),
  ]
}

function providerProblems(name: string, settings: ProviderSettings): ErrorDetail[] {
  const path = `providers.${name}`
  const type = providerType(name, settings)
  if (type === undefined) {
    const nearest = nearestName(name, PROVIDER_TYPES)
    const message = `expected \`type\`, as the entry is not called like one; one of ${PROVIDER_TYPES.join(', ')}`
    return [{ path: `${path}.type`, message, got: 'nothing', ...(nearest ? { nearest } : {}) }]
  }
  const required = REQUIRED[type]
  const missing: ErrorDetail[] =
    required !== undefined && settings[required] === undefined
      ? [{ path: `${path}.${required}`, message: `required for a provider of type ${type}`, got: 'nothing' }]
      : []
  const useless = Object.entries(FIELDS)
    .filter(
      ([field, types]) => settings[field as keyof ProviderSettings] !== undefined && !types.includes(type),
    )
    .map(([field, types]) => ({
      path: `${path}.${field}`,
      message: `means nothing for a provider of type ${type}; it belongs to ${types.join(', ')}`,
    }))
  return [...missing, ...useless]
}
