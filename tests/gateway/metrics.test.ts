import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverProcesses } from '../integration/server-processes.ts'
import { billing, support } from '../integration/serving.ts'
import { everyProvider, release, serveGateway } from './gateway.ts'
import { metric } from './metric.ts'

interface Family {
  readonly type: string
  readonly labels: ReadonlySet<string>
}

/** Every metric of a text of Prometheus', with the labels that its series have. */
function familiesOf(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, { type: string; labels: Set<string> }>()
  for (const line of text.split('\n')) {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (name !== '') families.set(name, { type, labels: new Set() })
    const [, series = '', labels = ''] = /^([a-z_]+)(?:\{(.*)\})? \S+$/.exec(line) ?? []
    const family = families.get(series) ?? families.get(series.replace(/_(?:bucket|sum|count)$/, ''))
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) if (label !== 'le') family?.labels.add(label)
  }
  return families
}

const chat = (model: string, content = 'where is my refund?', extra: object = {}) => ({
  model,
  messages: [{ role: 'user', content }],
  ...extra,
})

/** At least 300 ms, as whoever answers lets them pass first. */
const timePasses = (mockUrl: string) =>
  fetch(`${mockUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-mock-fault': 'delay:300' },
    body: JSON.stringify(chat('any')),
  })

const FROM_THE_START = [
  'stratarouter_requests_total',
  'stratarouter_request_duration_seconds',
  'stratarouter_overhead_seconds',
  'stratarouter_decisions_total',
  'stratarouter_decision_confidence',
  'stratarouter_in_flight',
  'stratarouter_coalesced_total',
  'stratarouter_provider_attempts_total',
  'stratarouter_provider_duration_seconds',
  'stratarouter_tokens_total',
  'stratarouter_cost_usd_total',
  'stratarouter_breaker_state',
  'stratarouter_queue_bytes',
  'stratarouter_dropped_total',
]

describe('metrics of a gateway', () => {
  let served: Awaited<ReturnType<typeof serveGateway>>
  beforeAll(async () => {
    served = await serveGateway((url) => {
      const settings = everyProvider(url)
      const models = settings.models as Record<string, object>
      return {
        ...settings,
        models: { ...models, first: { provider: 'openai', model: 'gpt-5-mini', fallbacks: ['small'] } },
        execution: { retries: 1, retryBaseMs: 1 },
      }
    })
  })
  afterAll(() => served.end())
  const sum = (name: string, labels: Record<string, string> = {}) => metric(served.gateway, name, labels)
  const call = (body: object) => served.gateway.call('POST', '/v1/chat/completions', body)

  it('are all there before the first call', async () => {
    const { text } = await served.gateway.call('GET', '/metrics')
    const families = familiesOf(text)
    for (const name of FROM_THE_START) {
      expect(families.has(name), name).toBe(true)
      expect(text).toContain(`# HELP ${name} `)
    }
  })

  it('count calls by what came of them, and how long they took', async () => {
    served.mock.plan(['500', '429', 'none'])
    expect((await call(chat('first'))).status).toBe(200)
    const attempts = (labels: Record<string, string>) => sum('stratarouter_provider_attempts_total', labels)
    expect(await attempts({ provider: 'openai', model: 'first', outcome: 'server-error' })).toBe(1)
    expect(await attempts({ provider: 'openai', model: 'first', outcome: 'rate-limited' })).toBe(1)
    expect(await attempts({ provider: 'local', model: 'small', outcome: 'ok' })).toBe(1)
    expect(await attempts({})).toBe(3)
    const count = 'stratarouter_provider_duration_seconds_count'
    expect(await sum(count, { provider: 'openai', model: 'first' })).toBe(2)
    expect(await sum(count, { provider: 'local', model: 'small' })).toBe(1)
    expect(await sum('stratarouter_breaker_state')).toBe(0)
    served.mock.reset()
  })

  it('count tokens and what they cost as the answers say, of streams too', async () => {
    const tokens = (kind: string) =>
      sum('stratarouter_tokens_total', { provider: 'openai', model: 'gpt', kind })
    const cost = () =>
      sum('stratarouter_cost_usd_total', { provider: 'openai', model: 'gpt', tenant: 'default' })
    const { usage } = (await call(chat('gpt'))).json
    expect(await tokens('input')).toBe(usage.prompt_tokens)
    expect(await tokens('output')).toBe(usage.completion_tokens)
    const once = await cost()
    // USD for a million tokens, as docs/reference/prices.md lists them.
    expect(once).toBeCloseTo((usage.prompt_tokens * 0.25 + usage.completion_tokens * 2) / 1_000_000, 12)
    await call(chat('gpt', 'where is my refund?', { stream: true }))
    expect(await tokens('input')).toBe(2 * usage.prompt_tokens)
    expect(await cost()).toBeCloseTo(2 * once, 12)
    // A model without a price costs what is not known.
    expect(await sum('stratarouter_cost_usd_total', { model: 'small' })).toBe(0)
    expect(await sum('stratarouter_unpriced_calls_total', { model: 'small' })).toBe(1)
  })

  it('count requests by their status, and those that an equal one answered', async () => {
    const requests = (status: string) =>
      sum('stratarouter_requests_total', { operation: 'chatCompletions', status })
    const before = await requests('200')
    served.mock.plan('hold')
    const calls = [1, 2, 3].map(() => call(chat('gpt', 'asked by three', { temperature: 0 })))
    await expect.poll(() => sum('stratarouter_in_flight')).toBe(4)
    await release(served.mock, 1)
    await Promise.all(calls)
    served.mock.reset()
    expect(await requests('200')).toBe(before + 3)
    expect(await sum('stratarouter_coalesced_total')).toBe(2)
    expect(await sum('stratarouter_in_flight')).toBe(1)
    await call(chat('nobody'))
    expect(await requests('404')).toBe(1)
  })

  it.each([
    ['a whole answer', {}, 'delay:400'],
    ['a stream that waits at its beginning', { stream: true }, 'delay:400'],
    ['a stream that waits in the middle', { stream: true }, 'pace:100'],
    ['a call that fails', {}, 'delay:400+400'],
  ] as const)('leave what providers took out of the overhead: %s', async (_name, extra, fault) => {
    const seconds = (of: string) => sum(`stratarouter_${of}_seconds_sum`, { operation: 'chatCompletions' })
    const before = { request: await seconds('request_duration'), own: await seconds('overhead') }
    served.mock.plan(fault)
    await call(chat('gpt', `waits: ${_name}`, extra))
    served.mock.reset()
    const request = (await seconds('request_duration')) - before.request
    const own = (await seconds('overhead')) - before.own
    // Of the waiting, whose length is known, nothing is counted as ours.
    expect(request).toBeGreaterThan(0.3)
    expect(request - own).toBeGreaterThan(0.3)
  })

  it('leave out what a caller waits for an equal call', async () => {
    const seconds = async () => {
      const own = await sum('stratarouter_overhead_seconds_sum', { operation: 'chatCompletions' })
      return (await sum('stratarouter_request_duration_seconds_sum', { operation: 'chatCompletions' })) - own
    }
    const before = await seconds()
    served.mock.plan('hold')
    const calls = [1, 2].map(() => call(chat('gpt', 'asked by two', { temperature: 0 })))
    await expect.poll(() => sum('stratarouter_in_flight')).toBe(3)
    await timePasses(served.mock.url)
    await release(served.mock, 1)
    await Promise.all(calls)
    served.mock.reset()
    expect((await seconds()) - before).toBeGreaterThan(2 * 0.29)
  })

  it('make no series of what callers write', async () => {
    const { gateway } = served
    await gateway.call('PUT', '/v1/route-sets/default', { routes: [billing, support] })
    const series = async () => (await gateway.call('GET', '/metrics')).text.match(/^stratarouter_/gm)?.length
    await call(chat('unknown-0'))
    await call(chat('auto', 'unknown-0'))
    await gateway.call('GET', '/nowhere/0')
    const before = await series()
    for (let number = 1; number < 50; number++) {
      await call(chat(`unknown-${number}`))
      await call(chat(`route:unknown-${number}`))
      await gateway.call('GET', `/nowhere/${number}`)
    }
    expect(await series()).toBe(before)
  })

  it('are described in the reference, with their types and labels, all of them and no others', async () => {
    const { text } = await served.gateway.call('GET', '/metrics')
    const page = readFileSync(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8')
    const described = new Map(
      [...page.matchAll(/^\| `(stratarouter_\w+)` \| (\w+) \| (.*?) \| .+ \|$/gm)].map(
        ([, name = '', type = '', labels = '']) => [
          name,
          { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label) },
        ],
      ),
    )
    const families = [...familiesOf(text)].filter(([name]) => name.startsWith('stratarouter_'))
    // Of a slower encoder and of workers, which this server has not.
    const elsewhere = [...described.keys()].filter((name) => /cascade|worker/.test(name))
    expect([...described.keys()].sort()).toEqual([...families.map(([name]) => name), ...elsewhere].sort())
    for (const [name, { type, labels }] of families) {
      expect(described.get(name)?.type, name).toBe(type)
      if (labels.size > 0) expect(described.get(name)?.labels.sort(), name).toEqual([...labels].sort())
    }
  })
})

