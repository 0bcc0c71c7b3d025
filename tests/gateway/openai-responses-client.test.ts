import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
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

const hello = 'where is my refund?'
const City = z.object({ city: z.string(), degrees: z.number().min(1) })
const weather = {
  type: 'function' as const,
  name: 'weather',
  strict: true,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}

describe.each(MODELS)('the openai client’s responses, answered by %s', (model) => {
  it('get a whole answer, with the tokens that were read from a cache and thought', async () => {
    const answer = await client.responses.create({ model, input: hello })
    expect(answer).toMatchObject({ object: 'response', status: 'completed', error: null })
    expect(answer.output_text).toContain(hello)
    expect(answer.created_at).toBeGreaterThan(1_600_000_000)
    expect(answer.usage).toMatchObject({
      input_tokens: 5,
      input_tokens_details: { cached_tokens: 2 },
      output_tokens_details: { reasoning_tokens: 3 },
    })
    expect(answer.usage?.total_tokens).toBe(5 + (answer.usage?.output_tokens ?? 0))
  })

  it('get a streamed answer whose events count up and end with all of it', async () => {
    const events = []
    for await (const event of await client.responses.create({ model, input: hello, stream: true })) {
      events.push(event)
    }
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index))
    expect(events.map(({ type }) => type).filter((type) => !type.endsWith('.delta'))).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    const deltas = events.flatMap((event) => (event.type === 'response.output_text.delta' ? event.delta : []))
    expect(deltas.length).toBeGreaterThan(2)
    const last = events.at(-1)
    if (last?.type !== 'response.completed') throw new Error('no end')
    expect(last.response.output).toMatchObject([{ content: [{ text: deltas.join('') }] }])
    expect(last.response.usage).toMatchObject({
      input_tokens: 5,
      output_tokens_details: { reasoning_tokens: 3 },
    })
  })

  it.each([false, true])('call tools and get the final answer, streamed: %s', async (stream) => {
    const ask = async (input: OpenAI.Responses.ResponseInput) => {
      const body = { model, input, tools: [weather] }
      return stream ? client.responses.stream(body).finalResponse() : client.responses.create(body)
    }
    const input: OpenAI.Responses.ResponseInput = [
      { role: 'user', content: '[tool:weather] [tool:weather] please' },
    ]
    const { output } = await ask(input)
    const calls = (output as OpenAI.Responses.ResponseOutputItem[]).filter(
      (item): item is OpenAI.Responses.ResponseFunctionToolCall => item.type === 'function_call',
    )
    expect(calls).toMatchObject([
      { name: 'weather', arguments: '{"city":"mock"}' },
      { name: 'weather', arguments: '{"city":"mock"}' },
    ])
    expect(new Set(calls.map(({ call_id }) => call_id)).size).toBe(2)
    const results = calls.map(({ call_id }, index) => ({
      type: 'function_call_output' as const,
      call_id,
      output: `sunny ${index}`,
    }))
    const { output_text } = await ask([...input, ...output, ...results] as OpenAI.Responses.ResponseInput)
    expect(output_text).toContain('sunny 1')
  })

  it('get the arguments of a tool in pieces', async () => {
    const stream = client.responses.stream({
      model,
      input: '[tool:weather]',
      tools: [weather],
      tool_choice: { type: 'function', name: 'weather' },
    })
    let json = ''
    stream.on('response.function_call_arguments.delta', ({ delta }) => {
      json += delta
    })
    await stream.finalResponse()
    expect(json).toBe('{"city":"mock"}')
  })

  it('get what a schema describes, parsed, whole and streamed', async () => {
    const body = { model, input: hello, text: { format: zodTextFormat(City, 'city') } }
    const { output_parsed } = await client.responses.parse(body)
    expect(output_parsed).toEqual({ city: hello, degrees: 1 })
    const streamed = await client.responses.stream(body).finalResponse()
    expect(streamed.output_parsed).toEqual({ city: hello, degrees: 1 })
  })

  it('send instructions and pictures', async () => {
    const answer = await client.responses.create({
      model,
      instructions: 'be brief',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'what is this?' },
            { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'auto' },
          ],
        },
      ],
    })
    expect(answer.output_text).toContain('what is this?')
    const sent = JSON.stringify(lastBody(served.mock))
    expect(sent).toContain('iVBORw0KGgo=')
    expect(sent).toContain('be brief')
  })

  it('end the call of the provider when they are aborted, before the answer and within', async () => {
    served.mock.plan('hang')
    const before = new AbortController()
    const waiting = client.responses.create({ model, input: hello }, { signal: before.signal })
    await served.mock.nextRequest()
    before.abort()
    await expect(waiting).rejects.toBeInstanceOf(OpenAI.APIUserAbortError)
    expect((await served.mock.aborted()).isAborted).toBe(true)

    served.mock.plan('hang:3')
    const stream = await client.responses.create({ model, input: hello, stream: true })
    for await (const { type } of stream) {
      expect(type).toBe('response.created')
      break
    }
    expect((await served.mock.aborted()).isAborted).toBe(true)
  })
})

describe('the openai client’s responses', () => {
  it('have the gateway decide with auto, or name a route', async () => {
    const auto = await client.responses.create({ model: 'auto', input: 'I want a refund' }).withResponse()
    expect(auto.data.model).toBe('claude-sonnet-4-5')
    expect(auto.response.headers.get('x-stratarouter-route')).toBe('billing')
    const named = await client.responses
      .create({ model: 'route:support', input: hello, stream: true })
      .withResponse()
    let last: OpenAI.Responses.ResponseStreamEvent | undefined
    for await (const event of named.data) last = event
    expect(last).toMatchObject({ type: 'response.completed', response: { model: 'gemini-2.5-flash' } })
    expect(named.response.headers.get('x-stratarouter-model')).toBe('gemini')
  })

  it('are passed on word for word to a provider that speaks them, what is not known here too', async () => {
    const body = {
      model: 'gpt',
      input: hello,
      store: true,
      previous_response_id: 'resp_1',
      tools: [{ type: 'web_search' as const }],
      include: ['web_search_call.action.sources' as const],
      not_known_yet: { deep: [1, 2] },
    }
    await client.responses.create(body)
    expect(lastBody(served.mock)).toEqual({ ...body, model: 'gpt-5-mini' })
  })

  it('are answered by what needs no provider', async () => {
    const body = { model: 'canned', input: hello }
    expect((await client.responses.create(body)).output_text).toBe(`canned: ${hello}`)
    expect((await client.responses.stream(body).finalResponse()).output_text).toBe(`canned: ${hello}`)
  })
})
