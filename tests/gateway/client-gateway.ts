import type { MockProviderOptions, MockRequest } from '../../src/testing/index.ts'
import { billing, support } from '../integration/serving.ts'
import { everyProvider, type GatewaySettings, serveGateway } from './gateway.ts'

/** Providers of every kind, each with a model; `responder` speaks Responses and nothing else. */
const settings: GatewaySettings = (url) => {
  const { providers, models, ...rest } = everyProvider(url) as Record<string, object>
  return {
    ...rest,
    providers: {
      ...providers,
      responses: { type: 'openai-compatible', baseUrl: `${url}/v1`, protocols: ['openai-responses'] },
      canned: { type: 'static', text: 'canned: {{text}}' },
    },
    models: {
      ...models,
      responder: { provider: 'responses', model: 'o9' },
      canned: { provider: 'canned', model: 'canned' },
    },
    execution: { retries: 0, breakerMinimumCalls: 1000 },
  }
}

/** Models by the kind of their provider. */
export const MODELS = ['gpt', 'claude', 'gemini', 'small', 'responder'] as const

/** Serves every kind of provider to callers with a key. */
export async function serveClients(mock: MockProviderOptions = {}) {
  const served = await serveGateway(settings, { mock })
  const { gateway } = served
  let admin = ''
  admin = await keyWith(['admin'])
  await gateway.call(
    'PUT',
    '/v1/route-sets/default',
    {
      routes: [
        { ...billing, target: { model: 'claude' } },
        { ...support, target: { model: 'gemini' } },
      ],
    },
    bearer(admin),
  )
  return { ...served, url: gateway.url, key: await keyWith(['execute']), keyWith }

  async function keyWith(scopes: readonly string[]): Promise<string> {
    const { json } = await gateway.call(
      'POST',
      '/v1/keys',
      { name: scopes[0], scopes },
      admin === '' ? {} : bearer(admin),
    )
    return json.secret
  }
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

/** The body of the last call of a provider. */
export function lastBody({ requests }: { readonly requests: readonly MockRequest[] }): unknown {
  return requests.at(-1)?.body
}
