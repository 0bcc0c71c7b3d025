import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { everyProvider, serveGateway } from './gateway.ts'

let served: Awaited<ReturnType<typeof serveGateway>>
let client: OpenAI
beforeAll(async () => {
  served = await serveGateway(everyProvider)
  client = new OpenAI({ baseURL: `${served.gateway.url}/v1`, apiKey: 'any', maxRetries: 0 })
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const messages = [{ role: 'user' as const, content: 'where is my refund?' }]

describe('the openai client against the gateway', () => {
  it('gets a whole answer, from the model that it named, with the key of the provider and not its own', async () => {
    const { data, response } = await client.chat.completions.create({ model: 'gpt', messages }).withResponse()
    expect(data.choices[0]?.message.content).toContain('where is my refund?')
    expect(data.usage?.total_tokens).toBeGreaterThan(0)
    expect(response.headers.get('x-stratarouter-provider')).toBe('openai')
    const [request] = served.mock.requests
    expect(request?.headers.authorization).toBe('Bearer sk-openai-secret')
    expect(request?.body).toEqual({ model: 'gpt-5-mini', messages })
  })

  it('gets a streamed answer, event by event', async () => {
    const stream = await client.chat.completions.create({ model: 'gpt', messages, stream: true })
    let text = ''
    let chunks = 0
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      chunks++
      expect(chunk.usage ?? null).toBeNull()
    }
    expect(text).toContain('where is my refund?')
    expect(chunks).toBeGreaterThan(2)
  })
})