describe('metrics of a gateway where calls wait for their turn', () => {
  it('leave the wait out of the overhead', async () => {
    const { gateway, mock, end } = await serveGateway((url) => ({
      ...everyProvider(url),
      execution: { concurrency: 1 },
    }))
    mock.plan('hold')
    const calls = ['first', 'second'].map((text) =>
      gateway.call('POST', '/v1/chat/completions', chat('gpt', text)),
    )
    await expect.poll(() => metric(gateway, 'stratarouter_in_flight')).toBe(3)
    await timePasses(mock.url)
    await release(mock, 2)
    await Promise.all(calls)
    const duration = await metric(gateway, 'stratarouter_request_duration_seconds_sum', {
      operation: 'chatCompletions',
    })
    const own = await metric(gateway, 'stratarouter_overhead_seconds_sum', { operation: 'chatCompletions' })
    expect(duration - own).toBeGreaterThan(2 * 0.29)
    await end()
  })
})

describe('metrics of a gateway with several workers', () => {
  const processes = serverProcesses()

  it('are those of all of them together', async () => {
    const server = await processes.started({
      STRATAROUTER_SERVER_WORKERS: '2',
      STRATAROUTER_PROVIDERS: JSON.stringify({ still: { type: 'static', text: 'still here' } }),
      STRATAROUTER_MODELS: JSON.stringify({ still: { provider: 'still' } }),
    })
    const CALLS = 40
    for (let number = 0; number < CALLS; number++) {
      const answer = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        // A connection each, so that the kernel deals them to both.
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify(chat('still', `call ${number}`)),
      })
      expect(answer.status).toBe(200)
      await answer.text()
    }
    const text = await (await fetch(`${server.url}/metrics`)).text()
    expect(text).toContain(
      `stratarouter_provider_attempts_total{provider="still",model="still",outcome="ok"} ${CALLS}\n`,
    )
    expect(text).toContain(
      `stratarouter_provider_duration_seconds_count{provider="still",model="still"} ${CALLS}\n`,
    )
    expect(text).toContain(`stratarouter_requests_total{operation="chatCompletions",status="200"} ${CALLS}\n`)
    expect(text).toContain('stratarouter_breaker_state{provider="still",model="still"} 0\n')
    for (const name of FROM_THE_START) expect(text.split(`# TYPE ${name} `), name).toHaveLength(2)
  })
})
