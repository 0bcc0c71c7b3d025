import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CALLERS, CHAT, callOf, errorIn, type ReadAnswer, readAnswer } from './callers.ts'
import { everyProvider, release, serveGateway } from './gateway.ts'
import { metric } from './metric.ts'

let served: Awaited<ReturnType<typeof serveGateway>>
beforeAll(async () => {
  served = await serveGateway((url) => ({
    ...everyProvider(url),
    execution: { retries: 1, retryBaseMs: 1, breakerMinimumCalls: 1000 },
  }))
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const ask = (body: unknown, options?: Parameters<typeof readAnswer>[3]) =>
  readAnswer(served.gateway.url, CHAT, body, options)

/** Resolves once so many requests are being answered. */
const inFlight = (requests: number) =>
  // The request for the figures is one itself.
  expect.poll(() => metric(served.gateway, 'stratarouter_in_flight'), { timeout: 20_000 }).toBe(requests + 1)

const cacheOf = ({ headers }: ReadAnswer) => headers.get('x-stratarouter-cache')

describe.each([false, true])('equal requests at the same time (streamed: %s)', (isStreamed) => {
  const body = callOf(CHAT, 'gpt', isStreamed)

  it('are one call, whose answer all 500 get whole', async () => {
    const before = await metric(served.gateway, 'stratarouter_coalesced_total')
    served.mock.plan(['hold'])
    const asked = Array.from({ length: 500 }, () => ask(body))
    await inFlight(500)
    await release(served.mock, 1)
    const answers = await Promise.all(asked)
    expect(served.mock.calls).toBe(1)
    const [first] = answers
    expect(first && CHAT.hasEnd(first)).toBe(true)
    for (const answer of answers) {
      expect(answer.status).toBe(200)
      expect(answer.text).toBe(first?.text)
    }
    expect(answers.filter((answer) => cacheOf(answer) === 'coalesced')).toHaveLength(499)
    expect(new Set(answers.map(({ headers }) => headers.get('x-stratarouter-execution-id'))).size).toBe(500)
    expect((await metric(served.gateway, 'stratarouter_coalesced_total')) - before).toBe(499)
    expect(served.mock.open).toBe(0)
  })

  it('go on when one of them, even the first, goes away', async () => {
    served.mock.plan(['hold'])
    const leaving = new AbortController()
    const left = expect(ask(body, { signal: leaving.signal })).rejects.toThrow()
    await served.mock.nextRequest()
    const rest = Array.from({ length: 10 }, () => ask(body))
    await inFlight(11)
    leaving.abort()
    await left
    await inFlight(10)
    await release(served.mock, 1)
    for (const answer of await Promise.all(rest)) {
      expect(answer.status).toBe(200)
      expect(CHAT.hasEnd(answer)).toBe(true)
    }
    expect(served.mock.calls).toBe(1)
    expect(served.mock.requests[0]?.isAborted).toBe(false)
  })

  it('are given up when all of them have gone away', async () => {
    served.mock.plan(['hold'])
    const leaving = new AbortController()
    const left = Array.from({ length: 10 }, () =>
      expect(ask(body, { signal: leaving.signal })).rejects.toThrow(),
    )
    await inFlight(10)
    leaving.abort()
    await Promise.all(left)
    await served.mock.aborted()
    await expect.poll(() => served.mock.open).toBe(0)
    expect((await ask(body)).status).toBe(200)
  })

  it('share a failure and its retries, and the next request is a call of its own', async () => {
    served.mock.plan(['hold+500', '500'])
    const asked = Array.from({ length: 10 }, () => ask(body))
    await inFlight(10)
    await release(served.mock, 1)
    for (const answer of await Promise.all(asked)) {
      expect(answer.status).toBe(502)
      expect(errorIn(CHAT, answer.text).code).toBe('provider_failed')
    }
    expect(served.mock.calls).toBe(2)
    const next = await ask(body)
    expect(next.status).toBe(200)
    expect(cacheOf(next)).not.toBe('coalesced')
  })

  it.each([
    ['a temperature above 0', { temperature: 0.7 }, {}],
    ['Cache-Control: no-store', {}, { 'cache-control': 'no-store' }],
    ['Cache-Control: no-cache', {}, { 'cache-control': 'max-age=0, no-cache' }],
  ])('are calls of their own with %s', async (_title, fields, headers) => {
    served.mock.plan('hold')
    const asked = Array.from({ length: 3 }, () => ask({ ...body, ...fields }, { headers }))
    await release(served.mock, 3)
    for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200)
    expect(served.mock.calls).toBe(3)
  })

  it('are one call with a temperature of 0', async () => {
    served.mock.plan(['hold'])
    const asked = Array.from({ length: 3 }, () => ask({ ...body, temperature: 0 }))
    await inFlight(3)
    await release(served.mock, 1)
    await Promise.all(asked)
    expect(served.mock.calls).toBe(1)
  })

  it('are calls of their own where anything differs', async () => {
    served.mock.plan('hold')
    const bodies = [
      body,
      { ...body, stream: !isStreamed },
      { ...body, max_tokens: 100 },
      { ...body, seed: 1 },
      { ...body, model: 'small' },
      callOf(CHAT, 'gpt', isStreamed, 'Where is my refund?'),
    ]
    const asked = [
      ...bodies.map((each) => ask(each)),
      ask(body, { headers: { 'openai-beta': 'something=v1' } }),
    ]
    await release(served.mock, asked.length)
    await Promise.all(asked)
    expect(served.mock.calls).toBe(asked.length)
  })
})

it.each(CALLERS)('holds for callers of $protocol', async (caller) => {
  const body = callOf(caller, caller.protocol === 'anthropic-messages' ? 'claude' : 'gpt', true)
  served.mock.plan(['hold'])
  const asked = Array.from({ length: 20 }, () => readAnswer(served.gateway.url, caller, body))
  await inFlight(20)
  await release(served.mock, 1)
  for (const answer of await Promise.all(asked)) expect(caller.hasEnd(answer)).toBe(true)
  expect(served.mock.calls).toBe(1)
})

it('gives all readers of a broken stream what came and the error, and no end', async () => {
  served.mock.plan(['hold+truncate:3'])
  const asked = Array.from({ length: 20 }, () => ask(callOf(CHAT, 'gpt', true)))
  await inFlight(20)
  await release(served.mock, 1)
  for (const answer of await Promise.all(asked)) {
    expect(answer.events).toHaveLength(4)
    expect(errorIn(CHAT, answer.events.at(-1)?.data ?? '').code).toBe('provider_truncated')
  }
  expect(served.mock.calls).toBe(1)
})

it('can be turned off', async () => {
  const apart = await serveGateway((url) => ({ ...everyProvider(url), execution: { coalesce: false } }))
  try {
    apart.mock.plan('hold')
    const asked = Array.from({ length: 3 }, () =>
      readAnswer(apart.gateway.url, CHAT, callOf(CHAT, 'gpt', false)),
    )
    await release(apart.mock, 3)
    await Promise.all(asked)
  } finally {
    await apart.end()
  }
})

it('never joins the calls of different tenants', async () => {
  const shared = await serveGateway(everyProvider)
  const { gateway, mock } = shared
  try {
    const make = async (settings: object, by?: string): Promise<string> => {
      const { json, status, text } = await gateway.call('POST', '/v1/keys', settings, by ? bearer(by) : {})
      expect(status, text).toBe(201)
      return json.secret
    }
    const admin = await make({ name: 'operations', scopes: ['admin'] })
    const keys = [
      await make({ name: 'a', tenant: 'acme', scopes: ['execute'] }, admin),
      await make({ name: 'b', tenant: 'acme', scopes: ['execute'] }, admin),
      await make({ name: 'c', tenant: 'globex', scopes: ['execute'] }, admin),
    ]
    for (const isStreamed of [false, true]) {
      mock.reset()
      mock.plan('hold')
      const asked = keys.flatMap((key) =>
        Array.from({ length: 5 }, () =>
          readAnswer(gateway.url, CHAT, callOf(CHAT, 'gpt', isStreamed), { headers: bearer(key) }),
        ),
      )
      await expect.poll(() => metric(gateway, 'stratarouter_in_flight', {}, bearer(admin))).toBe(16)
      await release(mock, 2)
      for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200)
      expect(mock.calls).toBe(2)
    }
  } finally {
    await shared.end()
  }
})

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
