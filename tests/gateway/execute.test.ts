import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { executeAnswerSchema } from '../../src/server/gateway/execute-schemas.ts'
import { expectError } from '../integration/expect-error.ts'
import { billing, serve, support } from '../integration/serving.ts'
import { everyProvider, serveGateway } from './gateway.ts'

/** The server-sent events of a text. */
const eventsOf = (text: string) =>
  text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const [, name = '', data = ''] = /^event: (.+)\ndata: (.+)$/.exec(block) ?? []
      return { name, data: JSON.parse(data) }
    })

describe('POST /v1/execute', () => {
  let served: Awaited<ReturnType<typeof serveGateway>>
  beforeAll(async () => {
    served = await serveGateway((url) => ({
      ...everyProvider(url),
      models: {
        gpt: { provider: 'openai', model: 'gpt-5-mini', fallbacks: ['claude'] },
        claude: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
        small: { provider: 'local', model: 'llama' },
      },
    }))
    await served.gateway.call('PUT', '/v1/route-sets/default', {
      routes: [
        { ...billing, target: { model: 'claude' } },
        { ...support, target: { model: 'small' } },
      ],
    })
  })
  afterEach(() => served.mock.reset())
  afterAll(() => served.end())

  const execute = (body: unknown) => served.gateway.call('POST', '/v1/execute', body)

  it('decides, has the route’s model answer, and tells what it took', async () => {
    const { status, json } = await execute({ text: 'I was charged twice' })
    expect(status).toBe(200)
    expect(executeAnswerSchema.parse(json)).toEqual(json)
    expect(json).toMatchObject({
      decision: { route: 'billing' },
      model: 'claude',
      provider: 'anthropic',
      response: expect.stringContaining('I was charged twice'),
      finish: 'stop',
      unpriced: false,
      attempts: [{ provider: 'anthropic', model: 'claude', outcome: 'ok', status: 200 }],
    })
    expect(json.costUsd).toBeGreaterThan(0)
    expect(json.attempts[0].costUsd).toBe(json.costUsd)
    expect(json.overheadMs).toBeLessThan(json.latencyMs)
  })

  it('lists every attempt where a model did not answer and another one did', async () => {
    served.mock.plan(['500', '500', '500'])
    const { json } = await execute({ text: 'hello', model: 'gpt' })
    expect(json.attempts.map(({ model, outcome }: Record<string, unknown>) => [model, outcome])).toEqual([
      ['gpt', 'server-error'],
      ['gpt', 'server-error'],
      ['gpt', 'server-error'],
      ['claude', 'ok'],
    ])
    expect(json).toMatchObject({ model: 'claude', decision: null })
  })

  it('flags a model without a price instead of calling it free', async () => {
    const { json } = await execute({ text: 'hello', model: 'small' })
    expect(json).toMatchObject({ costUsd: null, unpriced: true })
    expect(json.usage.inputTokens).toBeGreaterThan(0)
  })

  it('streams what was decided, the pieces of the answer, and what it took', async () => {
    const { headers, text } = await execute({ text: 'I was charged twice', stream: true })
    expect(headers.get('content-type')).toContain('text/event-stream')
    const events = eventsOf(text)
    expect(events[0]).toMatchObject({
      name: 'execution',
      data: { model: 'claude', decision: { route: 'billing' } },
    })
    expect(
      events
        .filter(({ data }) => data.kind === 'text')
        .map(({ data }) => data.text)
        .join(''),
    ).toContain('I was charged twice')
    expect(events.at(-1)).toMatchObject({
      name: 'done',
      data: { unpriced: false, attempts: [{ outcome: 'ok' }] },
    })
    expect(events.at(-1)?.data.costUsd).toBeGreaterThan(0)
  })

  it('ends a stream that broke off with an error and without the end', async () => {
    served.mock.plan('truncate:3')
    const { text } = await execute({ text: 'hello', model: 'claude', stream: true })
    const events = eventsOf(text)
    expect(events.at(-1)).toMatchObject({ name: 'error', data: { error: { code: 'provider_truncated' } } })
    expect(events.map(({ name }) => name)).not.toContain('done')
  })

  it('takes a conversation with tools, in the words of chat completions', async () => {
    const tools = [{ type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } }]
    const { json } = await execute({
      messages: [{ role: 'user', content: 'refund 7 [tool]' }],
      model: 'claude',
      tools,
    })
    expect(json).toMatchObject({ finish: 'tool-calls', toolCalls: [{ name: 'look_up' }] })
  })

  it('says what is wrong with a request', async () => {
    expectError(await execute({}), 400, 'invalid_request')
    expectError(
      await execute({ text: 'a', messages: [{ role: 'user', content: 'b' }] }),
      400,
      'invalid_request',
    )
    const misspelt = await execute({ txt: 'a' })
    expect(misspelt.json.error.details).toContainEqual(
      expect.objectContaining({ path: 'txt', nearest: 'text' }),
    )
    const unknown = await execute({ text: 'a', model: 'gtp' })
    expectError(unknown, 404, 'model_not_found')
    expect(unknown.json.error.message).toContain('did you mean gpt?')
  })

  it('answers in the older shape at the older path', async () => {
    const { headers, json } = await served.gateway.call('POST', '/execute', { query: 'I was charged twice' })
    expect(headers.get('deprecation')).toMatch(/^@\d+$/)
    expect(json).toMatchObject({
      response: expect.stringContaining('I was charged twice'),
      route_id: 'billing',
      provider: 'anthropic',
      cache_hit: false,
      cost_usd: expect.any(Number),
    })
  })
})

