import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Serving } from '../integration/serving.ts'
import { serveGateway } from './gateway.ts'

/** Of the mock: what it reads and writes for the call below is the same each time. */
const CALL = { model: 'priced', max_tokens: 50, messages: [{ role: 'user', content: 'where is my refund?' }] }

describe('a budget over HTTP', () => {
  let served: Awaited<ReturnType<typeof serveGateway>>
  let gateway: Serving
  let costUsd: number
  let admin: Record<string, string>
  beforeAll(async () => {
    served = await serveGateway((url) => ({
      providers: { openai: { apiKey: 'sk-secret', baseUrl: `${url}/v1` } },
      models: {
        priced: {
          provider: 'openai',
          model: 'any',
          price: { inputPerMillion: 1000, outputPerMillion: 1000 },
        },
        unpriced: { provider: 'openai', model: 'nobody-knows-what-it-costs' },
      },
      tenants: { small: { budgets: { dailyUsd: 6 } }, endless: {} },
    }))
    gateway = served.gateway
    const once = await gateway.call('POST', '/v1/execute', { text: 'where is my refund?', model: 'priced' })
    costUsd = once.json.costUsd
    const made = await gateway.call('POST', '/v1/keys', { name: 'operations', scopes: ['admin'] })
    admin = { authorization: `Bearer ${made.json.secret}` }
  })
  afterAll(() => served.end())

  const keyOf = async (tenant: string, settings: Record<string, unknown> = {}) => {
    const body = { name: tenant, tenant, ...settings }
    const { json } = await gateway.call('POST', '/v1/keys', body, admin)
    return { authorization: `Bearer ${json.secret}` }
  }
  const spent = async (tenant: string) => {
    const { json } = await gateway.call('GET', `/v1/usage?by=tenant&tenant=${tenant}`, undefined, admin)
    return json.rows[0] as { requests: number; costUsd: number }
  }

  it('is not exceeded by 1,000 calls at once, whose estimates are no less than what they cost', async () => {
    expect(costUsd).toBeGreaterThan(0)
    const key = await keyOf('small')
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, call) =>
        gateway.call('POST', '/v1/chat/completions', { ...CALL, seed: call }, key),
      ),
    )
    const byStatus = Map.groupBy(answers, ({ status }) => status)
    const answered = byStatus.get(200)?.length ?? 0
    const refused = byStatus.get(402) ?? []
    expect(answered + refused.length).toBe(1000)
    expect(answered).toBeGreaterThan(10)
    expect(refused.length).toBeGreaterThan(100)
    expect((await spent('small')).requests).toBe(answered)
    expect((await spent('small')).costUsd).toBeLessThanOrEqual(6)
    const [first] = refused
    expect(first?.json.error).toMatchObject({ code: 'budget_exceeded' })
    expect(first?.json.error.message).toContain('The budget of tenant small')
    expect(Number(first?.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('is that of a key too, and leaves other keys alone', async () => {
    const key = await keyOf('endless', { budgets: { dailyUsd: 0.1 } })
    const statuses: number[] = []
    for (let call = 0; call < 8; call++) {
      statuses.push((await gateway.call('POST', '/v1/chat/completions', { ...CALL, seed: call }, key)).status)
    }
    expect(statuses[0]).toBe(200)
    expect(statuses.at(-1)).toBe(402)
    const other = await keyOf('endless')
    expect((await gateway.call('POST', '/v1/chat/completions', CALL, other)).status).toBe(200)
  })

  it('refuses a model whose price nobody knows, which without one is flagged', async () => {
    const call = { ...CALL, model: 'unpriced' }
    const limited = await keyOf('endless', { budgets: { monthlyUsd: 1000 } })
    const refused = await gateway.call('POST', '/v1/chat/completions', call, limited)
    expect([refused.status, refused.json.error.code]).toEqual([403, 'model_unpriced'])
    const free = await keyOf('endless')
    expect((await gateway.call('POST', '/v1/chat/completions', call, free)).status).toBe(200)
    const { rows } = (await gateway.call('GET', '/v1/usage?by=model', undefined, admin)).json
    expect(rows.find(({ model }: { model: string }) => model === 'unpriced')).toMatchObject({
      unpricedRequests: 1,
      costUsd: 0,
    })
  })

  it('gets back what was set aside for a call that failed', async () => {
    const key = await keyOf('endless', { budgets: { dailyUsd: 0.15 } })
    for (let call = 0; call < 20; call++) {
      served.mock.plan('400')
      const failed = await gateway.call('POST', '/v1/chat/completions', { ...CALL, seed: call }, key)
      expect(failed.status).toBe(400)
    }
    served.mock.reset()
    expect((await gateway.call('POST', '/v1/chat/completions', CALL, key)).status).toBe(200)
  })
})
