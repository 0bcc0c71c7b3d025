import { generateObject, generateText, isStepCount, type LanguageModel, Output, streamText, tool } from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { createStrataRouter, type StrataRouterProvider } from '../../src/ai/index.ts'
import { type MockProvider, startMockProvider } from '../../src/testing/index.ts'

let mock: MockProvider
let router: StrataRouterProvider
beforeAll(async () => {
  mock = await startMockProvider({ reasoningTokens: 3, cachedInputTokens: 2 })
})
beforeEach(() => {
  mock.reset()
  const baseUrl = `${mock.url}/v1`
  const price = { inputPerMillion: 1, outputPerMillion: 10 }
  router = createStrataRouter({
    providers: {
      openai: { apiKey: 'sk-mock', baseUrl },
      anthropic: { apiKey: 'sk-mock', baseUrl },
      google: { apiKey: 'mock', baseUrl: `${mock.url}/v1beta` },
      broken: { type: 'openai-compatible', baseUrl },
    },
    models: {
      gpt: { provider: 'openai', model: 'gpt-5-mini', price },
      claude: { provider: 'anthropic', model: 'claude-sonnet-4-5', price },
      gemini: { provider: 'google', model: 'gemini-2.5-flash', price },
      failing: { provider: 'broken', model: 'llama#500', fallbacks: ['claude'] },
      unpriced: { provider: 'broken', model: 'llama' },
    },
    defaultModel: 'gpt',
    routes: [
      {
        name: 'billing',
        examples: ['where is my refund?', 'I was charged twice', 'send me the invoice'],
        target: { model: 'claude' },
      },
    ],
    execution: { retryBaseMs: 1, retryMaxMs: 2 },
  })
})
afterAll(() => mock.close())

const prompt = 'where is my refund?'
const City = z.object({ city: z.string(), degrees: z.number().min(1) })
const weather = (calls: unknown[]) =>
  tool({
    description: 'Tells the weather.',
    inputSchema: z.object({ city: z.string() }),
    execute: async (input) => {
      calls.push(input)
      return { sky: 'clear' }
    },
  })

it('gives models that the types of the AI SDK take', () => {
  expectTypeOf(router('auto')).toExtend<LanguageModel>()
  expectTypeOf(router.languageModel('auto')).toExtend<LanguageModel>()
  expect(router().modelId).toBe('auto')
})

describe.each(['gpt', 'claude', 'gemini'])('a model of the AI SDK, answered by %s', (name) => {
  it('gives a whole answer with its usage', async () => {
    const { text, finishReason, usage, response } = await generateText({ model: router(name), prompt })
    expect(text).toContain(prompt)
    expect(finishReason).toBe('stop')
    expect(usage.inputTokens).toBeGreaterThan(0)
    expect(usage.inputTokenDetails.cacheReadTokens).toBe(2)
    expect(response.modelId).toBe(name)
  })

  it('gives a streamed answer with its usage', async () => {
    const result = streamText({ model: router(name), prompt, instructions: 'be brief' })
    const pieces: string[] = []
    for await (const piece of result.textStream) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(2)
    expect(pieces.join('')).toContain(prompt)
    expect((await result.usage).outputTokens).toBeGreaterThan(0)
    expect(await result.finishReason).toBe('stop')
  })

  it.each(['whole', 'streamed'])('has tools run and goes on with what they bring, %s', async (way) => {
    const calls: unknown[] = []
    const options = {
      model: router(name),
      prompt: 'what is the weather in Oslo?',
      tools: { weather: weather(calls) },
      stopWhen: isStepCount(2),
      // The mock would call the tool again and again.
      prepareStep: ({ stepNumber }: { stepNumber: number }) =>
        stepNumber === 0 ? { toolChoice: 'required' as const } : { toolChoice: 'none' as const },
    }
    const text = way === 'whole' ? (await generateText(options)).text : await streamText(options).text
    expect(calls).toEqual([{ city: expect.any(String) }])
    expect(text).not.toBe('')
    expect(JSON.stringify(mock.requests.at(-1)?.body)).toContain('clear')
  })

  it('gives objects of a schema', async () => {
    const { output } = await generateText({
      model: router(name),
      prompt: 'Oslo',
      output: Output.object({ schema: City }),
    })
    expect(output).toEqual({ city: expect.any(String), degrees: expect.any(Number) })
    const { object } = await generateObject({ model: router(name), prompt: 'Oslo', schema: City })
    expect(City.safeParse(object).success).toBe(true)
  })

  it('is given up when its caller aborts', async () => {
    mock.plan('hold')
    const controller = new AbortController()
    const answer = generateText({ model: router(name), prompt, abortSignal: controller.signal })
    await mock.nextRequest()
    controller.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    await mock.aborted()
  })
})

