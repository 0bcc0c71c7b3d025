import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MockFault } from '../../src/testing/index.ts'
import { MODELS, serveClients } from './client-gateway.ts'

let served: Awaited<ReturnType<typeof serveClients>>
beforeAll(async () => {
  served = await serveClients()
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const messages = [{ role: 'user' as const, content: 'where is my refund?' }]

interface Asked {
  readonly model: string
  readonly stream?: boolean
  readonly key?: string
  readonly extra?: Readonly<Record<string, unknown>>
}

/** The clients, asked in each of their interfaces; what they throw, or undefined. */
const CLIENTS = {
  'chat completions': ({ model, stream = false, key = served.key, extra }: Asked) =>
    thrown(async () => {
      const client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: key, maxRetries: 0 })
      const answer = await client.chat.completions.create({ model, messages, stream, ...extra })
      if ('controller' in answer) for await (const _ of answer);
    }),
  responses: ({ model, stream = false, key = served.key, extra }: Asked) =>
    thrown(async () => {
      const client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: key, maxRetries: 0 })
      const answer = await client.responses.create({ model, input: messages, stream, ...extra })
      if ('controller' in answer) for await (const _ of answer);
    }),
  messages: ({ model, stream = false, key = served.key, extra }: Asked) =>
    thrown(async () => {
      const client = new Anthropic({ baseURL: served.url, apiKey: key, maxRetries: 0 })
      const answer = await client.messages.create({ model, max_tokens: 9, messages, stream, ...extra })
      if ('controller' in answer) for await (const _ of answer);
    }),
} as const

type Interface = keyof typeof CLIENTS
const INTERFACES = Object.keys(CLIENTS) as Interface[]

/** The classes of both clients have the same names. */
const classOf = (name: Interface, error: 'RateLimitError' | 'AuthenticationError' | ErrorClass) =>
  (name === 'messages' ? Anthropic : OpenAI)[error]

type ErrorClass =
  | 'NotFoundError'
  | 'BadRequestError'
  | 'InternalServerError'
  | 'PermissionDeniedError'
  | 'APIError'

async function thrown(ask: () => Promise<void>): Promise<unknown> {
  try {
    await ask()
    return undefined
  } catch (error) {
    return error
  }
}

/** Each interface with a model whose provider speaks it, and those that are reached by translation. */
const cases = INTERFACES.flatMap((name) =>
  MODELS.flatMap((model) => [false, true].map((stream) => [name, model, stream] as const)),
)

function failureOf(name: Interface, model: string, stream: boolean, fault: MockFault): Promise<unknown> {
  served.mock.plan(fault)
  return CLIENTS[name]({ model, stream })
}

describe.each(cases)('the client’s %s, answered by %s, streamed: %s', (name, model, stream) => {
  const failure = (fault: MockFault) => failureOf(name, model, stream, fault)

  it('throw the class of error that each fault of the provider is', async () => {
    const limited = await failure('429:2s')
    expect(limited).toBeInstanceOf(classOf(name, 'RateLimitError'))
    expect(limited).toMatchObject({ headers: expect.any(Headers) })
    expect((limited as { headers: Headers }).headers.get('retry-after')).toBe('2')
    for (const fault of ['500', '503', 'reset', 'wrong-type', 'error-event:0'] as const) {
      expect(await failure(fault), fault).toBeInstanceOf(classOf(name, 'InternalServerError'))
    }
    // Their own key is good; that of the gateway is not.
    expect(await failure('401')).toBeInstanceOf(classOf(name, 'InternalServerError'))
  })

  it('throw what the provider says where it refuses the request', async () => {
    const refused = await failure('400:context')
    expect(refused).toBeInstanceOf(classOf(name, 'BadRequestError'))
    expect((refused as Error).message).toContain('mock:')
  })
})

describe.each(cases.filter(([, , stream]) => stream))('the client’s %s, streamed by %s', (name, model) => {
  it('throw where the stream breaks off', async () => {
    for (const fault of ['error-event:2', 'truncate:2', 'reset:2', 'short:2'] as const) {
      expect(await failureOf(name, model, true, fault), fault).toBeInstanceOf(classOf(name, 'APIError'))
    }
  })
})

describe.each(INTERFACES)('the client’s %s', (name) => {
  const ask = CLIENTS[name]

  it('throw that the key is wrong, or may not do it', async () => {
    expect(await ask({ model: 'gpt', key: 'sr_wrong' })).toBeInstanceOf(classOf(name, 'AuthenticationError'))
    const key = await served.keyWith(['route'])
    expect(await ask({ model: 'gpt', key })).toBeInstanceOf(classOf(name, 'PermissionDeniedError'))
  })

  it('throw that there is no such model or route, with the nearest name', async () => {
    const error = await ask({ model: 'claud' })
    expect(error).toBeInstanceOf(classOf(name, 'NotFoundError'))
    expect((error as Error).message).toContain('did you mean claude?')
    expect(await ask({ model: 'route:nowhere' })).toBeInstanceOf(classOf(name, 'NotFoundError'))
    expect(served.mock.calls).toBe(0)
  })

  it('throw what is wrong with the request, and where', async () => {
    const extra = { messages: [], input: [] }
    const error = await ask({ model: 'gpt', extra })
    expect(error).toBeInstanceOf(classOf(name, 'BadRequestError'))
    expect((error as Error).message).toMatch(/(messages|input): Expected/)
  })

  it('throw what cannot be translated, before any provider is called', async () => {
    const error = await ask({ model: 'gemini', extra: { not_known_yet: true } })
    expect(error).toBeInstanceOf(classOf(name, 'BadRequestError'))
    expect((error as Error).message).toContain('not_known_yet')
    if (name !== 'messages') expect(error).toMatchObject({ code: 'untranslatable', param: 'not_known_yet' })
    expect(served.mock.calls).toBe(0)
  })
})
