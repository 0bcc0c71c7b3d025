import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectError } from '../integration/expect-error.ts'
import { billing, type Serving, serve, support } from '../integration/serving.ts'
import { everyProvider, serveGateway } from './gateway.ts'

const chat = (model: string) => ({ model, messages: [{ role: 'user', content: 'where is my refund?' }] })

async function makeKey(gateway: Serving, settings: Record<string, unknown>, by?: string): Promise<string> {
  const answer = await gateway.call('POST', '/v1/keys', settings, by ? bearer(by) : {})
  expect(answer.status, answer.text).toBe(201)
  return answer.json.secret
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

describe('API keys over HTTP', () => {
  let served: Awaited<ReturnType<typeof serveGateway>>
  let admin: string
  beforeAll(async () => {
    served = await serveGateway(everyProvider)
    const { gateway } = served
    await gateway.call('PUT', '/v1/route-sets/default', { routes: [billing, support] })
    admin = await makeKey(gateway, { name: 'operations', scopes: ['admin'] })
  })
  afterEach(() => served.mock.reset())
  afterAll(() => served.end())

  it('are required from the first one on, but for health, the page and the documents', async () => {
    const { gateway } = served
    for (const path of ['/health/ready', '/', '/openapi.json', '/docs']) {
      expect((await gateway.call('GET', path)).status, path).toBe(200)
    }
    for (const path of ['/v1/routes', '/metrics', '/v1/keys', '/v1/usage', '/v1/decisions']) {
      expectError(await gateway.call('GET', path), 401, 'invalid_api_key')
    }
    const text = { text: 'where is my refund?' }
    expectError(await gateway.call('POST', '/v1/route', text), 401, 'invalid_api_key')
    expectError(await gateway.call('POST', '/v1/route', text, bearer('sr_wrong')), 401, 'invalid_api_key')
    expect((await gateway.call('POST', '/v1/route', text, bearer(admin))).status).toBe(200)
    expect((await gateway.call('POST', '/v1/route', text, { 'x-api-key': admin })).status).toBe(200)
  })

  it('say in the words of each interface that a key is missing', async () => {
    const { gateway } = served
    const openai = await gateway.call('POST', '/v1/chat/completions', chat('gpt'))
    expect(openai.status).toBe(401)
    expect(openai.json.error).toMatchObject({ code: 'invalid_api_key', type: 'authentication_error' })
    const anthropic = await gateway.call('POST', '/v1/messages', { ...chat('claude'), max_tokens: 9 })
    expect(anthropic.status).toBe(401)
    expect(anthropic.json).toMatchObject({ type: 'error', error: { type: 'authentication_error' } })
    expect(served.mock.calls).toBe(0)
  })

  it('may do what their scopes say, and are told which one is missing', async () => {
    const { gateway } = served
    const key = await makeKey(gateway, { name: 'decides', scopes: ['route'] }, admin)
    expect((await gateway.call('POST', '/v1/route', { text: 'refund' }, bearer(key))).status).toBe(200)
    const refused = await gateway.call('POST', '/v1/chat/completions', chat('gpt'), bearer(key))
    expect(refused.status).toBe(403)
    expect(refused.json.error.message).toContain('scope execute')
    expectError(await gateway.call('GET', '/v1/routes', undefined, bearer(key)), 403, 'permission_denied')
    expectError(await gateway.call('GET', '/metrics', undefined, bearer(key)), 403, 'permission_denied')
  })

  it('may use the models, routes and route sets that they are for', async () => {
    const { gateway } = served
    const key = await makeKey(
      gateway,
      {
        name: 'narrow',
        scopes: ['route', 'execute', 'routes:read'],
        models: ['gpt'],
        routeSets: ['default'],
      },
      admin,
    )
    const call = (path: string, body: unknown) => gateway.call('POST', path, body, bearer(key))
    expect((await call('/v1/chat/completions', chat('gpt'))).status).toBe(200)
    expect((await call('/v1/chat/completions', chat('claude'))).status).toBe(403)
    expect((await call('/v1/route', { text: 'refund' })).status).toBe(200)
    expectError(await call('/v1/route', { text: 'refund', routeSet: 'other' }), 403, 'permission_denied')
    expectError(await gateway.call('GET', '/v1/route-sets', undefined, bearer(key)), 403, 'permission_denied')
    expect((await gateway.call('GET', '/v1/routes', undefined, bearer(key))).status).toBe(200)
    const { data } = (await gateway.call('GET', '/v1/models', undefined, bearer(key))).json
    expect(data.map(({ id }: { id: string }) => id)).toEqual(['auto', 'gpt', 'builtin'])
    const one = (name: string) => gateway.call('GET', `/v1/models/${name}`, undefined, bearer(key))
    expect((await one('gpt')).json).toMatchObject({ id: 'gpt', owned_by: 'openai' })
    expect((await one('claude')).json.error.code).toBe('model_not_found')
    // Nor may the key be led to another set, or be answered by what only others may use.
    const led = { ...chat('auto'), model: 'auto' }
    const other = await gateway.call('POST', '/v1/chat/completions', led, {
      ...bearer(key),
      'x-stratarouter-route-set': 'other',
    })
    expect([other.status, other.json.error.code]).toEqual([404, 'route_set_not_found'])
    await gateway.call('PUT', '/v1/route-sets/other', { routes: [billing, support] }, bearer(admin))
    const narrowed = await gateway.call('POST', '/v1/chat/completions', led, {
      ...bearer(key),
      'x-stratarouter-route-set': 'other',
    })
    expect(narrowed.status).toBe(403)
  })

  it('are refused at once after they were revoked', async () => {
    const { gateway } = served
    const key = await makeKey(gateway, { name: 'short-lived', scopes: ['route'] }, admin)
    const { keys } = (await gateway.call('GET', '/v1/keys', undefined, bearer(admin))).json
    const { id } = keys.find(({ name }: { name: string }) => name === 'short-lived')
    expect((await gateway.call('DELETE', `/v1/keys/${id}`, undefined, bearer(admin))).status).toBe(200)
    expectError(await gateway.call('POST', '/v1/route', { text: 'x' }, bearer(key)), 401, 'invalid_api_key')
  })

  it('count requests by the minute, and say when there is room again', async () => {
    const { gateway } = served
    const key = await makeKey(
      gateway,
      { name: 'slow', scopes: ['route', 'execute'], requestsPerMinute: 2 },
      admin,
    )
    for (let call = 0; call < 2; call++) {
      expect((await gateway.call('POST', '/v1/route', { text: 'x' }, bearer(key))).status).toBe(200)
    }
    const limited = await gateway.call('POST', '/v1/route', { text: 'x' }, bearer(key))
    expectError(limited, 429, 'rate_limited')
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    const model = await gateway.call('POST', '/v1/chat/completions', chat('gpt'), bearer(key))
    expect(model.status).toBe(429)
    expect(served.mock.calls).toBe(0)
  })

  it('leave a trail: what was changed is in the audit log, by which key', async () => {
    const { gateway } = served
    await gateway.call('PUT', '/v1/routes/billing', { examples: billing.examples }, bearer(admin))
    const { rows } = (await gateway.call('GET', '/v1/audit', undefined, bearer(admin))).json
    expect(rows[0]).toMatchObject({ action: 'putRoute', subject: '/v1/routes/billing' })
    expect(rows[0].actor).toMatch(/^key_/)
    expect(rows.map(({ action }: { action: string }) => action)).toContain('key.create')
  })
})

describe('a server beyond loopback', () => {
  it('does not start without a key', async () => {
    await expect(serve({ flags: { 'server.host': '0.0.0.0' } })).rejects.toThrow(
      /there is no API key yet; make one with "stratarouter keys create"/,
    )
  })

  it('starts with one', async () => {
    const first = await serve()
    const key = await makeKey(first, { name: 'operations', scopes: ['admin'] })
    await first.stop()
    const exposed = await serve({ folder: first.folder, flags: { 'server.host': '0.0.0.0' } })
    expectError(await exposed.call('GET', '/v1/routes'), 401, 'invalid_api_key')
    expect((await exposed.call('GET', '/v1/routes', undefined, bearer(key))).status).toBe(200)
    await exposed.end()
  })
})
