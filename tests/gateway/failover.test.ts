import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MockFault, MockRequest } from '../../src/testing/index.ts'
import { billing, support } from '../integration/serving.ts'
import { CALLERS, CHAT, callOf, errorIn, readAnswer } from './callers.ts'
import { serveGateway } from './gateway.ts'
import { metric } from './metric.ts'

let served: Awaited<ReturnType<typeof serveGateway>>
afterEach(() => served.end())

type Models = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** A provider of its own for each model, named as it is. */
async function serveModels(
  models: Models,
  execution: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
) {
  served = await serveGateway((url) => ({
    providers: Object.fromEntries(
      Object.keys(models).map((name) => [
        name,
        {
          type: 'openai',
          apiKey: `sk-${name}`,
          baseUrl: `${url}/v1`,
          timeouts: { firstByteMs: 250 },
        },
      ]),
    ),
    models: Object.fromEntries(
      Object.entries(models).map(([name, settings]) => [name, { provider: name, ...settings }]),
    ),
    execution: { retryBaseMs: 1, retryMaxMs: 10, coalesce: false, ...execution },
    ...more,
  }))
}

/** What each model does, by name; those that are not named answer. */
const plan = (faults: Readonly<Record<string, MockFault>>) =>
  served.mock.plan(({ body }: MockRequest) => faults[modelIn(body)])

const modelIn = (body: unknown): string => (body as { readonly model: string }).model

const asked = () => served.mock.requests.map(({ body }) => modelIn(body))

const ask = (model: string, isStreamed = false, text?: string) =>
  readAnswer(served.gateway.url, CHAT, callOf(CHAT, model, isStreamed, text))

const attempts = (outcome: string) =>
  metric(served.gateway, 'stratarouter_provider_attempts_total', { outcome })

describe.each([false, true])('retries (streamed: %s)', (isStreamed) => {
  it.each<[string, MockFault[]]>([
    ['an error of the server', ['500']],
    ['two of them', ['503', '529']],
    ['a rate limit that is over soon', ['429:5ms']],
    ['a connection that breaks', ['reset']],
    ['no JSON', ['malformed:0']],
    ['nothing in time', ['hang']],
  ])('hide %s from the caller', async (_title, faults) => {
    await serveModels({ a: {} }, { retries: 2 })
    served.mock.plan(faults)
    const answer = await ask('a', isStreamed)
    expect(answer.status).toBe(200)
    expect(CHAT.hasEnd(answer)).toBe(true)
    expect(served.mock.calls).toBe(faults.length + 1)
    await expect.poll(() => attempts('ok')).toBe(1)
  })

  it('end with the last failure, after as many as are configured', async () => {
    await serveModels({ a: {} }, { retries: 3 })
    served.mock.plan('500')
    expect((await ask('a', isStreamed)).status).toBe(502)
    expect(served.mock.calls).toBe(4)
    expect(await attempts('server-error')).toBe(4)
  })

  it('have a budget that all calls of a provider share, so that one that fails is not asked all the more', async () => {
    await serveModels({ a: {} }, { retries: 2, retryBudget: 0, breakerMinimumCalls: 1000 })
    served.mock.plan('500')
    for (let call = 0; call < 30; call++) expect((await ask('a', isStreamed)).status).toBe(502)
    // Ten are saved up at first, and without a ratio nothing is added.
    expect(served.mock.calls).toBe(30 + 10)
  })
})

