import { describe, expect, it } from 'vitest'
import { servingForAllTests } from './serving-lifetimes.ts'

const { call } = servingForAllTests({ flags: { 'server.cors': ['https://app.example'] } })

describe('operation', () => {
  it('says that it is alive and ready', async () => {
    for (const path of ['/health', '/health/live'])
      expect((await call('GET', path)).json).toEqual({ status: 'ok' })
    const ready = await call('GET', '/health/ready')
    expect([ready.status, ready.json]).toEqual([200, { status: 'ready', checks: { store: 'ok' } }])
  })

  it('counts what it does', async () => {
    await call('POST', '/v1/route', { text: 'I was charged twice' })
    await call('POST', '/v1/route', 'nonsense')
    const { text, headers } = await call('GET', '/metrics')
    expect(headers.get('content-type')).toMatch(/^text\/plain/)
    expect(text).toMatch(/stratarouter_requests_total\{operation="route",status="200"\} \d/)
    expect(text).toMatch(/stratarouter_requests_total\{operation="route",status="400"\} \d/)
    expect(text).toMatch(/stratarouter_decisions_total\{route="billing",reason="match"\} \d/)
    expect(text).toMatch(/stratarouter_overhead_seconds_count\{operation="route"\} \d/)
    expect(text).toContain('stratarouter_in_flight 1\n')
  })

  it('describes itself', async () => {
    const { json } = await call('GET', '/openapi.json')
    expect(json.openapi).toBe('3.1.0')
    expect(Object.keys(json.paths)).toEqual(
      expect.arrayContaining(['/v1/route', '/v1/route-sets/{set}/routes/{name}']),
    )
    const docs = await call('GET', '/docs')
    expect(docs.headers.get('content-security-policy')).toContain("default-src 'none'")
    for (const path of Object.keys(json.paths)) expect(docs.text).toContain(path)
  })

  it('describes itself as called where the reader called it', async () => {
    const { json } = await call('GET', '/openapi.json')
    const [, origin] = /curl (http:\S+)\/v1\/route /.exec((await call('GET', '/docs')).text) ?? []
    expect(json.servers).toEqual([{ url: origin }])
    expect((await fetch(`${origin}/health`)).status).toBe(200)
  })

  it('takes the request id of the caller, or makes one', async () => {
    const taken = await call('GET', '/health', undefined, { 'x-request-id': 'abc-1' })
    expect(taken.headers.get('x-request-id')).toBe('abc-1')
    const made = await call('GET', '/health', undefined, { 'x-request-id': 'a b' })
    expect(made.headers.get('x-request-id')).toMatch(/^req_/)
    const missing = await call('GET', '/nowhere', undefined, { 'x-request-id': 'abc-2' })
    expect(missing.json.error.requestId).toBe('abc-2')
  })

  it('lets only the pages of known origins call', async () => {
    const known = { origin: 'https://app.example' }
    const answer = await call('POST', '/v1/route', { text: 'x' }, known)
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example')
    const foreign = await call('POST', '/v1/route', { text: 'x' }, { origin: 'https://evil.example' })
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
    const preflight = { ...known, 'access-control-request-method': 'POST' }
    const allowed = await call('OPTIONS', '/v1/route', undefined, preflight)
    expect([allowed.status, allowed.headers.get('access-control-allow-methods')]).toEqual([
      204,
      expect.stringContaining('POST'),
    ])
    const refused = await call('OPTIONS', '/v1/route', undefined, {
      ...preflight,
      origin: 'https://evil.example',
    })
    expect(refused.status).toBe(405)
  })
})
