import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { lastBody, MODELS, serveClients } from './client-gateway.ts'

let served: Awaited<ReturnType<typeof serveClients>>
let client: Anthropic
beforeAll(async () => {
  served = await serveClients({ cachedInputTokens: 2, reasoningTokens: 3 })
  client = new Anthropic({ baseURL: served.url, apiKey: served.key, maxRetries: 0 })
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const user = (content: string) => [{ role: 'user' as const, content }]
const text = 'where is my refund?'
const hello = { max_tokens: 100, messages: user(text) }
const City = z.object({ city: z.string(), degrees: z.number().min(1) })
const weather = {
  name: 'weather',
  input_schema: {
    type: 'object' as const,
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}

describe.each(MODELS)('the client of Anthropic, answered by %s', (model) => {
  it('gets a whole answer, with the tokens that were read from a cache apart', async () => {
    const answer = await client.messages.create({ model, ...hello })
    expect(answer).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' })
    expect(answer.content).toMatchObject([{ type: 'text', text: expect.stringContaining(text) }])
    expect(answer.id).not.toBe('')
    expect(answer.usage).toMatchObject({ input_tokens: 3, cache_read_input_tokens: 2 })
    expect(answer.usage.output_tokens).toBeGreaterThan(3)
  })

  it('gets a streamed answer in the order of the protocol, with its usage at the end', async () => {
    const events = []
    for await (const event of await client.messages.create({ model, ...hello, stream: true })) {
      events.push(event)
    }
    expect(events.map(({ type }) => type).filter((type) => type !== 'content_block_delta')).toEqual([
      'message_start',
      'content_block_start',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(events.length).toBeGreaterThan(6)
    const final = await client.messages.stream({ model, ...hello }).finalMessage()
    expect(final.content).toMatchObject([{ type: 'text', text: expect.stringContaining(text) }])
    expect(final.stop_reason).toBe('end_turn')
    expect(final.usage).toMatchObject({ input_tokens: 3, cache_read_input_tokens: 2 })
    expect(final.usage.output_tokens).toBeGreaterThan(3)
  })

  it.each([false, true])('calls tools and gets the final answer, streamed: %s', async (stream) => {
    const ask = (messages: Anthropic.MessageParam[]) => {
      const body = { model, max_tokens: 100, messages, tools: [weather] }
      return stream ? client.messages.stream(body).finalMessage() : client.messages.create(body)
    }
    const first: Anthropic.MessageParam[] = user('[tool:weather] [tool:weather] please')
    const { content, stop_reason } = await ask(first)
    expect(stop_reason).toBe('tool_use')
    const calls = content.filter((block): block is Anthropic.ToolUseBlock => block.type === 'tool_use')
    expect(calls).toMatchObject([
      { name: 'weather', input: { city: 'mock' } },
      { name: 'weather', input: { city: 'mock' } },
    ])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
    const results = calls.map(({ id }, index) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: `sunny ${index}`,
    }))
    const last = await ask([...first, { role: 'assistant', content }, { role: 'user', content: results }])
    expect(last.stop_reason).toBe('end_turn')
    expect(JSON.stringify(last.content)).toContain('sunny 1')
  })

  it('has its tools run by itself', async () => {
    const calls: unknown[] = []
    const tool = betaZodTool({
      name: 'weather',
      description: 'Tells the weather.',
      inputSchema: z.object({ city: z.string() }),
      run: (input) => {
        calls.push(input)
        return 'sunny'
      },
    })
    const messages = user('[tool:weather] please')
    const last = await client.beta.messages.toolRunner({ model, max_tokens: 100, messages, tools: [tool] })
    expect(calls).toEqual([{ city: 'mock' }])
    expect(JSON.stringify(last.content)).toContain('sunny')
  })

  it('keeps a thread, or all of its messages where the provider keeps none', async () => {
    const thread = client.beta.messages.thread({ model, max_tokens: 100 })
    for (const content of ['one', 'two', 'three']) {
      const answer = await thread.send({ role: 'user', content })
      expect(JSON.stringify(answer.content)).toContain(content)
    }
    const sent = JSON.stringify(lastBody(served.mock))
    const [isKept, isWhole] = [sent.includes('"previous_message_id"'), sent.includes('"one"')]
    expect({ isKept, isWhole }).toEqual({ isKept: model === 'claude', isWhole: model !== 'claude' })
  })

  it('gets the arguments of a tool in pieces', async () => {
    const stream = client.messages.stream({
      model,
      ...hello,
      tools: [weather],
      tool_choice: { type: 'tool', name: 'weather' },
    })
    let json = ''
    stream.on('inputJson', (piece) => {
      json += piece
    })
    await stream.finalMessage()
    expect(json).toBe('{"city":"mock"}')
  })

  it('gets what a schema describes, parsed, whole and streamed', async () => {
    const body = { model, ...hello, output_config: { format: zodOutputFormat(City) } }
    const { parsed_output } = await client.messages.parse(body)
    expect(parsed_output).toEqual({ city: text, degrees: 1 })
    const streamed = await client.messages.stream(body).finalMessage()
    expect(streamed.parsed_output).toEqual({ city: text, degrees: 1 })
  })

  it('sends a system prompt and pictures', async () => {
    const answer = await client.messages.create({
      model,
      max_tokens: 100,
      system: [{ type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'what is this?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
          ],
        },
      ],
    })
    expect(JSON.stringify(answer.content)).toContain('what is this?')
    const sent = JSON.stringify(lastBody(served.mock))
    expect(sent).toContain('iVBORw0KGgo=')
    expect(sent).toContain('be brief')
  })

  it('ends the call of the provider when it is aborted, before the answer and within', async () => {
    served.mock.plan('hang')
    const before = new AbortController()
    const waiting = client.messages.create({ model, ...hello }, { signal: before.signal })
    await served.mock.nextRequest()
    before.abort()
    await expect(waiting).rejects.toBeInstanceOf(Anthropic.APIUserAbortError)
    expect((await served.mock.aborted()).isAborted).toBe(true)

    served.mock.plan('hang:3')
    const stream = await client.messages.create({ model, ...hello, stream: true })
    for await (const { type } of stream) {
      expect(type).toBe('message_start')
      break
    }
    expect((await served.mock.aborted()).isAborted).toBe(true)
  })
})

describe('the client of Anthropic', () => {
  it('has the gateway decide with auto, or names a route', async () => {
    const auto = await client.messages
      .create({ model: 'auto', max_tokens: 100, messages: user('the app crashes when I log in') })
      .withResponse()
    expect(auto.data.model).toBe('gemini-2.5-flash')
    expect(auto.response.headers.get('x-stratarouter-route')).toBe('support')
    const named = await client.messages
      .create({ model: 'route:billing', ...hello, stream: true })
      .withResponse()
    const events = []
    for await (const event of named.data) events.push(event)
    expect(events[0]).toMatchObject({ message: { model: 'claude-sonnet-4-5' } })
    expect(named.response.headers.get('x-stratarouter-provider')).toBe('anthropic')
  })

  it('has the gateway decide by all messages of a thread, and runs tools in one', async () => {
    const thread = client.beta.messages.thread({ model: 'auto', max_tokens: 100 })
    for (const content of ['I want a refund', 'the one of last week', 'thanks']) {
      await thread.send({ role: 'user', content })
      expect(JSON.stringify(lastBody(served.mock))).toContain('I want a refund')
    }
    const tool = betaZodTool({
      name: 'weather',
      description: 'Tells the weather.',
      inputSchema: z.object({ city: z.string() }),
      run: () => 'sunny',
    })
    const messages = user('I want a refund [tool:weather]')
    const last = await client.beta.messages.toolRunner({
      model: 'auto',
      max_tokens: 100,
      messages,
      tools: [tool],
    })
    expect(JSON.stringify(last.content)).toContain('sunny')
  })

  it('is passed on word for word to a provider that speaks as it does, what is not known here too', async () => {
    const body = {
      model: 'claude',
      ...hello,
      thinking: { type: 'enabled' as const, budget_tokens: 1024 },
      service_tier: 'auto' as const,
      mcp_servers: [{ type: 'url' as const, url: 'https://mcp.example', name: 'mcp' }],
      betas: ['mcp-client-2025-11-20', 'not-known-yet'],
      not_known_yet: { deep: [1, 2] },
    }
    const answer = await client.beta.messages.create(body)
    expect(answer.content[0]).toMatchObject({ type: 'thinking', signature: expect.any(String) })
    const { betas, ...sent } = body
    const [request] = served.mock.requests
    expect(request?.body).toEqual({ ...sent, model: 'claude-sonnet-4-5' })
    expect(request?.headers['anthropic-beta']).toBe(betas.join(','))
    expect(request?.headers['anthropic-version']).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(request?.headers['x-api-key']).toBe('sk-anthropic-secret')
    expect(JSON.stringify(request)).not.toContain(served.key)
  })

  it('is answered by what needs no provider', async () => {
    const body = { model: 'canned', ...hello }
    expect((await client.messages.create(body)).content).toMatchObject([{ text: `canned: ${text}` }])
    expect((await client.messages.stream(body).finalMessage()).content).toMatchObject([
      { text: `canned: ${text}` },
    ])
  })
})
