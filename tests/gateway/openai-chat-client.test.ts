import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { lastBody, MODELS, serveClients } from './client-gateway.ts'

let served: Awaited<ReturnType<typeof serveClients>>
let client: OpenAI
beforeAll(async () => {
  served = await serveClients({ cachedInputTokens: 2, reasoningTokens: 3 })
  client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: served.key, maxRetries: 0 })
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const user = (content: string) => [{ role: 'user' as const, content }]
const hello = user('where is my refund?')
const picture = 'data:image/png;base64,iVBORw0KGgo='
const City = z.object({ city: z.string(), degrees: z.number().min(1) })
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const weather = { type: 'function' as const, function: { name: 'weather', parameters } }

/** A tool that tells what it was called with. */
const running = (calls: unknown[]) => ({
  type: 'function' as const,
  function: {
    name: 'weather',
    parameters,
    description: 'Tells the weather.',
    parse: (json: string): { city: string } => JSON.parse(json),
    function: (told: { city: string }) => {
      calls.push(told)
      return 'sunny'
    },
  },
})

describe.each(MODELS)('the openai client’s chat completions, answered by %s', (model) => {
  it('get a whole answer, with the tokens that were read from a cache and thought', async () => {
    const answer = await client.chat.completions.create({ model, messages: hello })
    expect(answer.object).toBe('chat.completion')
    expect(answer.choices).toMatchObject([
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', refusal: null } },
    ])
    expect(answer.choices[0]?.message.content).toContain('where is my refund?')
    expect(answer.id).not.toBe('')
    expect(answer.created).toBeGreaterThan(1_600_000_000)
    const { usage } = answer
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0))
    expect(usage?.prompt_tokens).toBe(5)
    expect(usage?.prompt_tokens_details?.cached_tokens).toBe(2)
    expect(usage?.completion_tokens_details?.reasoning_tokens).toBe(3)
  })

  it('get a streamed answer in pieces, and its usage only where they ask for it', async () => {
    for (const include_usage of [false, true]) {
      const stream = await client.chat.completions.create({
        model,
        messages: hello,
        stream: true,
        ...(include_usage ? { stream_options: { include_usage } } : {}),
      })
      const chunks = []
      for await (const chunk of stream) chunks.push(chunk)
      expect(chunks.length).toBeGreaterThan(4)
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toContain(
        'where is my refund?',
      )
      expect(chunks.filter(({ choices }) => choices[0]?.finish_reason === 'stop')).toHaveLength(1)
      const told = chunks.filter(({ usage }) => usage)
      expect(told).toHaveLength(include_usage ? 1 : 0)
      if (include_usage) {
        expect(told).toEqual([chunks.at(-1)])
        expect(told[0]?.choices).toEqual([])
        expect(told[0]?.usage).toMatchObject({
          prompt_tokens: 5,
          prompt_tokens_details: { cached_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 3 },
        })
      }
    }
  })

  it.each([false, true])('call tools and get the final answer, streamed: %s', async (stream) => {
    const calls: unknown[] = []
    const body = { model, messages: user('[tool:weather] please'), tools: [running(calls)] }
    const runner = stream
      ? client.chat.completions.runTools({ ...body, stream })
      : client.chat.completions.runTools(body)
    expect(await runner.finalContent()).toContain('sunny')
    expect(calls).toEqual([{ city: 'mock' }])
    expect(served.mock.calls).toBe(2)
  })

  it('get the arguments of several tool calls in pieces, each under its own number', async () => {
    const stream = client.chat.completions.stream({
      model,
      messages: user('[tool:weather] [tool:weather]'),
      tools: [weather],
      tool_choice: 'auto',
    })
    const deltas: number[] = []
    stream.on('tool_calls.function.arguments.delta', ({ index }) => deltas.push(index))
    const { choices } = await stream.finalChatCompletion()
    const calls = choices[0]?.message.tool_calls ?? []
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    expect(calls.map((call) => call.type === 'function' && call.function.arguments)).toEqual([
      '{"city":"mock"}',
      '{"city":"mock"}',
    ])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
    expect(new Set(deltas)).toEqual(new Set([0, 1]))
  })

  it('get what a schema describes, parsed, whole and streamed', async () => {
    const body = { model, messages: hello, response_format: zodResponseFormat(City, 'city') }
    const { choices } = await client.chat.completions.parse(body)
    expect(choices[0]?.message.parsed).toEqual({ city: 'where is my refund?', degrees: 1 })
    const streamed = await client.chat.completions.stream(body).finalChatCompletion()
    expect(streamed.choices[0]?.message.parsed).toEqual({ city: 'where is my refund?', degrees: 1 })
  })

  it('send pictures as bytes', async () => {
    const content = [
      { type: 'text' as const, text: 'what is this?' },
      { type: 'image_url' as const, image_url: { url: picture } },
    ]
    const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content }] })
    expect(answer.choices[0]?.message.content).toContain('what is this?')
    expect(JSON.stringify(lastBody(served.mock))).toContain('iVBORw0KGgo=')
  })

  it('end the call of the provider when they are aborted, before the answer and within', async () => {
    served.mock.plan('hang')
    const before = new AbortController()
    const waiting = client.chat.completions.create({ model, messages: hello }, { signal: before.signal })
    await served.mock.nextRequest()
    before.abort()
    await expect(waiting).rejects.toBeInstanceOf(OpenAI.APIUserAbortError)
    expect((await served.mock.aborted()).isAborted).toBe(true)

    served.mock.plan('hang:3')
    const stream = await client.chat.completions.create({ model, messages: hello, stream: true })
    for await (const { choices } of stream) {
      expect(choices).toHaveLength(1)
      break
    }
    expect((await served.mock.aborted()).isAborted).toBe(true)
  })
})