describe('the model auto', () => {
  it('is the model of the route, and says why and what it cost', async () => {
    const { providerMetadata, text } = await generateText({ model: router('auto'), prompt })
    expect(text).toContain('claude-sonnet-4-5')
    expect(providerMetadata?.stratarouter).toMatchObject({
      route: 'billing',
      model: 'claude',
      provider: 'anthropic',
      decision: { route: 'billing', reason: 'match' },
      attempts: [{ provider: 'anthropic', model: 'claude', outcome: 'ok', status: 200 }],
      unpriced: false,
    })
    expect(providerMetadata?.stratarouter?.costUsd).toBeGreaterThan(0)
  })

  it('says so of a stream too, and of a model without a price that its cost is not known', async () => {
    const result = streamText({ model: router(), prompt })
    await result.consumeStream()
    expect((await result.providerMetadata)?.stratarouter).toMatchObject({ route: 'billing', model: 'claude' })
    const { providerMetadata } = await generateText({ model: router('unpriced'), prompt })
    expect(providerMetadata?.stratarouter).toMatchObject({ costUsd: null, unpriced: true, decision: null })
  })

  it.each(['whole', 'streamed'])('goes on to the next model where one fails, %s', async (way) => {
    const options = { model: router('failing'), prompt }
    const result = way === 'whole' ? await generateText(options) : streamText(options)
    expect(await result.text).toContain('claude-sonnet-4-5')
    const { stratarouter } = (await result.providerMetadata) ?? {}
    expect(stratarouter?.attempts).toEqual([
      ...Array(3).fill(expect.objectContaining({ provider: 'broken', outcome: 'server-error', status: 500 })),
      expect.objectContaining({ provider: 'anthropic', outcome: 'ok' }),
    ])
  })
})

describe('what the AI SDK is told', () => {
  it('is the error of the router, once, where no model answers', async () => {
    mock.plan('500')
    await expect(generateText({ model: router('gpt'), prompt })).rejects.toMatchObject({
      code: 'provider_failed',
    })
    expect(mock.calls).toBe(3)
  })

  it('is a part of the stream that says what broke it off', async () => {
    mock.plan('truncate:2')
    const errors: unknown[] = []
    const result = streamText({
      model: router('gpt'),
      prompt,
      onError: ({ error }) => void errors.push(error),
    })
    await result.consumeStream()
    expect(errors).toEqual([expect.objectContaining({ code: 'provider_truncated' })])
  })

  it('is an abort where its caller ended a stream', async () => {
    mock.plan('hang:2')
    const controller = new AbortController()
    let aborted = 0
    const result = streamText({
      model: router('gpt'),
      prompt,
      abortSignal: controller.signal,
      onAbort: () => void aborted++,
    })
    for await (const part of result.fullStream) if (part.type === 'text-delta') controller.abort()
    expect(aborted).toBe(1)
    await mock.aborted()
  })

  it('is which parts of a prompt no other model could read', async () => {
    const messages = [
      {
        role: 'user' as const,
        content: [{ type: 'file' as const, mediaType: 'application/pdf', data: new Uint8Array([1]) }],
      },
    ]
    await expect(generateText({ model: router('gpt'), messages })).rejects.toMatchObject({
      code: 'untranslatable',
      details: [{ path: 'prompt[0].content[0]', message: expect.stringContaining('application/pdf') }],
    })
  })

  it('is which options of ours there are', async () => {
    const providerOptions = { stratarouter: { sesion: 'a' } }
    await expect(generateText({ model: router('gpt'), prompt, providerOptions })).rejects.toMatchObject({
      code: 'invalid_request',
      details: [{ path: 'providerOptions.stratarouter.sesion' }],
    })
    await generateText({
      model: router('gpt'),
      prompt,
      providerOptions: { stratarouter: { session: 'a', tenant: 'acme' } },
    })
    const range = { from: '2000-01-01', to: '2999-12-31' }
    expect(await router.runtime.usage({ ...range, groupBy: ['tenant'] })).toMatchObject([{ tenant: 'acme' }])
  })

  it('is that there are no other kinds of models', () => {
    expect(() => router.embeddingModel('x')).toThrow(expect.objectContaining({ code: 'model_not_found' }))
    expect(() => router.imageModel('x')).toThrow(expect.objectContaining({ code: 'model_not_found' }))
  })
})
