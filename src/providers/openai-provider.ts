import type { Provider } from '../contracts/index.ts'
import { openaiChatTranslation, openaiCompatibleTranslation } from '../protocols/openai-chat/translation.ts'
import { openaiResponsesTranslation } from '../protocols/openai-responses/translation.ts'
import { HttpProvider, type SpokenProtocol } from './http-provider.ts'
import { type ServiceSettings, serviceHeaders, serviceUrl } from './service-settings.ts'

interface OpenaiSettings extends ServiceSettings {
  /** Which of its interfaces the service has; calls of others are translated. */
  readonly protocols: readonly ('openai-chat' | 'openai-responses')[]
  /** Whether it is OpenAI itself, which has given some fields new names that others do not know. */
  readonly isOpenai: boolean
}

const OPENAI_BASE_URL = 'https://api.openai.com/v1'

/** OpenAI, or any service that speaks as it does. */
export function openaiProvider(settings: OpenaiSettings): Provider {
  const { baseUrl = OPENAI_BASE_URL, protocols, isOpenai } = settings
  const urls = {
    'openai-chat': serviceUrl(settings, baseUrl, '/chat/completions'),
    'openai-responses': serviceUrl(settings, baseUrl, '/responses'),
  }
  const hasChat = protocols.includes('openai-chat')
  const chatTranslation = isOpenai ? openaiChatTranslation : openaiCompatibleTranslation
  const speaks: Partial<Record<keyof typeof urls, SpokenProtocol>> = {}
  for (const protocol of protocols) speaks[protocol] = { url: urls[protocol] }
  return new HttpProvider({
    name: settings.name,
    transport: settings.transport,
    headers: serviceHeaders(settings, (key) => ({ authorization: `Bearer ${key}` })),
    speaks,
    translation: {
      now: settings.now,
      ...(hasChat ? chatTranslation : openaiResponsesTranslation),
      url: () => urls[hasChat ? 'openai-chat' : 'openai-responses'],
    },
    embeddingsUrl: serviceUrl(settings, baseUrl, '/embeddings'),
  })
}
