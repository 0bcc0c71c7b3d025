import type { Provider } from '../contracts/index.ts'
import { googleGeminiTranslation } from '../protocols/google-gemini/translation.ts'
import { HttpProvider } from './http-provider.ts'
import { type ServiceSettings, serviceHeaders, serviceUrl } from './service-settings.ts'

const BASE_URL = 'https://generativelanguage.googleapis.com/v1beta'

/** Google's Gemini. */
export function googleProvider(settings: ServiceSettings): Provider {
  const { baseUrl = BASE_URL } = settings
  return new HttpProvider({
    name: settings.name,
    transport: settings.transport,
    headers: serviceHeaders(settings, (key) => ({ 'x-goog-api-key': key })),
    speaks: {},
    translation: {
      now: settings.now,
      ...googleGeminiTranslation,
      url: (model, stream) =>
        serviceUrl(
          settings,
          baseUrl,
          `/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        ),
    },
  })
}
