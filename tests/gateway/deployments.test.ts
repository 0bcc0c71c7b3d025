import { afterEach, describe, expect, it } from 'vitest'
import type { MockFault, MockRequest } from '../../src/testing/index.ts'
import { CHAT, callOf, errorIn, readAnswer } from './callers.ts'
import { release, serveGateway } from './gateway.ts'

let served: Awaited<ReturnType<typeof serveGateway>>
afterEach(() => served.end())

type Place = Readonly<Record<string, unknown>>

/** One model in several places, which are told apart by what they call it. */
async function serveDeployments(
  deployments: Readonly<Record<string, Place>>,
  { model = {}, execution = {} }: { readonly model?: Place; readonly execution?: Place } = {},
) {
  served = await serveGateway((url) => ({
    providers: { openai: { apiKey: 'sk-shared', baseUrl: `${url}/v1` } },
    models: {
      gpt: {
        deployments: Object.entries(deployments).map(([name, place]) => ({
          provider: 'openai',
          model: name,
          ...place,
        })),
        ...model,
      },
      backup: { provider: 'openai' },
    },
    execution: { retries: 1, retryBaseMs: 1, retryMaxMs: 100, coalesce: false, ...execution },
  }))
}

const modelIn = (body: unknown): string => (body as { readonly model: string }).model

const plan = (faults: Readonly<Record<string, MockFault>>) =>
  served.mock.plan(({ body }: MockRequest) => faults[modelIn(body)])

const asked = () => served.mock.requests.map(({ body }) => modelIn(body))

const askedOf = (name: string) => asked().filter((model) => model === name).length

const ask = (isStreamed = false) => readAnswer(served.gateway.url, CHAT, callOf(CHAT, 'gpt', isStreamed))

describe('deployments of a model', () => {
  it('get calls in proportion to their weights', async () => {
    await serveDeployments({ large: { weight: 3 }, small: {} })
    for (let call = 0; call < 40; call++) expect((await ask(call % 2 === 0)).status).toBe(200)
    expect(askedOf('large')).toBe(30)
    expect(askedOf('small')).toBe(10)
  })

  it('may be chosen by what is under way instead', async () => {
    await serveDeployments({ a: { weight: 2 }, b: {} }, { model: { balance: 'least-in-flight' } })
    served.mock.plan('hold')
    const answers = Array.from({ length: 9 }, () => ask())
    await expect.poll(() => served.mock.open).toBe(9)
    await release(served.mock, 9)
    await Promise.all(answers)
    expect(askedOf('a')).toBe(6)
    expect(askedOf('b')).toBe(3)
  })

  it('may have keys of their own', async () => {
    await serveDeployments({ a: { key: 'sk-own' }, b: {} })
    await ask()
    await ask()
    const keys = served.mock.requests.map(({ body, headers }) => [modelIn(body), headers.authorization])
    expect(Object.fromEntries(keys)).toEqual({ a: 'Bearer sk-own', b: 'Bearer sk-shared' })
  })

  it.each([false, true])(
    'that limit our rate are left at once for another one, and let alone as long as they ask (streamed: %s)',
    async (isStreamed) => {
      await serveDeployments({ a: { weight: 1000 }, b: {} }, { execution: { retries: 0 } })
      plan({ a: '429:60s' })
      for (let call = 0; call < 10; call++) {
        const answer = await ask(isStreamed)
        expect(answer.status).toBe(200)
        expect(CHAT.hasEnd(answer)).toBe(true)
      }
      expect(askedOf('a')).toBe(1)
      expect(askedOf('b')).toBe(10)
    },
  )

  it('that do not say for how long are let alone for execution.cooldownMs, and then asked again', async () => {
    await serveDeployments({ a: { weight: 1000 }, b: {} }, { execution: { retries: 0, cooldownMs: 300 } })
    served.mock.plan(['429'])
    expect((await ask()).status).toBe(200)
    expect(asked()).toEqual(['a', 'b'])
    await expect
      .poll(async () => {
        await ask()
        return askedOf('a')
      })
      .toBeGreaterThan(1)
  })

  it('all limited are one 429 with the shortest wait, and no further call', async () => {
    await serveDeployments({ a: {}, b: {} }, { execution: { retries: 0 } })
    plan({ a: '429:90s', b: '429:30s' })
    for (let call = 0; call < 3; call++) {
      const answer = await ask()
      expect(answer.status).toBe(429)
      expect(errorIn(CHAT, answer.text).code).toBe('provider_rate_limited')
      expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(30)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(20)
    }
    expect(served.mock.calls).toBe(2)
  })

  it('all limited leave the call to the fallback', async () => {
    await serveDeployments({ a: {}, b: {} }, { model: { fallbacks: ['backup'] } })
    plan({ a: '429:90s', b: '429:90s' })
    for (let call = 0; call < 3; call++) {
      expect((await ask()).headers.get('x-stratarouter-model')).toBe('backup')
    }
    expect(asked()).toEqual(['a', 'b', 'backup', 'backup', 'backup'])
  })

  it('that fail otherwise are tried again elsewhere', async () => {
    await serveDeployments({ a: {}, b: {} })
    plan({ a: '500' })
    expect((await ask()).status).toBe(200)
    expect(asked()).toEqual(['a', 'b'])
  })

  it('whose circuit breaker is open get no calls', async () => {
    await serveDeployments({ a: {}, b: {} }, { execution: { breakerMinimumCalls: 3, breakerOpenMs: 60_000 } })
    plan({ a: '500' })
    for (let call = 0; call < 20; call++) expect((await ask()).status).toBe(200)
    expect(askedOf('a')).toBe(3)
    expect(askedOf('b')).toBe(20)
  })
})

describe('requestsPerMinute', () => {
  it('of a deployment sends what is beyond it to the others', async () => {
    // Of what a minute allows, a tenth may come at once.
    await serveDeployments({ a: { requestsPerMinute: 20, weight: 1000 }, b: {} })
    for (let call = 0; call < 10; call++) expect((await ask()).status).toBe(200)
    expect(askedOf('a')).toBe(2)
    expect(askedOf('b')).toBe(8)
  })

  it('of the only one is told as 429 with the time until the next, without a call', async () => {
    await serveDeployments({ a: { requestsPerMinute: 10 } })
    expect((await ask()).status).toBe(200)
    const answer = await ask()
    expect(answer.status).toBe(429)
    expect(errorIn(CHAT, answer.text)).toMatchObject({ code: 'provider_rate_limited' })
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(6)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(served.mock.calls).toBe(1)
  })
})
