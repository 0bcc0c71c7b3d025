import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createRouter, createRuntime, type Runtime } from '../../src/index.ts'
import type { RuntimeOptions } from '../../src/library/index.ts'
import { MemoryBudgetStore } from '../../src/stores/memory/memory-budget-store.ts'
import { MemoryUsageStore } from '../../src/stores/memory/memory-usage-store.ts'
import { type MockProvider, startMockProvider } from '../../src/testing/index.ts'

let mock: MockProvider
beforeAll(async () => {
  mock = await startMockProvider({ reasoningTokens: 2 })
})
afterAll(() => mock.close())

const made: Runtime[] = []
beforeEach(() => mock.reset())
afterEach(async () => {
  for (const runtime of made.splice(0)) await runtime.close()
})

const routes = [
  {
    name: 'billing',
    examples: ['where is my refund?', 'I was charged twice', 'send me the invoice'],
    target: { model: 'claude' },
  },
]
const price = { inputPerMillion: 1, outputPerMillion: 10 }

function make(changed: Partial<RuntimeOptions> = {}): Runtime {
  const baseUrl = `${mock.url}/v1`
  const runtime = createRuntime({
    providers: {
      openai: { apiKey: 'sk-mock', baseUrl },
      anthropic: { apiKey: 'sk-mock', baseUrl },
      local: { type: 'openai-compatible', baseUrl },
    },
    models: {
      gpt: { provider: 'openai', model: 'gpt-5-mini', price },
      claude: { provider: 'anthropic', model: 'claude-sonnet-4-5', price },
      unpriced: { provider: 'local', model: 'llama' },
      failing: { provider: 'local', model: 'llama#500', fallbacks: ['claude'] },
    },
    defaultModel: 'gpt',
    execution: { retryBaseMs: 1, retryMaxMs: 2 },
    ...changed,
  })
  made.push(runtime)
  return runtime
}

const range = { from: '2000-01-01', to: '2999-12-31' }

