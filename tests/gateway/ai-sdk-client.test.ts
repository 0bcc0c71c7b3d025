import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError, generateText, isStepCount, Output, streamText, tool } from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { lastBody, MODELS, serveClients } from './client-gateway.ts'

let served: Awaited<ReturnType<typeof serveClients>>
beforeAll(async () => {
  served = await serveClients({ cachedInputTokens: 2, reasoningTokens: 3 })
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const PROVIDERS = ['@ai-sdk/openai', '@ai-sdk/openai-compatible'] as const

function modelOf(provider: (typeof PROVIDERS)[number], model: string) {
  const { url, key } = served
  const settings = { baseURL: `${url}/v1`, apiKey: key }
  return provider === '@ai-sdk/openai'
    ? createOpenAI(settings)(model)
    : createOpenAICompatible({
        ...settings,
        name: 'stratarouter',
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(model)
}

const prompt = 'where is my refund?'
const City = z.object({ city: z.string(), degrees: z.number().min(1) })
const cases = PROVIDERS.flatMap((provider) => MODELS.map((model) => [provider, model] as const))

const weatherTools = (calls: unknown[]) => ({
  weather: tool({
    description: 'Tells the weather.',
    inputSchema: z.object({ city: z.string() }),
    execute: async (input) => {
      calls.push(input)
      return 'sunny'
    },
  }),
})

describe.each(cases)('the AI SDK with %s, answered by %s', (provider, name) => {
  const options = () => ({ model: modelOf(provider, name), maxRetries: 0 })

  it('gets a whole answer and its usage', async () => {
    const { text, finishReason, usage, response } = await generateText({ ...options(), prompt })
    expect(text).toContain(prompt)
    expect(finishReason).toBe('stop')
    expect(usage).toMatchObject({ inputTokens: 5, inputTokenDetails: { cacheReadTokens: 2 } })
    expect(usage.outputTokenDetails.reasoningTokens).toBe(3)
    expect(response.headers?.['x-stratarouter-model']).toBe(name)
  })

  it('gets a streamed answer and its usage', async () => {
    const result = streamText({ ...options(), prompt, instructions: 'be brief' })
    const pieces = []
    for await (const piece of result.textStream) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(2)
    expect(pieces.join('')).toContain(prompt)
    expect(await result.finishReason).toBe('stop')
    const usage = await result.usage
    expect(usage).toMatchObject({ inputTokens: 7, inputTokenDetails: { cacheReadTokens: 2 } })
    expect(usage.outputTokenDetails.reasoningTokens).toBe(3)
  })

  it.each([false, true])('calls tools and gets the final answer, streamed: %s', async (isStreamed) => {
    const calls: unknown[] = []
    const request = {
      ...options(),
      prompt: '[tool:weather] [tool:weather] please',
      tools: weatherTools(calls),
      stopWhen: isStepCount(3),
    }
    const text = isStreamed ? await streamText(request).text : (await generateText(request)).text
    expect(text).toContain('sunny')
    expect(calls).toEqual([{ city: 'mock' }, { city: 'mock' }])
    expect(served.mock.calls).toBe(2)
  })

  it('gets what a schema describes, whole and streamed', async () => {
    const request = { ...options(), prompt, output: Output.object({ schema: City }) }
    expect((await generateText(request)).output).toEqual({ city: prompt, degrees: 1 })
    expect(await streamText(request).output).toEqual({ city: prompt, degrees: 1 })
  })

  it('sends pictures as bytes', async () => {
    const { text } = await generateText({
      ...options(),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'what is this?' },
            { type: 'file', data: new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]), mediaType: 'image/png' },
          ],
        },
      ],
    })
    expect(text).toContain('what is this?')
    expect(JSON.stringify(lastBody(served.mock))).toContain('iVBORw0KGgo=')
  })

  it('ends the call of the provider when it is aborted, before the answer and within', async () => {
    served.mock.plan('hang')
    const before = new AbortController()
    const waiting = generateText({ ...options(), prompt, abortSignal: before.signal })
    await served.mock.nextRequest()
    before.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    expect((await served.mock.aborted()).isAborted).toBe(true)

    served.mock.plan('hang:6')
    const within = new AbortController()
    const { stream } = streamText({ ...options(), prompt, abortSignal: within.signal })
    for await (const { type } of stream) {
      if (type === 'text-delta' || type === 'text-start') within.abort()
    }
    expect((await served.mock.aborted()).isAborted).toBe(true)
  })
})

describe.each(MODELS)('a conversation of the AI SDK that keeps nothing at OpenAI, answered by %s', (name) => {
  it('goes on with what was thought, called and said', async () => {
    const request = {
      model: modelOf('@ai-sdk/openai', name),
      tools: weatherTools([]),
      stopWhen: isStepCount(3),
      maxRetries: 0,
      providerOptions: {
        openai: { store: false, forceReasoning: true, reasoningEffort: 'low', reasoningSummary: 'auto' },
      },
    } as const
    const question = { role: 'user' as const, content: '[tool:weather] please' }
    const { responseMessages } = await generateText({ ...request, messages: [question] })
    const messages = [question, ...responseMessages, { role: 'user' as const, content: 'and tomorrow?' }]
    expect((await generateText({ ...request, messages })).text).toContain('and tomorrow?')
    expect(await streamText({ ...request, messages }).text).toContain('and tomorrow?')
    expect(JSON.stringify(lastBody(served.mock))).toMatch(/mock\(.*sunny.*and tomorrow/)
  })
})

describe.each(PROVIDERS)('the AI SDK with %s', (provider) => {
  it('has the gateway decide with auto, and tells by headers what it did', async () => {
    const { response } = await generateText({ model: modelOf(provider, 'auto'), prompt: 'I want a refund' })
    expect(response.modelId).toBe('claude-sonnet-4-5')
    expect(response.headers).toMatchObject({
      'x-stratarouter-route': 'billing',
      'x-stratarouter-model': 'claude',
    })
  })

  it('is told the errors of the gateway and of the provider as they are, and which are worth another try', async () => {
    const failure = (model: string) =>
      generateText({ model: modelOf(provider, model), prompt, maxRetries: 0 }).catch((error) => error)
    expect(await failure('gpd')).toMatchObject({
      statusCode: 404,
      isRetryable: false,
      message: expect.stringContaining('did you mean gpt?'),
    })
    served.mock.plan('400:context')
    const refused = await failure('gpt')
    expect(APICallError.isInstance(refused)).toBe(true)
    expect(refused).toMatchObject({ statusCode: 400, message: expect.stringContaining('mock') })
    served.mock.plan('429:2s')
    expect(await failure('gpt')).toMatchObject({
      statusCode: 429,
      isRetryable: true,
      responseHeaders: { 'retry-after': '2' },
    })
  })
})
