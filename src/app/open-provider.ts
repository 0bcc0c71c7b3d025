import { type Config, providerType } from '../config/index.ts'
import type { Provider, Transport } from '../contracts/index.ts'
import { anthropicProvider } from '../providers/anthropic-provider.ts'
import { demoProvider } from '../providers/demo-provider.ts'
import { googleProvider } from '../providers/google-provider.ts'
import { openaiProvider } from '../providers/openai-provider.ts'
import { staticProvider } from '../providers/static-provider.ts'
import type { UndiciTransportOptions } from '../providers/undici/undici-transport.ts'
import { webhookProvider } from '../providers/webhook-provider.ts'

interface Opening {
  readonly config: Config
  readonly transport: (options: UndiciTransportOptions) => Promise<Transport>
  readonly nextId: () => string
  readonly now: () => number
}

/**
 * The adapter of a provider as it is configured.
 * @param key instead of the provider's own
 */
export async function openProvider(
  name: string,
  key: string | undefined,
  { config, transport, nextId, now }: Opening,
): Promise<Provider> {
  const settings = config.providers[name] as Config['providers'][string]
  const type = providerType(name, settings)
  switch (type) {
    case 'demo':
      return demoProvider({ name, nextId, now })
    case 'static':
      return staticProvider({ name, text: settings.text as string, nextId, now })
    default:
  }
  const {
    apiKey = key,
    baseUrl,
    headers,
    query,
    authHeader,
  } = { ...settings, ...(key ? { apiKey: key } : {}) }
  const service = {
    name,
    now,
    transport: await transport({
      connectTimeoutMs: settings.timeouts?.connectMs ?? config.timeouts.connectMs,
      ...(type === 'webhook' && settings.allowPrivate !== true ? { publicOnly: true } : {}),
    }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(headers === undefined ? {} : { headers }),
    ...(query === undefined ? {} : { query }),
    ...(authHeader === undefined ? {} : { authHeader }),
  }
  switch (type) {
    case 'openai':
      return openaiProvider({ ...service, protocols: ['openai-chat', 'openai-responses'], isOpenai: true })
    case 'openai-compatible':
      return openaiProvider({ ...service, protocols: settings.protocols ?? ['openai-chat'], isOpenai: false })
    case 'anthropic':
      return anthropicProvider(service)
    case 'google':
      return googleProvider(service)
    case 'webhook':
      return webhookProvider({
        ...service,
        url: settings.url as string,
        nextId,
      })
    default:
      throw new Error(`the configuration lets no provider of type ${type} pass`)
  }
}
