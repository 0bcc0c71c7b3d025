import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, isStepCount, type ModelMessage, streamText, tool } from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { billing, support } from '../integration/serving.ts'
import { CALLERS, type Caller, eventsIn, readAnswer } from './callers.ts'
import { lastBody, MODELS, serveClients } from './client-gateway.ts'
import { serveGateway } from './gateway.ts'
import { metric } from './metric.ts'

const RESPONSES = CALLERS.find(({ protocol }) => protocol === 'openai-responses') as Caller

const user = (content: string) => ({ role: 'user' as const, content })
const reference = (id: string) => ({ type: 'item_reference', id })
const THINKING = {
  openai: { forceReasoning: true, reasoningEffort: 'low', reasoningSummary: 'auto' },
} as const

const tools = {
  weather: tool({
    inputSchema: z.object({ city: z.string() }),
    execute: async () => 'sunny',
  }),
}

describe('the AI SDK as it comes, which refers to earlier items', () => {
  let served: Awaited<ReturnType<typeof serveClients>>
  beforeAll(async () => {
    served = await serveClients()
  })
  beforeEach(() => served.mock.reset())
  afterAll(() => served.end())

  const modelOf = (name: string, apiKey = served.key) =>
    createOpenAI({ baseURL: `${served.url}/v1`, apiKey })(name)
  const options = (name: string) => ({ model: modelOf(name), maxRetries: 0, providerOptions: THINKING })

  // Of items that the provider itself keeps, nothing is known here.
  const translated = MODELS.filter((name) => name !== 'gpt' && name !== 'responder')

  it.each(translated)('goes on with a conversation answered by %s, whole and streamed', async (name) => {
    const messages: ModelMessage[] = [user('where is my refund?')]
    messages.push(...(await generateText({ ...options(name), messages })).responseMessages)
    messages.push(user('and when?'))
    const second = streamText({ ...options(name), messages })
    expect(await second.text).toContain('and when?')
    messages.push(...(await second.responseMessages), user('really?'))
    expect((await generateText({ ...options(name), messages })).text).toContain('really?')
    const asked = JSON.stringify(lastBody(served.mock))
    expect(asked).toMatch(/where is my refund\?.*mock\(.*and when\?.*mock\(.*really\?/)
    expect(asked).not.toContain('item_reference')
  })

  it.each([false, true])('calls tools after thinking, streamed: %s', async (isStreamed) => {
    const request = { ...options('claude'), tools, stopWhen: isStepCount(3), prompt: '[tool:weather] please' }
    const text = isStreamed ? await streamText(request).text : (await generateText(request)).text
    expect(text).toContain('sunny')
    expect(JSON.stringify(lastBody(served.mock))).toMatch(
      /"thinking":"mock reasoning.*signature-of-.*tool_use/,
    )
  })

  it('moves from a model that is translated to one that is not, without the thoughts of the first', async () => {
    const messages: ModelMessage[] = [user('where is my refund?')]
    messages.push(
      ...(await generateText({ ...options('claude'), messages })).responseMessages,
      user('and when?'),
    )
    expect((await generateText({ ...options('gpt'), messages })).text).toContain('and when?')
    const { input } = lastBody(served.mock) as { input: { type?: string; role?: string }[] }
    expect(input.map(({ type, role }) => role ?? type)).toEqual(['user', 'assistant', 'user'])
  })

  it('is told by name which items are not at hand, and that they can be sent whole', async () => {
    const answer = await served.gateway.call(
      'POST',
      '/v1/responses',
      { model: 'claude', input: [user('hi'), reference('msg_gone')] },
      { authorization: `Bearer ${served.key}` },
    )
    expect(answer.status).toBe(400)
    expect(answer.json.error).toMatchObject({ code: 'untranslatable', param: 'input[1]' })
    expect(answer.json.error.message).toContain('send it whole')
    expect(served.mock.calls).toBe(0)
  })

  it('never gets items of another tenant, nor any that were not to be kept', async () => {
    const keyOf = async (tenant: string) => {
      const made = await served.gateway.call(
        'POST',
        '/v1/keys',
        { name: tenant, tenant, scopes: ['execute'] },
        { authorization: `Bearer ${await served.keyWith(['admin'])}` },
      )
      expect(made.status, made.text).toBe(201)
      return made.json.secret as string
    }
    const keys = { one: await keyOf('one'), two: await keyOf('two') }
    const ask = (key: string, body: object) =>
      served.gateway.call(
        'POST',
        '/v1/responses',
        { model: 'claude', ...body },
        { authorization: `Bearer ${key}` },
      )
    const idOf = async (body: object): Promise<string> => {
      const { json } = await ask(keys.one, { input: 'hi', ...body })
      return json.output[0].id
    }
    const id = await idOf({})
    expect(id).toMatch(/^msg_sr[0-9a-f]{32}$/)
    const input = [user('hi'), reference(id), user('go on')]
    expect((await ask(keys.one, { input })).status).toBe(200)
    expect((await ask(keys.two, { input })).json.error.code).toBe('untranslatable')
    const unkept = [user('hi'), reference(await idOf({ store: false })), user('go on')]
    expect((await ask(keys.one, { input: unkept })).json.error.code).toBe('untranslatable')
  })
})

it.each([false, true])(
  'answers tools of a model that says something before it calls them, streamed: %s',
  async (isStreamed) => {
    const provider = await startTalker()
    const served = await serveGateway(() => ({
      providers: { anthropic: { apiKey: 'sk-ant', baseUrl: `${provider.url}/v1` } },
      models: { claude: { provider: 'anthropic' } },
    }))
    try {
      const request = {
        model: createOpenAI({ baseURL: `${served.gateway.url}/v1`, apiKey: 'none' })('claude'),
        tools,
        stopWhen: isStepCount(3),
        prompt: 'what is the weather?',
        maxRetries: 0,
      }
      const text = isStreamed ? await streamText(request).text : (await generateText(request)).text
      expect(text).toBe('It is sunny.')
      expect(provider.bodies.at(-1)).toMatch(/Let me look\..*tool_use.*tool_result/)
    } finally {
      await served.end()
      await provider.close()
    }
  },
)

describe('a turn that goes on from the previous response, with auto', () => {
  let served: Awaited<ReturnType<typeof serveGateway>>
  beforeAll(async () => {
    served = await serveGateway((url) => ({
      providers: {
        openai: { apiKey: 'sk-openai', baseUrl: `${url}/v1` },
        anthropic: { apiKey: 'sk-ant', baseUrl: `${url}/v1` },
      },
      models: {
        money: { provider: 'openai' },
        help: { provider: 'anthropic' },
        any: { provider: 'openai' },
      },
      defaultModel: 'any',
      execution: { retries: 0 },
    }))
    const put = await served.gateway.call('PUT', '/v1/route-sets/default', {
      routes: [
        { ...billing, target: { model: 'money' } },
        { ...support, target: { model: 'help' } },
      ],
    })
    expect(put.status, put.text).toBe(201)
  })
  beforeEach(() => served.mock.reset())
  afterAll(() => served.end())

  const INVOICE = 'where is my invoice?'
  const CRASH = 'the app crashes when I log in'
  const result = { type: 'function_call_output', call_id: 'call_1', output: 'found' }

  const ask = (body: object, headers = {}) =>
    readAnswer(served.gateway.url, RESPONSES, { model: 'auto', ...body }, { headers })

  /** The model that answers, and the id of its answer. */
  const asked = async (body: object, headers = {}) => {
    const { status, text, events, headers: answered } = await ask(body, headers)
    expect(status, text).toBe(200)
    const told = events.length === 0 ? JSON.parse(text) : JSON.parse(events[0]?.data ?? '').response
    return { model: answered.get('x-stratarouter-model'), id: told.id as string }
  }

  it.each([false, true])('stays with the model that answered, streamed: %s', async (stream) => {
    const first = await asked({ input: `${INVOICE} ${stream}`, stream })
    expect(first.model).toBe('money')
    const second = await asked({ input: [result], previous_response_id: first.id, stream })
    expect(second.model).toBe('money')
    const third = await asked({ input: CRASH, previous_response_id: second.id, stream })
    expect(third.model).toBe('money')
    expect(lastBody(served.mock)).toMatchObject({ previous_response_id: second.id })
    // Two may go on from the same answer.
    expect((await asked({ input: CRASH, previous_response_id: first.id })).model).toBe('money')
  })

  it('stays with a model that was named before', async () => {
    const { id } = await asked({ model: 'any', input: INVOICE })
    expect((await asked({ input: [result], previous_response_id: id })).model).toBe('any')
  })

  it('is told to send everything where the model keeps nothing', async () => {
    const { model, id } = await asked({ input: CRASH })
    expect(model).toBe('help')
    const { status, text } = await ask({ input: INVOICE, previous_response_id: id })
    expect(status).toBe(400)
    expect(JSON.parse(text).error).toMatchObject({
      code: 'previous_response_not_found',
      param: 'previous_response_id',
      message: expect.stringContaining('send the earlier turns'),
    })
  })

  it('is told to send everything, or to name a model, where the response is not known', async () => {
    const unkept = await asked({ input: INVOICE, store: false })
    for (const previous_response_id of ['resp_unknown', unkept.id]) {
      const { status, text } = await ask({ input: [result], previous_response_id })
      expect(status).toBe(400)
      expect(JSON.parse(text).error).toMatchObject({
        type: 'invalid_request_error',
        code: 'previous_response_not_found',
        param: 'previous_response_id',
        message: expect.stringContaining('name a model'),
      })
    }
    expect(served.mock.calls).toBe(1)
    expect(
      (await asked({ model: 'money', input: [result], previous_response_id: 'resp_unknown' })).model,
    ).toBe('money')
  })

  it('stays with its session where that has a name', async () => {
    const named = { 'x-stratarouter-session': 'previous' }
    expect((await asked({ input: INVOICE, store: false }, named)).model).toBe('money')
    expect((await asked({ input: [result], previous_response_id: 'resp_unknown' }, named)).model).toBe(
      'money',
    )
  })

  it('stays where its items are kept that are not known here', async () => {
    const first = [user(`${INVOICE} (items)`)]
    expect((await asked({ input: first })).model).toBe('money')
    expect((await asked({ input: [...first, reference('msg_openai'), user(CRASH)] })).model).toBe('money')
    // Sent whole, it may move.
    const said = { role: 'assistant', content: 'Here.' }
    expect((await asked({ input: [...first, said, user(CRASH)] })).model).toBe('help')
  })
})

it('tells a response that failed within its stream as it came, and counts it as a failure', async () => {
  const failed = `event: response.failed\ndata: ${JSON.stringify({
    type: 'response.failed',
    response: { id: 'resp_1', status: 'failed', error: { code: 'server_error', message: 'it broke' } },
  })}\n\n`
  let fail = () => {}
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(
      'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1"}}\n\n',
    )
    fail = () => response.end(failed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const served = await serveGateway(() => ({
    providers: {
      openai: { apiKey: 'k', baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` },
    },
    models: { gpt: { provider: 'openai' } },
    execution: { retries: 0 },
  }))
  try {
    const response = await fetch(`${served.gateway.url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt', input: 'hi', stream: true }),
    })
    fail()
    const events = eventsIn(await response.text())
    expect(events.map(({ event }) => event)).toEqual(['response.created', 'response.failed'])
    const outcomes = (outcome: string) =>
      metric(served.gateway, 'stratarouter_provider_attempts_total', { outcome })
    expect([await outcomes('server-error'), await outcomes('ok')]).toEqual([1, 0])
  } finally {
    await served.end()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** A model in the protocol of Anthropic that says what it is about to do, calls a tool, and repeats its result. */
async function startTalker() {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    bodies.push(text)
    const content = text.includes('tool_result')
      ? [{ type: 'text', text: 'It is sunny.' }]
      : [
          { type: 'text', text: 'Let me look.' },
          { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } },
        ]
    const stop_reason = content.length === 1 ? 'end_turn' : 'tool_use'
    const usage = { input_tokens: 1, output_tokens: 1 }
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', usage }
    if (!text.includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ...message, content, stop_reason }))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const send = (type: string, fields: object) =>
      response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
    send('message_start', { message: { ...message, content: [] } })
    for (const [index, block] of content.entries()) {
      const begun = 'input' in block ? { ...block, input: {} } : { ...block, text: '' }
      const delta =
        'input' in block
          ? { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
          : { type: 'text_delta', text: block.text }
      send('content_block_start', { index, content_block: begun })
      send('content_block_delta', { index, delta })
      send('content_block_stop', { index })
    }
    send('message_delta', { delta: { stop_reason }, usage })
    send('message_stop', {})
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
