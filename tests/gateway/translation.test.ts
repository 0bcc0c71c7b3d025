import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Protocol } from '../../src/contracts/index.ts'
import { CALLERS, type Caller, callOf, errorIn, readAnswer } from './callers.ts'
import { lastBody } from './client-gateway.ts'
import { everyProvider, type GatewaySettings, serveGateway } from './gateway.ts'

/** Every kind of provider, alone and with fallbacks. */
const settings: GatewaySettings = (url) => {
  const { providers, models, ...rest } = everyProvider(url) as Record<string, object>
  return {
    ...rest,
    providers: {
      ...providers,
      responses: { type: 'openai-compatible', baseUrl: `${url}/v1`, protocols: ['openai-responses'] },
    },
    models: {
      ...models,
      responder: { provider: 'responses', model: 'o9' },
      'gemini-or-gpt': { provider: 'google', model: 'gemini-2.5-flash', fallbacks: ['gpt'] },
      'gemini-or-claude': { provider: 'google', model: 'gemini-2.5-flash', fallbacks: ['claude'] },
      'gemini-or-responder': { provider: 'google', model: 'gemini-2.5-flash', fallbacks: ['responder'] },
    },
    execution: { retries: 0 },
  }
}

let served: Awaited<ReturnType<typeof serveGateway>>
beforeAll(async () => {
  served = await serveGateway(settings)
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const ask = (caller: Caller, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  readAnswer(served.gateway.url, caller, body, { headers })

const callerOf = (protocol: Protocol) => CALLERS.find((each) => each.protocol === protocol) as Caller

/** Models whose provider speaks the protocol, as the provider names them. */
const SPEAKERS: readonly (readonly [Protocol, string, string])[] = [
  ['openai-chat', 'gpt', 'gpt-5-mini'],
  ['openai-chat', 'small', 'llama'],
  ['openai-responses', 'gpt', 'gpt-5-mini'],
  ['openai-responses', 'responder', 'o9'],
  ['anthropic-messages', 'claude', 'claude-sonnet-4-5'],
]

/** Where each provider is asked in its own protocol. */
const PATHS: Readonly<Record<string, string>> = {
  gpt: '/v1/chat/completions',
  small: '/v1/chat/completions',
  responder: '/v1/responses',
  claude: '/v1/messages',
  gemini: '/v1beta/models/gemini-2.5-flash:generateContent',
}

describe('a call of a provider that speaks the caller’s protocol', () => {
  it.each(SPEAKERS)('is passed on word for word: %s to %s', async (protocol, model, name) => {
    const caller = callerOf(protocol)
    // What nobody knows, and what would be changed by any reading and writing again.
    const odd = {
      not_known_yet: { deep: [1, { a: null }], empty: {}, list: [] },
      seed: 12345678901234,
      temperature: 1.0000001,
      metadata: { note: 'ünïcode \u2028 \ud83d\ude00', empty: '' },
      stop: null,
    }
    const body = { ...callOf(caller, model, false), ...odd }
    const answer = await ask(caller, body)
    expect(answer.status, answer.text).toBe(200)
    expect(lastBody(served.mock)).toEqual({ ...body, model: name })
    // Fields come in the order in which they were sent: providers cache by prefixes.
    expect(Object.keys(lastBody(served.mock) as object)).toEqual(Object.keys(body))
  })

  it.each(SPEAKERS)('is answered in the provider’s own words: %s to %s', async (protocol, model, name) => {
    const caller = callerOf(protocol)
    const direct = await readAnswer(served.mock.url, caller, callOf(caller, name, false))
    const through = await ask(caller, callOf(caller, model, false))
    expect(through.text).toBe(direct.text)
    if (protocol === 'openai-chat') return
    const streamed = await readAnswer(served.mock.url, caller, callOf(caller, name, true))
    expect((await ask(caller, callOf(caller, model, true))).text).toBe(streamed.text)
  })

  it('has the usage of a streamed chat completion dropped only where the caller did not ask for it', async () => {
    const caller = callerOf('openai-chat')
    const asked = { ...callOf(caller, 'gpt', true), stream_options: { include_usage: true, other: 1 } }
    const direct = await readAnswer(served.mock.url, caller, { ...asked, model: 'gpt-5-mini' })
    expect((await ask(caller, asked)).text).toBe(direct.text)
    expect(lastBody(served.mock)).toEqual({ ...asked, model: 'gpt-5-mini' })
    const { stream_options, ...silent } = asked
    expect((await ask(caller, silent)).text).not.toContain('"usage":{')
    expect(lastBody(served.mock)).toMatchObject({ stream_options: { include_usage: true } })
  })
})

describe('a call of a provider that speaks otherwise', () => {
  it.each(
    CALLERS.flatMap(({ protocol }) => Object.keys(PATHS).map((model) => [protocol, model] as const)).filter(
      ([protocol, model]) => !SPEAKERS.some((each) => each[0] === protocol && each[1] === model),
    ),
  )('is put into its own protocol: %s to %s', async (protocol, model) => {
    const caller = callerOf(protocol)
    const answer = await ask(caller, callOf(caller, model, false))
    expect(answer.status, answer.text).toBe(200)
    expect(caller.hasEnd(answer)).toBe(true)
    const [request] = served.mock.requests
    expect(request?.path).toBe(PATHS[model])
    expect(JSON.stringify(request?.body)).toContain('where is my refund?')
    const streamed = await ask(caller, callOf(caller, model, true))
    expect(caller.hasEnd(streamed)).toBe(true)
  })

  it('sends the provider none of the headers of the caller’s protocol', async () => {
    const caller = callerOf('anthropic-messages')
    await ask(caller, callOf(caller, 'gpt', false), {
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'any',
      'x-api-key': 'of-the-caller',
    })
    const [request] = served.mock.requests
    expect(Object.keys(request?.headers ?? {}).filter((name) => /anthropic|api-key/.test(name))).toEqual([])
  })
})

/** What only one protocol can say, where it is told, and a chain that ends with a provider that speaks it. */
const LOSSES: readonly (readonly [Protocol, string, object, string, chain: string])[] = [
  ['openai-chat', 'several answers', { n: 2 }, 'n', 'gemini-or-gpt'],
  ['openai-chat', 'log-probabilities', { logprobs: true }, 'logprobs', 'gemini-or-gpt'],
  ['openai-chat', 'audio', { modalities: ['text', 'audio'] }, 'modalities', 'gemini-or-gpt'],
  ['openai-chat', 'a field that nobody knows', { not_known_yet: 1 }, 'not_known_yet', 'gemini-or-gpt'],
  [
    'openai-chat',
    'a tool of another kind',
    { tools: [{ type: 'custom', custom: { name: 'x' } }] },
    'tools[0].type',
    'gemini-or-gpt',
  ],
  [
    'openai-chat',
    'a file',
    { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }] },
    'messages[0].content[0].type',
    'gemini-or-gpt',
  ],
  [
    'openai-responses',
    'a tool of OpenAI',
    { tools: [{ type: 'web_search' }] },
    'tools[0].type',
    'gemini-or-responder',
  ],
  ['openai-responses', 'the background', { background: true }, 'background', 'gemini-or-responder'],
  [
    'anthropic-messages',
    'a tool of Anthropic',
    { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    'tools[0].type',
    'gemini-or-claude',
  ],
  [
    'anthropic-messages',
    'servers of tools',
    { mcp_servers: [{ type: 'url', url: 'https://mcp.example', name: 'a' }] },
    'mcp_servers',
    'gemini-or-claude',
  ],
  [
    'anthropic-messages',
    'a document',
    {
      messages: [
        { role: 'user', content: [{ type: 'document', source: { type: 'url', url: 'https://a.example' } }] },
      ],
    },
    'messages[0].content[0].type',
    'gemini-or-claude',
  ],
]

describe.each([false, true])('what a translation would lose (streamed: %s)', (isStreamed) => {
  it.each(LOSSES)(
    'is refused by name before any provider is called: %s, %s',
    async (protocol, _what, extra, path) => {
      const caller = callerOf(protocol)
      const answer = await ask(caller, { ...callOf(caller, 'gemini', isStreamed), ...extra })
      expect(answer.status).toBe(400)
      const { code, message } = errorIn(caller, answer.text)
      expect(code).toBe('untranslatable')
      expect(message).toContain(`${path} (`)
      expect(served.mock.calls).toBe(0)
    },
  )

  it.each(LOSSES)(
    'goes to a fallback that speaks the protocol: %s, %s',
    async (protocol, _what, extra, _path, chain) => {
      const caller = callerOf(protocol)
      const body = { ...callOf(caller, chain, isStreamed), ...extra }
      const answer = await ask(caller, body)
      expect(answer.status, answer.text).toBe(200)
      expect(answer.headers.get('x-stratarouter-model')).toBe(chain.split('-or-')[1])
      expect(served.mock.calls).toBe(1)
      expect(lastBody(served.mock)).toMatchObject(extra)
    },
  )
})

describe('what no model of a chain can be told', () => {
  it('is refused as where there is only one', async () => {
    const caller = callerOf('openai-chat')
    const answer = await ask(caller, { ...callOf(caller, 'gemini-or-claude', false), n: 2 })
    expect(answer.status).toBe(400)
    expect(errorIn(caller, answer.text)).toMatchObject({ code: 'untranslatable' })
    expect(served.mock.calls).toBe(0)
  })
})
