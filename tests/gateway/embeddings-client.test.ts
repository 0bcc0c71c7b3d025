import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import Anthropic from '@anthropic-ai/sdk'
import { embedMany } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { lastBody, serveClients } from './client-gateway.ts'

let served: Awaited<ReturnType<typeof serveClients>>
let openai: OpenAI
let anthropic: Anthropic
beforeAll(async () => {
  served = await serveClients()
  openai = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: served.key, maxRetries: 0 })
  anthropic = new Anthropic({ baseURL: served.url, apiKey: served.key, maxRetries: 0 })
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const lengthOf = (vector: readonly number[]) => Math.hypot(...vector)
const input = ['where is my refund?', 'the app crashes']

describe('embeddings', () => {
  // By itself the client asks for base64 and decodes it; a gateway that answers numbers there breaks it.
  it.each(['gpt', 'small', 'builtin'])(
    'come to the openai client, as it asks by itself and as numbers: %s',
    async (model) => {
      const { data, usage } = await openai.embeddings.create({ model, input })
      expect(data.map(({ index }) => index)).toEqual([0, 1])
      for (const { embedding } of data) expect(lengthOf(embedding)).toBeCloseTo(1, 3)
      expect(usage.total_tokens).toBeGreaterThan(0)
      const numbers = await openai.embeddings.create({ model, input, encoding_format: 'float' })
      numbers.data.forEach(({ embedding }, index) => {
        expect(embedding.length).toBe(data[index]?.embedding.length)
        const difference = embedding.map((value, at) => value - (data[index]?.embedding[at] ?? NaN))
        expect(lengthOf(difference)).toBeCloseTo(0, 5)
      })
    },
  )

  it('are asked of the provider word for word', async () => {
    const body = { input, dimensions: 8, user: 'u', not_known_yet: { a: [1] } }
    await openai.embeddings.create({ model: 'gpt', encoding_format: 'float', ...body })
    expect(lastBody(served.mock)).toEqual({ model: 'gpt-5-mini', encoding_format: 'float', ...body })
  })

  it.each(['@ai-sdk/openai', '@ai-sdk/openai-compatible'])('come to the AI SDK with %s', async (provider) => {
    const settings = { baseURL: `${served.url}/v1`, apiKey: served.key }
    for (const name of ['gpt', 'builtin']) {
      const model =
        provider === '@ai-sdk/openai'
          ? createOpenAI(settings).embeddingModel(name)
          : createOpenAICompatible({ ...settings, name: 'stratarouter' }).embeddingModel(name)
      const { embeddings } = await embedMany({ model, values: input, maxRetries: 0 })
      expect(embeddings).toHaveLength(2)
      for (const vector of embeddings) expect(lengthOf(vector)).toBeCloseTo(1, 3)
    }
  })

  it('fail with the class of error of the client', async () => {
    await expect(openai.embeddings.create({ model: 'nothing', input })).rejects.toBeInstanceOf(
      OpenAI.NotFoundError,
    )
    await expect(openai.embeddings.create({ model: 'claude', input })).rejects.toBeInstanceOf(
      OpenAI.BadRequestError,
    )
    served.mock.plan('400')
    await expect(openai.embeddings.create({ model: 'gpt', input })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('mock'),
    })
    served.mock.plan('429')
    await expect(openai.embeddings.create({ model: 'gpt', input })).rejects.toBeInstanceOf(
      OpenAI.RateLimitError,
    )
  })

  it('are not made any further where the client aborts', async () => {
    served.mock.plan('hang')
    const leaving = new AbortController()
    const waiting = openai.embeddings.create({ model: 'gpt', input }, { signal: leaving.signal })
    await served.mock.nextRequest()
    leaving.abort()
    await expect(waiting).rejects.toBeInstanceOf(OpenAI.APIUserAbortError)
    expect((await served.mock.aborted()).isAborted).toBe(true)
  })
})

describe('counts of tokens', () => {
  const messages = [{ role: 'user' as const, content: 'where is my refund?' }]

  it('come to the client of Anthropic from the provider, asked word for word', async () => {
    const body = { system: 'be brief', messages, not_known_yet: 1 }
    const { input_tokens } = await anthropic.messages.countTokens({ model: 'claude', ...body })
    expect(input_tokens).toBe(7)
    expect(lastBody(served.mock)).toEqual({ model: 'claude-sonnet-4-5', ...body })
    expect(served.mock.requests[0]?.headers['x-api-key']).toBe('sk-anthropic-secret')
  })

  it.each(['gpt', 'gemini', 'canned'])(
    'come as an estimate from a provider that counts none: %s',
    async (model) => {
      const { data, response } = await anthropic.messages.countTokens({ model, messages }).withResponse()
      expect(data.input_tokens).toBeGreaterThan(3)
      expect(response.headers.get('x-stratarouter-estimate')).toBe('true')
      expect(served.mock.calls).toBe(0)
    },
  )

  it('fail with the class of error of the client', async () => {
    await expect(anthropic.messages.countTokens({ model: 'nothing', messages })).rejects.toBeInstanceOf(
      Anthropic.NotFoundError,
    )
    served.mock.plan('400')
    await expect(anthropic.messages.countTokens({ model: 'claude', messages })).rejects.toBeInstanceOf(
      Anthropic.BadRequestError,
    )
  })
})