describe('embeddings and token counts', () => {
  let served: Awaited<ReturnType<typeof serveGateway>>
  beforeAll(async () => {
    served = await serveGateway(everyProvider)
  })
  afterEach(() => served.mock.reset())
  afterAll(() => served.end())

  const call = (path: string, body: unknown) => served.gateway.call('POST', path, body)

  it('come from the encoder inside as numbers or as base64 of the same', async () => {
    const numbers = await call('/v1/embeddings', { model: 'builtin', input: ['a refund', 'a parcel'] })
    const { data, usage } = numbers.json
    expect(data.map(({ index }: { index: number }) => index)).toEqual([0, 1])
    expect(data[0].embedding).toHaveLength(served.gateway.app.encoder.dimensions)
    expect(usage.total_tokens).toBeGreaterThan(0)
    const packed = await call('/v1/embeddings', {
      model: 'builtin',
      input: 'a refund',
      encoding_format: 'base64',
    })
    const bytes = Buffer.from(packed.json.data[0].embedding, 'base64')
    const unpacked = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    expect([...unpacked]).toEqual(data[0].embedding)
  })

  it('come from a provider as it makes them', async () => {
    const { json, headers } = await call('/v1/embeddings', { model: 'gpt', input: ['a', 'b'] })
    expect(json.data).toHaveLength(2)
    expect(headers.get('x-stratarouter-provider')).toBe('openai')
    expect(served.mock.requests[0]).toMatchObject({ path: '/v1/embeddings', body: { model: 'gpt-5-mini' } })
  })

  it('are refused by name where the provider makes none, or the model is a decision', async () => {
    const anthropic = await call('/v1/embeddings', { model: 'claude', input: 'a' })
    expect([anthropic.status, anthropic.json.error.code]).toEqual([400, 'untranslatable'])
    const auto = await call('/v1/embeddings', { model: 'auto', input: 'a' })
    expect([auto.status, auto.json.error.message]).toEqual([
      404,
      'There is no model "auto"; GET /v1/models lists those there are.',
    ])
    expect(served.mock.calls).toBe(0)
  })

  it('counts tokens at the provider that can, and estimates them elsewhere', async () => {
    const body = { messages: [{ role: 'user', content: 'where is my refund?' }] }
    const counted = await call('/v1/messages/count_tokens', { ...body, model: 'claude' })
    expect(counted.json.input_tokens).toBeGreaterThan(0)
    expect(counted.headers.get('x-stratarouter-estimate')).toBeNull()
    expect(served.mock.requests[0]?.path).toBe('/v1/messages/count_tokens')
    const estimated = await call('/v1/messages/count_tokens', { ...body, model: 'gpt' })
    expect(estimated.json.input_tokens).toBeGreaterThan(0)
    expect(estimated.headers.get('x-stratarouter-estimate')).toBe('true')
    expect(served.mock.calls).toBe(1)
  })
})

describe('a server without a configuration', () => {
  it('answers through the demo provider, which says that it is one', async () => {
    const serving = await serve({ demo: true })
    const { json, headers } = await serving.call('POST', '/v1/chat/completions', {
      model: 'auto',
      messages: [{ role: 'user', content: 'where is my refund?' }],
    })
    expect(json.choices[0].message.content).toMatch(
      /^\[demo provider: no language model was asked\] It was routed to "refund"/,
    )
    expect(headers.get('x-stratarouter-route')).toBe('refund')
    await serving.end()
  })

  it('says that no model is configured where it is not the demo', async () => {
    const serving = await serve()
    const answer = await serving.call('POST', '/v1/execute', { text: 'where is my refund?' })
    expectError(answer, 404, 'model_not_found')
    expect(answer.json.error.message).toContain('defaultModel')
    await serving.end()
  })
})