describe('the openai client’s chat completions', () => {
  it('have the gateway decide with auto, and tell by headers what it did', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'auto', messages: user('I want a refund') })
      .withResponse()
    expect(data.model).toBe('claude-sonnet-4-5')
    const told = (name: string) => response.headers.get(`x-stratarouter-${name}`)
    expect(told('route')).toBe('billing')
    expect(told('model')).toBe('claude')
    expect(told('provider')).toBe('anthropic')
    expect(Number(told('confidence'))).toBeGreaterThan(0.5)
    expect(told('execution-id')).toMatch(/^exe_/)
    expect(Number(told('overhead-ms'))).toBeGreaterThanOrEqual(0)
  })

  it('name a route, and get its model without a decision, streamed as well', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'route:support', messages: hello, stream: true })
      .withResponse()
    let text = ''
    for await (const { choices, model } of data) {
      expect(model).toBe('gemini-2.5-flash')
      text += choices[0]?.delta.content ?? ''
    }
    expect(text).toContain('where is my refund?')
    expect(response.headers.get('x-stratarouter-route')).toBe('support')
    expect(response.headers.get('x-stratarouter-confidence')).toBeNull()
  })

  it('send their own key to the gateway, which sends its own to the provider', async () => {
    await client.chat.completions.create({ model: 'gpt', messages: hello })
    const [request] = served.mock.requests
    expect(request?.headers.authorization).toBe('Bearer sk-openai-secret')
    expect(JSON.stringify(request)).not.toContain(served.key)
  })

  it('are answered by what needs no provider', async () => {
    const body = { model: 'canned', messages: hello }
    const { choices } = await client.chat.completions.create(body)
    expect(choices[0]?.message.content).toBe('canned: where is my refund?')
    const streamed = await client.chat.completions.stream(body).finalChatCompletion()
    expect(streamed.choices[0]?.message.content).toBe('canned: where is my refund?')
    expect(served.mock.calls).toBe(0)
  })

  it('list the models', async () => {
    const names = []
    for await (const { id } of client.models.list()) names.push(id)
    expect(names).toEqual(['auto', ...MODELS, 'canned', 'builtin'])
  })
})
