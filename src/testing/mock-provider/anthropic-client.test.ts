import Anthropic from '@anthropic-ai/sdk'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type MockProvider, startMockProvider } from './mock-provider.ts'

let provider: MockProvider
let client: Anthropic
beforeAll(async () => {
  provider = await startMockProvider({ cachedInputTokens: 1, cacheWriteTokens: 1 })
  client = new Anthropic({ apiKey: 'sk-ant-test', baseURL: provider.url, maxRetries: 0 })
})
afterEach(() => provider.reset())
afterAll(() => provider.close())

const request = (content: string) => ({
  model: 'm',
  max_tokens: 100,
  system: 'be brief',
  messages: [{ role: 'user' as const, content }],
})
const tools = [
  { name: 'weather', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } },
]

test('a plain answer repeats the last message; what the cache read and took is counted apart', async () => {
  expect(await client.messages.create(request('hello there'))).toMatchObject({
    role: 'assistant',
    content: [{ type: 'text', text: 'mock(m): hello there' }],
    stop_reason: 'end_turn',
    usage: {
      input_tokens: 3,
      cache_read_input_tokens: 1,
      cache_creation_input_tokens: 1,
      output_tokens: 5,
    },
  })
})

test('the events of a streamed answer come in order and make the plain one', async () => {
  const types = []
  for await (const { type } of await client.messages.create({ ...request('hello'), stream: true })) {
    types.push(type)
  }
  expect(types).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
  const final = await client.messages.stream(request('hello')).finalMessage()
  expect(final.content).toMatchObject([{ text: 'mock(m): hello' }])
  expect(final.usage).toMatchObject({ input_tokens: 2, output_tokens: 4 })
})

test('tools are used, plain and streamed, and their results repeated', async () => {
  const block = { type: 'tool_use', name: 'weather', input: { city: 'mock' } }
  const marked = { ...request('[tool:weather]'), tools }
  for (const message of [
    await client.messages.create(marked),
    await client.messages.stream(marked).finalMessage(),
    await client.messages.create({ ...request('hello'), tools, tool_choice: { type: 'any' } }),
  ]) {
    expect(message).toMatchObject({ content: [block], stop_reason: 'tool_use' })
  }
  const after = await client.messages.create({
    ...marked,
    messages: [
      ...marked.messages,
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'weather', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'sunny' }] },
    ],
  })
  expect(after.content).toMatchObject([{ text: 'mock(m): sunny' }])
})

test('thinking comes first, with its signature, where it is turned on', async () => {
  const thinking = { type: 'enabled' as const, budget_tokens: 1024 }
  const { content } = await client.messages.stream({ ...request('hello'), thinking }).finalMessage()
  expect(content).toMatchObject([
    { type: 'thinking', thinking: 'mock reasoning of m', signature: expect.stringMatching(/^signature-of-/) },
    { type: 'text' },
  ])
})

test('structured output is what the schema allows', async () => {
  const format = {
    type: 'json_schema' as const,
    schema: { type: 'object', properties: { n: { type: 'integer' } } },
  }
  const { content } = await client.messages.create({ ...request('hello'), output_config: { format } })
  expect(content).toMatchObject([{ text: '{"n":1}' }])
})

test('tokens are counted without an answer', async () => {
  const { model, system, messages } = request('hello there')
  expect(await client.messages.countTokens({ model, system, messages })).toEqual({ input_tokens: 5 })
})

test('a status is the class of error that the client has for it, with the type of the interface', async () => {
  provider.plan(['429:2s', '529', '500', '401', '400', '404'])
  const errors = []
  for (let index = 0; index < 6; index++) {
    errors.push(await client.messages.create(request('x')).catch((error: unknown) => error))
  }
  expect(errors.map((error) => (error as InstanceType<typeof Anthropic.APIError>).type)).toEqual([
    'rate_limit_error',
    'overloaded_error',
    'api_error',
    'authentication_error',
    'invalid_request_error',
    'not_found_error',
  ])
  expect(errors[0]).toBeInstanceOf(Anthropic.RateLimitError)
  expect(errors[3]).toBeInstanceOf(Anthropic.AuthenticationError)
})

test('an error in the middle of a stream is thrown after the events before it', async () => {
  provider.plan('error-event:4')
  const texts: string[] = []
  const stream = client.messages.stream(request('hello')).on('text', (text) => texts.push(text))
  const error: unknown = await stream.finalMessage().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Anthropic.APIError)
  expect((error as InstanceType<typeof Anthropic.APIError>).type).toBe('overloaded_error')
  expect(texts).toEqual(['mock(m):'])
})

test('a client that leaves a stream is noticed', async () => {
  provider.plan('hang:4')
  const stream = client.messages.stream(request('hello'))
  const failed = expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError)
  stream.on('text', () => stream.abort())
  await failed
  expect((await provider.aborted()).isAborted).toBe(true)
})
