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

describe('structured output, through the OpenAI client', () => {
  const schema = {
    type: 'object',
    properties: { city: { type: 'string', enum: ['Paris'] }, degrees: { type: 'integer', minimum: 4 } },
    required: ['city', 'degrees'],
    additionalProperties: false,
  }

  test('chat completions and Responses answer with what the schema allows', async () => {
    const chat = await client.chat.completions.create({
      model: 'm',
      messages: user('hello'),
      response_format: { type: 'json_schema', json_schema: { name: 'weather', schema } },
    })
    const response = await client.responses.create({
      model: 'm',
      input: 'hello',
      text: { format: { type: 'json_schema', name: 'weather', schema } },
    })
    for (const text of [chat.choices[0]?.message.content, response.output_text]) {
      expect(JSON.parse(text ?? '')).toEqual({ city: 'Paris', degrees: 4 })
    }
  })

  test('any object is one that has the text', async () => {
    const chat = await client.chat.completions.create({
      model: 'm',
      messages: user('hello'),
      response_format: { type: 'json_object' },
    })
    expect(chat.choices[0]?.message.content).toBe('{"mock":"hello"}')
  })
})

describe('Responses, through the OpenAI client', () => {
  const functions = [
    {
      type: 'function' as const,
      name: 'weather',
      strict: false,
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
    },
  ]

  test('a plain answer repeats the last input', async () => {
    const response = await client.responses.create({ model: 'm', input: 'hello', instructions: 'be brief' })
    expect(response).toMatchObject({
      output_text: 'mock(m): hello',
      status: 'completed',
      usage: { input_tokens: 4, output_tokens: 4, total_tokens: 8 },
    })
  })

  test('the events of a streamed answer come in order and end with the plain answer', async () => {
    const request = { model: 'm', input: [{ role: 'user' as const, content: 'hello' }] }
    const events = []
    for await (const event of await client.responses.create({ ...request, stream: true })) events.push(event)
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
    const final = await client.responses.stream(request).finalResponse()
    expect(final.output_text).toBe('mock(m): hello')
  })

  test('functions are called, plain and streamed, and their results repeated', async () => {
    const request = { model: 'm', input: '[tool] please', tools: functions }
    const plain = await client.responses.create(request)
    const call = { type: 'function_call', name: 'weather', arguments: '{"city":"mock"}' }
    expect(plain.output).toMatchObject([call])
    const streamed = await client.responses.stream(request).finalResponse()
    expect(streamed.output).toMatchObject([call])
    const after = await client.responses.create({
      model: 'm',
      tools: functions,
      input: [
        { role: 'user', content: '[tool]' },
        { type: 'function_call', call_id: 'c', name: 'weather', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'sunny' },
      ],
    })
    expect(after.output_text).toBe('mock(m): sunny')
  })

  test('reasoning comes first, where a summary of it is asked for', async () => {
    const request = { model: 'm', input: 'hello', reasoning: { summary: 'auto' as const } }
    const { output, usage } = await client.responses.stream(request).finalResponse()
    expect(output).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'mock reasoning of m' }] },
      { type: 'message' },
    ])
    expect(usage?.output_tokens_details.reasoning_tokens).toBe(5)
  })

  test('an answer that was cut is incomplete', async () => {
    const request = { model: 'm', input: 'a longer message than fits', max_output_tokens: 2 }
    const incomplete = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    expect(await client.responses.create(request)).toMatchObject(incomplete)
    expect(await client.responses.stream(request).finalResponse()).toMatchObject(incomplete)
  })

  test('an error in the middle of a stream is thrown', async () => {
    provider.plan('error-event')
    await expect(client.responses.stream({ model: 'm', input: 'hello' }).finalResponse()).rejects.toThrow(
      /an error that was asked for/,
    )
  })
})

describe('embeddings and models, through the OpenAI client', () => {
  test('the same text has the same vector of length 1, as floats and in base64', async () => {
    const embed = async (encoding_format: 'float' | 'base64', dimensions?: number) => {
      const input = ['a', 'b', 'a']
      const request = { model: 'm', input, encoding_format, ...(dimensions && { dimensions }) }
      return (await client.embeddings.create(request)).data.map(({ embedding }) => embedding)
    }
    const [a, b, again] = await embed('float')
    expect(a).toHaveLength(16)
    expect(again).toEqual(a)
    expect(b).not.toEqual(a)
    expect(Math.hypot(...a!)).toBeCloseTo(1, 6)
    expect((await embed('float', 3))[0]).toHaveLength(3)
    const bytes = Buffer.from((await embed('base64'))[0] as unknown as string, 'base64')
    expect([...new Float32Array(new Uint8Array(bytes).buffer)]).toEqual(a)
    // The client asks for base64 by itself and gives floats.
    const { data } = await client.embeddings.create({ model: 'm', input: 'a' })
    expect(data[0]?.embedding).toEqual(a)
  })

  test('models are listed', async () => {
    const ids = []
    for await (const { id } of client.models.list()) ids.push(id)
    expect(ids).toEqual(['mock-small', 'mock-large'])
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
