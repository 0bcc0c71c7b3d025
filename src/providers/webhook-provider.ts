import type { Provider } from '../contracts/index.ts'
import { ProviderFailure } from '../errors/index.ts'
import { httpFailure, withoutBody } from '../protocols/http-failure.ts'
import { ANSWER_LIMIT_BYTES } from './answer-limit.ts'
import { failedAnswer } from './failed-answer.ts'
import { localProvider } from './local-provider.ts'
import { parseAnswer } from './parse-answer.ts'
import { JSON_HEADERS, type ServiceSettings, serviceHeaders } from './service-settings.ts'
import { textAnswer } from './text-answer.ts'
import { removerOf, toldFailure } from './told-failure.ts'

interface WebhookSettings extends ServiceSettings {
  readonly url: string
  readonly nextId: () => string
}

/**
 * A service of the user's own: it is posted `{model, messages, decision}` as JSON and answers `{"text": "…"}`. The key, if
 * there is one, comes as `Authorization: Bearer`.
 */
export function webhookProvider(settings: WebhookSettings): Provider {
  const own = serviceHeaders(settings, (key) => ({ authorization: `Bearer ${key}` }))
  const headers = { ...JSON_HEADERS, ...own }
  const url = new URL(settings.url).href
  const remove = removerOf(own, settings.url)
  return localProvider(settings.name, async (request, model, { signal, decision, traceHeaders }) => {
    const answer = await settings.transport.send({
      method: 'POST',
      url,
      headers: { ...headers, ...traceHeaders },
      body: JSON.stringify({ model, messages: request.messages, decision: decision ?? null }),
      signal,
    })
    if (answer.status !== 200) throw toldFailure(await failedAnswer(answer, webhookFailure), remove)
    const { text } = parseAnswer(await answer.text(ANSWER_LIMIT_BYTES))
    if (typeof text === 'string') return textAnswer(request, model, text, settings)
    throw new ProviderFailure('malformed', 'The webhook must answer {"text": "…"}, and `text` is not text.')
  })
}

/** Its own words are of no protocol that the caller could read. */
const webhookFailure = (
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): ProviderFailure =>
  withoutBody(httpFailure(status, headers, body, ({ message }) => ({ error: { message } })))