describe('a runtime without a server', () => {
  it('has a message answered by the model of its route, and says what it took', async () => {
    const result = await make({ routes }).execute({ text: 'where is my refund?' })
    expect(result).toMatchObject({
      decision: { route: 'billing', reason: 'match' },
      route: 'billing',
      model: 'claude',
      provider: 'anthropic',
      response: 'mock(claude-sonnet-4-5): where is my refund?',
      toolCalls: [],
      finish: 'stop',
      attempts: [{ provider: 'anthropic', model: 'claude', outcome: 'ok', status: 200 }],
      unpriced: false,
    })
    const { usage, costUsd, latencyMs, overheadMs, executionId } = result
    expect(costUsd).toBeCloseTo(((usage?.inputTokens ?? 0) + 10 * (usage?.outputTokens ?? 0)) / 1e6, 9)
    expect(latencyMs).toBeGreaterThanOrEqual(overheadMs)
    expect(executionId).toMatch(/^exe_/)
  })

  it('gives events as they come, and the result at their end', async () => {
    const stream = await make({ routes }).execute({ text: 'where is my refund?', stream: true })
    expect(stream).toMatchObject({ route: 'billing', model: 'claude', provider: 'anthropic' })
    const kinds: string[] = []
    let text = ''
    for await (const event of stream) {
      kinds.push(event.kind)
      if (event.kind === 'text') text += event.text
    }
    expect([kinds[0], kinds.at(-1)]).toEqual(['start', 'finish'])
    const result = await stream.result
    expect(result.response).toBe(text)
    expect(text).toContain('where is my refund?')
    expect(result.attempts).toMatchObject([{ outcome: 'ok' }])
    expect(result.costUsd).toBeGreaterThan(0)
  })

  it('goes on to the next model, and lists every attempt', async () => {
    const result = await make().execute({ text: 'hi', model: 'failing' })
    expect(result.attempts.map(({ model, outcome }) => `${model} ${outcome}`)).toEqual([
      'failing server-error',
      'failing server-error',
      'failing server-error',
      'claude ok',
    ])
    expect(result.decision).toBeNull()
  })

  it('makes one call of equal ones at the same time, whole and streamed, and says who paid', async () => {
    const runtime = make()
    mock.plan('hold')
    const calls = Array.from({ length: 20 }, () => runtime.execute({ text: 'hi' }))
    await mock.nextRequest()
    mock.release()
    const results = await Promise.all(calls)
    expect(mock.calls).toBe(1)
    expect(new Set(results.map(({ response }) => response)).size).toBe(1)
    expect(results.filter(({ cache, costUsd }) => cache.status === 'bypass' && costUsd !== 0)).toHaveLength(1)
    expect(
      results.filter(({ cache, costUsd }) => cache.status === 'coalesced' && costUsd === 0),
    ).toHaveLength(19)

    mock.reset()
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => runtime.execute({ text: 'ho', stream: true })),
    )
    const texts = await Promise.all(
      streams.map(async (stream) => {
        let text = ''
        for await (const event of stream) if (event.kind === 'text') text += event.text
        return text
      }),
    )
    expect(mock.calls).toBe(1)
    expect(new Set(texts)).toEqual(new Set(['mock(gpt-5-mini): ho']))
    const endings = await Promise.all(streams.map(({ result }) => result))
    expect(endings.filter(({ cache }) => cache.status === 'bypass')).toHaveLength(1)
  })

  it('leaves a provider alone that fails, and says so', async () => {
    const runtime = make({ execution: { retries: 0, breakerMinimumCalls: 2 } })
    const outcomes: string[][] = []
    for (const text of ['a', 'b', 'c']) {
      const { attempts } = await runtime.execute({ text, model: 'failing' })
      outcomes.push(attempts.map(({ outcome }) => outcome))
    }
    expect(outcomes).toEqual([
      ['server-error', 'ok'],
      ['server-error', 'ok'],
      ['breaker-open', 'ok'],
    ])
  })

  it('says that a cost is not known, never that it is nothing', async () => {
    const runtime = make()
    const result = await runtime.execute({ text: 'hi', model: 'unpriced' })
    expect(result).toMatchObject({ costUsd: null, unpriced: true })
    expect(await runtime.usage({ ...range, groupBy: ['model'] })).toMatchObject([
      { model: 'unpriced', requests: 1, unpricedRequests: 1, costMicroUsd: 0 },
    ])
  })

  it('carries tool calls and their results, and reasoning with its signature, to and fro', async () => {
    const runtime = make()
    const tools = [
      {
        name: 'find',
        parameters: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
      },
    ]
    const first = await runtime.execute({
      text: 'where is 7? [tool]',
      model: 'claude',
      tools,
      reasoning: { effort: 'low' },
      maxOutputTokens: 4000,
    })
    expect(first.finish).toBe('tool-calls')
    const [call] = first.toolCalls
    expect(call).toMatchObject({ kind: 'tool-call', name: 'find' })
    const id = call?.id ?? ''
    await runtime.execute({
      messages: [
        { role: 'user', content: 'where is 7?' },
        { role: 'assistant', content: first.content },
        { role: 'tool', content: [{ kind: 'tool-result', id, content: [{ kind: 'text', text: 'Oslo' }] }] },
      ],
      model: 'claude',
      tools,
      reasoning: { effort: 'low' },
      maxOutputTokens: 4000,
    })
    const sent = JSON.stringify(mock.requests.at(-1)?.body)
    expect(sent).toContain('"tool_result"')
    expect(sent).toContain('Oslo')
    const thought = first.content.find((part) => part.kind === 'reasoning')
    expect(thought?.signature).toBeTruthy()
    expect(sent).toContain(thought?.signature?.replace('anthropic:', '"signature":"'))
  })

  it('decides by a router that is edited while it is in use', async () => {
    const router = await createRouter({ routes: [{ name: 'other', examples: ['tell me a joke'] }] })
    const runtime = make({ router })
    expect((await runtime.execute({ text: 'where is my refund?' })).model).toBe('gpt')
    router.add({ name: 'billing', examples: ['where is my refund?'], target: { model: 'claude' } })
    expect((await runtime.execute({ text: 'please, where is my refund?' })).model).toBe('claude')
    expect((await runtime.execute({ text: 'anything', model: 'route:billing' })).model).toBe('claude')
  })

  it('takes the default model where there are no routes', async () => {
    const result = await make().execute({ text: 'where is my refund?' })
    expect(result).toMatchObject({ model: 'gpt', route: null, decision: { route: null } })
  })

  it('keeps the limits and budgets of tenants', async () => {
    const runtime = make({
      tenants: { small: { budgets: { dailyUsd: 0.000_001 } }, slow: { requestsPerMinute: 1 } },
    })
    await expect(runtime.execute({ text: 'hi', tenant: 'small' })).rejects.toMatchObject({
      code: 'budget_exceeded',
    })
    await runtime.execute({ text: 'hi', tenant: 'slow' })
    await expect(runtime.execute({ text: 'hi again', tenant: 'slow' })).rejects.toMatchObject({
      code: 'rate_limited',
    })
    expect(mock.calls).toBe(1)
  })

  it('keeps budgets and usage in stores that are given, several runtimes in the same ones', async () => {
    const stores = { budgets: new MemoryBudgetStore(), usage: new MemoryUsageStore() }
    const budgets = { routes: { billing: { dailyUsd: 0.05 } } }
    const [one, two] = [make({ stores, budgets, routes }), make({ stores, budgets, routes })]
    const call = { text: 'where is my refund?', maxOutputTokens: 4000 }
    await one.execute(call)
    // Less is left than what the next one may cost, 4 cents.
    const { costUsd } = await one.execute({ ...call, maxOutputTokens: 4500 })
    expect(costUsd).toBeLessThan(0.005)
    await expect(two.execute({ ...call, maxOutputTokens: 5000 })).rejects.toMatchObject({
      code: 'budget_exceeded',
    })
    expect(await one.usage({ ...range, groupBy: ['route'] })).toMatchObject([
      { route: 'billing', requests: 2 },
    ])
    expect(await two.usage({ ...range, groupBy: [] })).toMatchObject([{ requests: 2 }])
  })

  it('tells a logger of a provider that is left alone', async () => {
    const told: string[] = []
    const note = (_: object, message: string) => void told.push(message)
    const runtime = make({
      execution: { retries: 0, breakerMinimumCalls: 1 },
      logger: { warn: note, error: note },
    })
    await runtime.execute({ text: 'hi', model: 'failing' })
    expect(told).toEqual([expect.stringMatching(/breaker of local\/llama#500 is open/)])
  })

  it('gives up when its caller does, whole and streamed', async () => {
    const runtime = make()
    mock.plan('hold')
    const controller = new AbortController()
    const answer = runtime.execute({ text: 'hi', signal: controller.signal })
    await mock.nextRequest()
    const reason = new Error('the user has left')
    controller.abort(reason)
    await expect(answer).rejects.toBe(reason)
    await mock.aborted()

    mock.plan('hang:2')
    const stream = await runtime.execute({ text: 'ho', stream: true })
    for await (const _ of stream) break
    await expect(stream.result).rejects.toMatchObject({ code: 'aborted' })
    await mock.aborted()
  })

  it('tells what broke a stream off where it is read and where it ends', async () => {
    mock.plan('truncate:2')
    const stream = await make().execute({ text: 'hi', stream: true })
    const read = async () => {
      for await (const _ of stream);
    }
    await expect(read()).rejects.toMatchObject({ code: 'provider_truncated' })
    await expect(stream.result).rejects.toMatchObject({ code: 'provider_truncated' })
  })

  it('tells all that is wrong with its options at once, and shows no secret', async () => {
    const ready = make({
      providers: { openai: { apiKey: 'env:NO_SUCH_VARIABLE' }, x: { text: 'sk-secret' } },
      models: { a: { provider: 'opnai' } },
      defaultModel: 'b',
    }).ready()
    await expect(ready).rejects.toMatchObject({
      code: 'invalid_configuration',
      details: [
        { path: 'providers.openai.apiKey', message: expect.stringContaining('NO_SUCH_VARIABLE') },
        { path: 'providers.x.type' },
        { path: 'models.a.provider', nearest: 'openai' },
        { path: 'defaultModel' },
      ],
    })
    const misspelt = createRuntime({ ...{ modells: {} }, providers: {}, models: {} })
    await expect(misspelt.ready()).rejects.toMatchObject({
      details: [{ path: 'modells', nearest: 'models' }],
    })
    const router = await createRouter({ routes: [] })
    await expect(make({ router, routes: [] }).ready()).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
  })

  it('makes no call after it has been closed', async () => {
    const runtime = make()
    await runtime.execute({ text: 'hi' })
    await runtime.close()
    await expect(runtime.execute({ text: 'hi' })).rejects.toMatchObject({ code: 'shutting_down' })
    await runtime.close()
    expect(mock.calls).toBe(1)
  })
})

describe('a runtime without options', () => {
  let folder: string
  const before = process.env.STRATAROUTER_CONFIG
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stratarouter-runtime-'))
    process.env.STRATAROUTER_CONFIG = join(folder, 'stratarouter.json')
  })
  afterEach(() => {
    if (before === undefined) delete process.env.STRATAROUTER_CONFIG
    else process.env.STRATAROUTER_CONFIG = before
    rmSync(folder, { recursive: true })
  })

  it('is what the configuration file says, its route file too', async () => {
    writeFileSync(join(folder, 'routes.json'), JSON.stringify({ routes }))
    writeFileSync(
      join(folder, 'stratarouter.json'),
      JSON.stringify({
        routes: { file: 'routes.json' },
        providers: { static: { text: 'to {{route}}' } },
        models: { claude: { provider: 'static' } },
      }),
    )
    const runtime = createRuntime()
    made.push(runtime)
    const { response, costUsd } = await runtime.execute({ text: 'where is my refund?' })
    expect({ response, costUsd }).toEqual({ response: 'to billing', costUsd: 0 })
  })
})
