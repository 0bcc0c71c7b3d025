import { expect, test } from 'vitest'
import { expectError } from './expect-error.ts'
import { servingForAllTests } from './serving-lifetimes.ts'

const serving = servingForAllTests()
const { call } = serving

test('POST /route answers in the older shape, with the same route and confidence as POST /v1/route', async () => {
  const query = 'I was charged twice'
  const older = await call('POST', '/route', { query, embedding: Array(384).fill(0.1), k: 2 })
  const { json } = await call('POST', '/v1/route', { text: query })
  expect(older.status).toBe(200)
  expect(older.json).toMatchObject({
    route_id: json.route,
    scores: { keyword: 0, pattern: 0, total: json.confidence, confidence: json.confidence },
    alternatives: [{ route_id: 'support', confidence: json.candidates[1].confidence }],
  })
  expect(older.json.scores.semantic).toBeGreaterThan(0.9)
  expect(older.json.latency_ms).toBeGreaterThan(0)
})

test('without k there are no alternatives, and without a match no route', async () => {
  const { json } = await call('POST', '/route', { query: 'why is the sky blue at noon in norway' })
  expect(json.alternatives).toEqual([])
  expect(json.route_id).toBeNull()
})

test('POST /route/batch decides as one call each', async () => {
  const queries = [{ query: 'I want a refund' }, { query: 'nothing loads', k: 2 }]
  const { status, json } = await call('POST', '/route/batch', { queries })
  expect(status).toBe(200)
  expect(json.total).toBe(2)
  for (const [index, request] of queries.entries()) {
    const single = await call('POST', '/route', request)
    expect({ ...json.results[index], latency_ms: 0 }).toEqual({ ...single.json, latency_ms: 0 })
  }
})

test('canaries decide and shadows watch on the older paths as on the newer', async () => {
  const only = { routes: [{ name: 'other', examples: ['I was charged twice'] }] }
  const fit = async (state: object) =>
    (await call('POST', '/v1/route-sets/default/fit', { ...only, ...state })).json.version
  const end = (version: number) =>
    call('POST', `/v1/route-sets/default/versions/${version}/state`, { state: 'retired' })
  const query = 'I was charged twice'
  const canary = await fit({ state: 'canary', share: 1 })
  const { json } = await call('POST', '/v1/route', { text: query })
  expect(json.candidates[0].route).toBe('other')
  expect((await call('POST', '/route', { query })).json.scores.confidence).toBe(json.confidence)
  await end(canary)
  const shadow = await fit({ state: 'shadow' })
  await call('POST', '/route/batch', { queries: [{ query }] })
  await serving.app.idle()
  const described = await call('GET', `/v1/route-sets/default/versions/${shadow}`)
  expect(described.json.shadow).toMatchObject({ agree: 0, differ: 1 })
  await end(shadow)
})

test('a route added in the older shape decides at once and is listed in both shapes', async () => {
  const route = {
    id: 'shipping',
    description: 'Parcels and delivery',
    examples: ['where is my parcel?', 'track my delivery', 'when will it arrive?', 'change the address'],
    keywords: ['parcel'],
    patterns: ['/TRK-\\d+/'],
    threshold: 0.6,
  }
  const added = await call('POST', '/routes', route)
  expect(added.status, added.text).toBe(201)
  expect(added.json).toMatchObject({ id: 'shipping', keywords: ['parcel'], threshold: 0.6 })
  const forced = await call('POST', '/route', { query: 'TRK-123' })
  expect(forced.json).toMatchObject({ route_id: 'shipping', scores: { pattern: 1 } })
  const favoured = await call('POST', '/route', { query: 'my parcel, where is it' })
  expect(favoured.json).toMatchObject({ route_id: 'shipping', scores: { keyword: 1, pattern: 0 } })
  const listed = await call('GET', '/routes')
  expect(listed.json).toMatchObject({ total: 3, routes: expect.arrayContaining([added.json]) })
  expect((await call('GET', '/v1/routes/shipping')).status).toBe(200)
  expectError(await call('POST', '/routes', route), 409, 'route_exists')
  expectError(await call('POST', '/routes', { id: 'x', utterence: [] }), 400, 'invalid_route_set')
})

test('every answer says what to call instead', async () => {
  const answers = [
    ['/v1/route', await call('POST', '/route', { query: 'hello' })],
    ['/v1/route/batch', await call('POST', '/route/batch', { queries: [{ query: 'hello' }] })],
    ['/v1/routes', await call('GET', '/routes')],
  ] as const
  for (const [successor, { headers }] of answers) {
    expect(headers.get('deprecation')).toMatch(/^@\d+$/)
    expect(headers.get('link')).toBe(`<${successor}>; rel="successor-version"`)
  }
})

test.each([
  [{}],
  [{ text: 'the newer name' }],
  [{ query: 5 }],
  [{ query: 'x', k: 0 }],
  [{ query: 'x', embedding: 'AAAA' }],
])('POST /route refuses %j', async (body) => {
  expectError(await call('POST', '/route', body), 400, 'invalid_request')
})

test('an older query may be as long as any text and no longer', async () => {
  expectError(await call('POST', '/route', { query: 'x'.repeat(40_000) }), 413, 'text_too_long')
  const queries = [{ query: 'x' }, { query: 'x'.repeat(40_000) }]
  expectError(await call('POST', '/route/batch', { queries }), 413, 'text_too_long')
})
