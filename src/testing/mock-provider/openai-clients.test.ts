import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type MockProvider, startMockProvider } from './mock-provider.ts'

let provider: MockProvider
let client: OpenAI
beforeAll(async () => {
  provider = await startMockProvider()
  client = new OpenAI({ apiKey: 'sk-test', baseURL: `${provider.url}/v1`, maxRetries: 0 })
})
afterEach(() => provider.reset())
afterAll(() => provider.close())

const user = (content: string) => [{ role: 'user' as const, content }]
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
]

describe('chat completions, through the OpenAI client', () => {
  test('a plain answer repeats the last message and counts tokens', async () => {
    const answer = await client.chat.completions.create({
      model: 'mock-small',
      messages: user('hello there'),
    })
    expect(answer.choices[0]?.message.content).toBe('mock(mock-small): hello there')
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(answer.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 8, total_tokens: 11 })
  })

  test('the pieces of a streamed answer make the plain one, and usage comes where it is asked for', async () => {
    const stream = await client.chat.completions.create({
      model: 'mock-small',
      messages: user('hello there'),
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(
      'mock(mock-small): hello there',
    )
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 11 } })
  })

  test('a marker calls a tool with arguments that its schema allows, plain and streamed', async () => {
    const request = { model: 'mock-small', messages: user('[tool:weather] please'), tools }
    const plain = await client.chat.completions.create(request)
    const call = plain.choices[0]?.message.tool_calls?.[0]
    expect(call).toMatchObject({ function: { name: 'weather', arguments: '{"city":"mock"}' } })
    expect(plain.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } })
    const streamed = await client.chat.completions.stream(request).finalChatCompletion()
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'weather', arguments: '{"city":"mock"}' },
    })
  })

  test('the result of a tool is repeated as a message is', async () => {
    const answer = await client.chat.completions.create({
      model: 'mock-small',
      tools,
      messages: [
        ...user('[tool]'),
        {
          role: 'assistant',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: 'sunny' },
      ],
    })
    expect(answer.choices[0]?.message.content).toBe('mock(mock-small): sunny')
  })
})

describe('faults, through the OpenAI client', () => {
  const create = (model = 'mock-small') => client.chat.completions.create({ model, messages: user('hello') })

  test('a status is the class of error that the client has for it, with what to wait', async () => {
    provider.plan(['429:2s', '500', '401', '400:context', '429:200ms', '429:quota'])
    const errors = []
    for (let index = 0; index < 6; index++) errors.push(await create().catch((error: unknown) => error))
    expect(errors.map((error) => (error as Error).constructor)).toEqual([
      OpenAI.RateLimitError,
      OpenAI.InternalServerError,
      OpenAI.AuthenticationError,
      OpenAI.BadRequestError,
      OpenAI.RateLimitError,
      OpenAI.RateLimitError,
    ])
    const [first, , , fourth, fifth, sixth] = errors as InstanceType<typeof OpenAI.APIError>[]
    expect(first?.headers?.get('retry-after')).toBe('2')
    expect(fourth?.code).toBe('context_length_exceeded')
    expect(fifth?.headers?.get('retry-after-ms')).toBe('200')
    expect(sixth?.code).toBe('insufficient_quota')
    expect((await create()).object).toBe('chat.completion')
  })

  test('the client that leaves is noticed', async () => {
    provider.plan('hang')
    const controller = new AbortController()
    const call = client.chat.completions.create(
      { model: 'mock-small', messages: user('hello') },
      { signal: controller.signal },
    )
    const request = await provider.nextRequest()
    expect(request.isAborted).toBe(false)
    expect(provider.open).toBe(1)
    controller.abort()
    await expect(call).rejects.toBeInstanceOf(OpenAI.APIUserAbortError)
    expect(await provider.aborted()).toBe(request)
    expect(request.isAborted).toBe(true)
    expect(provider.open).toBe(0)
  })
})