describe('a circuit breaker', () => {
  const settings = { retries: 0, breakerMinimumCalls: 5, breakerFailures: 0.5, breakerOpenMs: 1500 }
  const state = () => metric(served.gateway, 'stratarouter_breaker_state', { model: 'a' })

  it('opens when too many calls fail, keeps calls from the provider, says so in a metric, and closes when probes succeed', async () => {
    await serveModels({ a: {} }, settings)
    served.mock.plan('500')
    for (let call = 0; call < 5; call++) await ask('a')
    expect(await state()).toBe(2)
    const kept = await ask('a')
    expect(kept.status).toBe(502)
    expect(errorIn(CHAT, kept.text)).toMatchObject({ code: 'provider_unreachable' })
    expect(errorIn(CHAT, kept.text).message).toContain('circuit breaker')
    expect(Number(kept.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(served.mock.calls).toBe(5)

    await expect.poll(state, { timeout: 10_000 }).toBe(1)
    // A probe that fails opens it again.
    expect((await ask('a')).status).toBe(502)
    expect(await state()).toBe(2)
    expect(served.mock.calls).toBe(6)

    await expect.poll(state, { timeout: 10_000 }).toBe(1)
    served.mock.plan(undefined)
    expect((await ask('a')).status).toBe(200)
    expect((await ask('a')).status).toBe(200)
    expect(await state()).toBe(0)
  })

  it('counts streams that break off', async () => {
    await serveModels({ a: {} }, settings)
    served.mock.plan('truncate:2')
    for (let call = 0; call < 5; call++) expect((await ask('a', true)).status).toBe(200)
    expect(await state()).toBe(2)
  })

  it.each<[MockFault]>([['429'], ['400'], ['401']])(
    'does not count %s, which says nothing of the provider',
    async (fault) => {
      await serveModels({ a: {} }, settings)
      served.mock.plan(fault)
      for (let call = 0; call < 10; call++) await ask('a')
      expect(await state()).toBe(0)
      expect(served.mock.calls).toBe(10)
    },
  )

  it('that is open sends calls to the fallback at once', async () => {
    await serveModels({ a: { fallbacks: ['b'] }, b: {} }, { ...settings, breakerOpenMs: 60_000 })
    plan({ a: '500' })
    for (let call = 0; call < 10; call++) expect((await ask('a', call % 2 === 0)).status).toBe(200)
    expect(asked().filter((model) => model === 'a')).toHaveLength(5)
    expect(asked().filter((model) => model === 'b')).toHaveLength(10)
  })
})

describe('a chain of models', () => {
  const chain: Models = { a: { fallbacks: ['b', 'c'] }, b: {}, c: {} }

  it.each([false, true])('is asked in its order until one answers (streamed: %s)', async (isStreamed) => {
    await serveModels(chain, { retries: 1 })
    plan({ a: '500', b: 'hang' })
    const answer = await ask('a', isStreamed)
    expect(answer.status).toBe(200)
    expect(CHAT.hasEnd(answer)).toBe(true)
    expect(answer.headers.get('x-stratarouter-model')).toBe('c')
    expect(answer.headers.get('x-stratarouter-provider')).toBe('c')
    expect(asked()).toEqual(['a', 'a', 'b', 'b', 'c'])
    expect(served.mock.requests.at(-1)?.headers.authorization).toBe('Bearer sk-c')
  })

  it('is not left for a model that would be told the same, nor once an answer has begun', async () => {
    await serveModels(chain, { retries: 1 })
    plan({ a: '500', b: '400' })
    expect((await ask('a')).status).toBe(400)
    plan({ a: 'truncate:2' })
    const broken = await ask('a', true)
    expect(errorIn(CHAT, broken.events.at(-1)?.data ?? '').code).toBe('provider_truncated')
    expect(asked()).toEqual(['a', 'a', 'b', 'a'])
  })

  it.each(CALLERS)(
    'that fails is one error with what each attempt said, for callers of $protocol',
    async (caller) => {
      await serveModels(chain, { retries: 1 })
      plan({ a: '500', b: 'hang', c: '401' })
      for (const isStreamed of [false, true]) {
        const answer = await readAnswer(served.gateway.url, caller, callOf(caller, 'a', isStreamed))
        expect(answer.status).toBe(502)
        expect(errorIn(caller, answer.text).code).toBe('all_attempts_failed')
        const { error } = JSON.parse(answer.text)
        const problems = caller.protocol === 'anthropic-messages' ? error.details.problems : error.details
        expect(problems.map(({ message }: { message: string }) => message.replace(/ after .*/, ''))).toEqual([
          'a/a: server-error',
          'a/a: server-error',
          'b/b: timeout',
          'b/b: timeout',
          'c/c: unauthorized',
        ])
        expect(answer.text).not.toContain('sk-')
      }
    },
  )

  it('that is limited everywhere is 429, with the shortest wait', async () => {
    await serveModels(chain, { retries: 1 })
    plan({ a: '429:30s', b: '429:7s', c: '429:12s' })
    const answer = await ask('a')
    expect(answer.status).toBe(429)
    expect(errorIn(CHAT, answer.text)).toMatchObject({
      code: 'provider_rate_limited',
      type: 'rate_limit_error',
    })
    expect(answer.headers.get('retry-after')).toBe('7')
    expect(asked()).toEqual(['a', 'b', 'c'])
  })

  it('that is too slow everywhere is 504', async () => {
    await serveModels(chain, { retries: 0 })
    served.mock.plan('hang')
    const answer = await ask('a')
    expect(answer.status).toBe(504)
    expect(errorIn(CHAT, answer.text).code).toBe('provider_timeout')
    await expect.poll(() => served.mock.open).toBe(0)
  })
})

describe('the target of a route', () => {
  beforeEach(async () => {
    await serveModels({ a: { fallbacks: ['c'] }, b: {}, c: {}, d: {} }, { retries: 0 }, { defaultModel: 'd' })
    const put = await served.gateway.call('PUT', '/v1/route-sets/default', {
      routes: [{ ...billing, target: { model: 'a', fallbacks: ['b'] } }, support],
    })
    expect(put.status, put.text).toBe(201)
  })

  it.each(['auto', 'route:billing'])(
    'names the model of %s, and its own fallbacks before those of the model',
    async (model) => {
      expect((await ask(model, false, 'where is my invoice?')).headers.get('x-stratarouter-model')).toBe('a')
      plan({ a: '500' })
      const answer = await ask(model, true, 'where is my invoice?')
      expect(answer.headers.get('x-stratarouter-model')).toBe('b')
      expect(answer.headers.get('x-stratarouter-route')).toBe('billing')
      // The route's fallbacks stand instead of the model's, of which c is one.
      plan({ a: '500', b: '500' })
      expect(errorIn(CHAT, (await ask(model, false, 'where is my invoice?')).text).code).toBe(
        'all_attempts_failed',
      )
      expect(asked()).toEqual(['a', 'a', 'b', 'a', 'b'])
    },
  )

  it('that is missing leaves the call to the default model, and so does no match', async () => {
    const answer = await ask('auto', false, 'the app crashes when I log in')
    expect(answer.headers.get('x-stratarouter-route')).toBe('support')
    expect(answer.headers.get('x-stratarouter-model')).toBe('d')
    const lost = await ask('auto', false, 'xyzzy plugh quux')
    expect(lost.headers.get('x-stratarouter-route')).toBeNull()
    expect(lost.headers.get('x-stratarouter-model')).toBe('d')
  })

  it('is not looked for under a name that is no route', async () => {
    const answer = await ask('route:bilLing')
    expect(answer.status).toBe(404)
    expect(errorIn(CHAT, answer.text).code).toBe('route_not_found')
    expect(served.mock.calls).toBe(0)
  })
})
