import type { Provider } from '../contracts/index.ts'
import { anthropicMessagesTranslation } from '../protocols/anthropic-messages/translation.ts'
import { HttpProvider } from './http-provider.ts'
import { type ServiceSettings, serviceHeaders, serviceUrl } from './service-settings.ts'

const BASE_URL = 'https://api.anthropic.com/v1'

/** Of the interface that our translation is written for; a caller's own goes before it. */
const VERSION = { 'anthropic-version': '2023-06-01' }

/** Anthropic, or any service that speaks as it does. */
export function anthropicProvider(settings: ServiceSettings): Provider {
  const { baseUrl = BASE_URL } = settings
  const url = serviceUrl(settings, baseUrl, '/messages')
  return new HttpProvider({
    name: settings.name,
    transport: settings.transport,
    headers: serviceHeaders(settings, (key) => ({ 'x-api-key': key })),
    speaks: { 'anthropic-messages': { url, headers: VERSION } },
    translation: { now: settings.now, ...anthropicMessagesTranslation, url: () => url, headers: VERSION },
    countTokensUrl: serviceUrl(settings, baseUrl, '/messages/count_tokens'),
  })
}
