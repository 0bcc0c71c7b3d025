import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, billing, type Serving, serve, support } from './serving.ts'

let serving: Serving
beforeAll(async () => {
  serving = await serve({ flags: { 'server.cors': ['https://app.example'], 'limits.routeSets': 5 } })
})
afterAll(() => serving.end())
beforeEach(async () => {
  await serving.call('PUT', '/v1/route-sets/default', { routes: [billing, support] })
})

const call: Serving['call'] = (...given) => serving.call(...given)

function expectError(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.json?.error?.code]).toEqual([status, code])
  expect(answer.json.error).toEqual({
    code,
    message: expect.stringMatching(/\S/),
    details: expect.any(Array),
    requestId: answer.headers.get('x-request-id'),
  })
  expect(answer.text).not.toMatch(/ at .*\.ts|node_modules/)
}

const withoutTime = ({ id, latencyUs, ...decision }: { id: string; latencyUs: number }) => decision

describe('POST /v1/route', () => {
  it('answers with a decision and its id', async () => {
    const { status, json } = await call('POST', '/v1/route', { text: 'I was charged twice' })
    expect(status).toBe(200)
    expect(json).toMatchObject({ route: 'billing', reason: 'match', metadata: { team: 'finance' } })
    expect(json.id).toMatch(/^dec_/)
    expect(json.confidence).toBeGreaterThan(0)
    expect(json.confidence).toBeLessThan(1)
  })

  it('takes options', async () => {
    const all = await call('POST', '/v1/route', { text: 'I was charged twice', topK: 1, explain: true })
    expect(all.json.candidates).toHaveLength(1)
    expect(all.json.explanation.summary).toMatch(/\S/)
    const strict = await call('POST', '/v1/route', { text: 'hello', threshold: 1 })
    expect(strict.json).toMatchObject({ route: null, threshold: 1 })
    const others = await call('POST', '/v1/route', {
      text: 'I was charged twice',
      exclude: ['billing'],
      context: ['hello'],
      metadata: { plan: 'pro', seats: 3, trial: false },
      routeSet: 'default',
    })
    expect(others.json.route).not.toBe('billing')
    const only = await call('POST', '/v1/route', { text: 'I was charged twice', include: ['support'] })
    expect(only.json.candidates.map((candidate: { route: string }) => candidate.route)).toEqual(['support'])
  })

  it('takes a vector as numbers or as base64, with the same decision', async () => {
    const vector = serving.app.encoder.encode('I was charged twice')
    const bytes = Buffer.alloc(vector.length * 4)
    for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
    const numbers = await call('POST', '/v1/route', { embedding: [...vector] })
    const base64 = await call('POST', '/v1/route', { embedding: bytes.toString('base64') })
    expect(numbers.status).toBe(200)
    expect(withoutTime(base64.json)).toEqual(withoutTime(numbers.json))
    const size = vector.length
    expectError(await call('POST', '/v1/route', { embedding: [1, 2, 3] }), 400, 'dimension_mismatch')
    expectError(await call('POST', '/v1/route', { embedding: 'AAAA' }), 400, 'invalid_request')
    expectError(await call('POST', '/v1/route', { embedding: '!'.repeat(8) }), 400, 'invalid_request')
    expectError(
      await call('POST', '/v1/route', { embedding: Array(size).fill(1e300) }),
      400,
      'invalid_request',
    )
  })

  it('refuses what it does not understand, each problem by name', async () => {
    const answer = await call('POST', '/v1/route', { text: 'x', topk: 3, treshold: 2, threshold: 2 })
    expectError(answer, 400, 'invalid_request')
    expect(answer.json.error.details).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'topk', got: '3', nearest: 'topK' }),
        expect.objectContaining({ path: 'treshold', nearest: 'threshold' }),
        expect.objectContaining({ path: 'threshold', got: '2' }),
      ]),
    )
  })

  it.each([
    [{}],
    [[]],
    [null],
    ['"text"'],
    [{ text: 5 }],
    [{ text: 'x', embedding: [1] }],
    [{ text: 'x', topK: 0 }],
    [{ text: 'x', topK: 1.5 }],
    ['{"text": "x", "topK": 1e999}'],
    [{ text: 'x', explain: 'yes' }],
    [{ text: 'x', context: 'y' }],
    [{ text: 'x', routeSet: '../../etc' }],
    [{ text: 'x', metadata: { nested: {} } }],
    ['{"text": "x", "__proto__": {"topK": 5}}'],
    ['{"text": "x", "constructor": 1}'],
  ])('refuses %j', async (body) => {
    expectError(await call('POST', '/v1/route', body === null ? 'null' : body), 400, 'invalid_request')
  })

  it('names the route set that does not exist', async () => {
    const answer = await call('POST', '/v1/route', { text: 'x', routeSet: 'defualt' })
    expectError(answer, 404, 'route_set_not_found')
    expect(answer.json.error.details[0]).toMatchObject({ path: 'routeSet', nearest: 'default' })
  })

  it('measures texts in bytes of UTF-8', async () => {
    const limit = serving.app.config.server.textLimitBytes
    const longest = 'é'.repeat(limit / 2)
    expect((await call('POST', '/v1/route', { text: longest })).status).toBe(200)
    expectError(await call('POST', '/v1/route', { text: `${longest}.` }), 413, 'text_too_long')
    expectError(
      await call('POST', '/v1/route', { text: 'x', context: [`${longest}.`] }),
      413,
      'text_too_long',
    )
    expectError(await call('POST', '/v1/route/batch', { texts: ['x', `${longest}.`] }), 413, 'text_too_long')
  })

  it('takes empty texts, emoji, control characters and lone surrogates', async () => {
    for (const text of ['""', '"\\u0000"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\udc00\\ud800 refund"']) {
      expect((await call('POST', '/v1/route', `{"text": ${text}}`)).status).toBe(200)
    }
  })
})

describe('POST /v1/route/batch', () => {
  it('decides as one call each would', async () => {
    const texts = [
      'I was charged twice',
      'nothing loads',
      '',
      'what is the meaning of life',
      'I want a refund',
    ]
    const batch = await call('POST', '/v1/route/batch', { texts, topK: 2 })
    expect(batch.json.decisions).toHaveLength(texts.length)
    for (const [index, text] of texts.entries()) {
      const single = await call('POST', '/v1/route', { text, topK: 2 })
      expect(withoutTime(batch.json.decisions[index])).toEqual(withoutTime(single.json))
    }
    const ids = batch.json.decisions.map((decision: { id: string }) => decision.id)
    expect(new Set(ids).size).toBe(texts.length)
  })

  it('takes 1 to 1024 texts', async () => {
    expectError(await call('POST', '/v1/route/batch', { texts: [] }), 400, 'invalid_request')
    expectError(
      await call('POST', '/v1/route/batch', { texts: Array(1025).fill('x') }),
      400,
      'invalid_request',
    )
    expect(
      (await call('POST', '/v1/route/batch', { texts: Array(1024).fill('x') })).json.decisions,
    ).toHaveLength(1024)
    expectError(await call('POST', '/v1/route/batch', { texts: ['x', 5] }), 400, 'invalid_request')
  })
})

describe('routes', () => {
  it('are listed, read, added, replaced and deleted, each live at once', async () => {
    const list = await call('GET', '/v1/routes')
    expect(list.json.routes.map((route: { name: string }) => route.name)).toEqual(['billing', 'support'])
    expect(list.headers.get('etag')).toBe(`"${list.json.version}"`)

    const sales = { name: 'sales', examples: ['what does the enterprise plan cost?'], tags: ['money'] }
    const added = await call('POST', '/v1/routes', sales)
    expect([added.status, added.json]).toEqual([201, { version: list.json.version + 1, route: sales }])
    const decided = await call('POST', '/v1/route', {
      text: 'what does the enterprise plan cost?',
      threshold: 0,
    })
    expect(decided.json.route).toBe('sales')
    expect((await call('GET', '/v1/routes/sales')).json).toEqual(sales)

    const replaced = await call('PUT', '/v1/routes/sales', { utterances: ['talk to sales'] })
    expect([replaced.status, replaced.json.route]).toEqual([
      200,
      { name: 'sales', examples: ['talk to sales'] },
    ])
    expect((await call('PUT', '/v1/routes/other', { examples: ['x y z'] })).status).toBe(201)

    const deleted = await call('DELETE', '/v1/routes/sales')
    expect([deleted.status, deleted.json.version]).toEqual([200, list.json.version + 4])
    expectError(await call('GET', '/v1/routes/sales'), 404, 'route_not_found')
  })

  it('are refused with the reason', async () => {
    expectError(await call('POST', '/v1/routes', billing), 409, 'route_exists')
    expectError(
      await call('POST', '/v1/routes', { name: 'not allowed!', examples: ['x'] }),
      400,
      'invalid_route_set',
    )
    expectError(await call('POST', '/v1/routes', { name: 'x', exmaples: ['x'] }), 400, 'invalid_route_set')
    expectError(await call('POST', '/v1/routes', { name: 'x', patterns: ['/(?=a)/'] }), 400, 'invalid_rule')
    expectError(await call('PUT', '/v1/routes/a', { name: 'b', examples: ['x'] }), 400, 'invalid_request')
    expectError(await call('PUT', '/v1/routes/%20', { examples: ['x'] }), 400, 'invalid_route_set')
    expectError(await call('DELETE', '/v1/routes/nothing'), 404, 'route_not_found')
    const near = await call('GET', '/v1/routes/biling')
    expect(near.json.error.details[0].nearest).toBe('billing')
    const long = 'x'.repeat(serving.app.config.server.textLimitBytes + 1)
    expectError(await call('POST', '/v1/routes', { name: 'x', examples: [long] }), 400, 'invalid_route_set')
  })

  it('of other sets are kept apart', async () => {
    expectError(await call('GET', '/v1/route-sets/other/routes'), 404, 'route_set_not_found')
    expectError(await call('POST', '/v1/route-sets/other/routes', billing), 404, 'route_set_not_found')
    expect((await call('PUT', '/v1/route-sets/other', { routes: [] })).status).toBe(201)
    const added = await call('POST', '/v1/route-sets/other/routes', {
      name: 'only',
      examples: ['I was charged twice'],
    })
    expect(added.status).toBe(201)
    const there = await call('POST', '/v1/route', {
      text: 'I was charged twice',
      routeSet: 'other',
      threshold: 0,
    })
    const here = await call('POST', '/v1/route', { text: 'I was charged twice' })
    expect([there.json.route, here.json.route]).toEqual(['only', 'billing'])
    expect((await call('DELETE', '/v1/route-sets/other')).status).toBe(204)
    expectError(await call('GET', '/v1/route-sets/other'), 404, 'route_set_not_found')
  })
})

describe('route sets', () => {
  it('can be read, changed and sent back', async () => {
    const { json } = await call('GET', '/v1/route-sets/default')
    expect(json).toMatchObject({
      name: 'default',
      readOnly: false,
      routes: [{ name: 'billing' }, { name: 'support' }],
    })
    json.routes.pop()
    const put = await call('PUT', '/v1/route-sets/default', json, { 'if-match': `"${json.version}"` })
    expect([put.status, put.json]).toEqual([200, { name: 'default', version: json.version + 1, routes: 1 }])
    const list = await call('GET', '/v1/route-sets')
    expect(list.json.routeSets[0]).toMatchObject({ name: 'default', version: json.version + 1, routes: 1 })
  })

  it('are guarded by If-Match', async () => {
    const { json } = await call('GET', '/v1/routes')
    const stale = { 'if-match': `"${json.version - 1}"` }
    expectError(
      await call('POST', '/v1/routes', { name: 'a', examples: ['b'] }, stale),
      409,
      'version_conflict',
    )
    expectError(await call('PUT', '/v1/routes/billing', { examples: ['b'] }, stale), 409, 'version_conflict')
    expectError(await call('DELETE', '/v1/routes/billing', undefined, stale), 409, 'version_conflict')
    expectError(await call('PUT', '/v1/route-sets/default', { routes: [] }, stale), 409, 'version_conflict')
    expectError(await call('DELETE', '/v1/route-sets/default', undefined, stale), 409, 'version_conflict')
    expectError(
      await call('DELETE', '/v1/routes/billing', undefined, { 'if-match': 'x' }),
      400,
      'invalid_request',
    )
    expect((await call('GET', '/v1/routes')).json).toEqual(json)
    const fresh = { 'if-match': `${json.version}` }
    expect((await call('DELETE', '/v1/routes/billing', undefined, fresh)).status).toBe(200)
  })

  it('lose no update when many write at once', async () => {
    const { json } = await call('GET', '/v1/routes')
    const names = Array.from({ length: 12 }, (_, index) => `new-${index}`)
    const plain = await Promise.all(
      names.map((name) => call('POST', '/v1/routes', { name, examples: [`about ${name}`] })),
    )
    expect(plain.map((answer) => answer.status)).toEqual(names.map(() => 201))
    const after = await call('GET', '/v1/routes')
    expect(after.json.version).toBe(json.version + names.length)
    expect(after.json.routes).toHaveLength(2 + names.length)

    const guard = { 'if-match': `"${after.json.version}"` }
    const guarded = await Promise.all(
      names.map((name) => call('DELETE', `/v1/routes/${name}`, undefined, guard)),
    )
    expect(guarded.filter((answer) => answer.status === 200)).toHaveLength(1)
    expect(guarded.filter((answer) => answer.json.error?.code === 'version_conflict')).toHaveLength(
      names.length - 1,
    )
  })

  it('are limited in number, and their names in letters', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await call('PUT', `/v1/route-sets/${name}`, { routes: [] })
    expectError(await call('PUT', '/v1/route-sets/e', { routes: [] }), 400, 'invalid_request')
    for (const name of ['a', 'b', 'c', 'd']) await call('DELETE', `/v1/route-sets/${name}`)
    const atOnce = await Promise.all(
      Array.from({ length: 8 }, (_, index) => call('PUT', `/v1/route-sets/s${index}`, { routes: [] })),
    )
    expect(atOnce.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(4)
    for (let index = 0; index < 8; index++) await call('DELETE', `/v1/route-sets/s${index}`)
    expectError(await call('PUT', '/v1/route-sets/a%2Fb', { routes: [] }), 400, 'invalid_request')
    expectError(await call('PUT', '/v1/route-sets/__proto__%20', { routes: [] }), 400, 'invalid_request')
  })

  it('are empty again once deleted, in the case of default', async () => {
    expect((await call('DELETE', '/v1/route-sets/default')).status).toBe(204)
    expect((await call('GET', '/v1/route-sets/default')).json).toMatchObject({ version: 0, routes: [] })
    expect((await call('POST', '/v1/route', { text: 'I was charged twice' })).json.route).toBeNull()
    expectError(await call('DELETE', '/v1/route-sets/default'), 404, 'route_set_not_found')
  })
})

describe('POST /v1/eval', () => {
  it('scores labelled texts', async () => {
    const data = [
      { text: 'I was charged twice', route: 'billing' },
      { text: 'nothing loads', route: 'support' },
      { text: 'colourless green ideas', route: null },
    ]
    const { status, json } = await call('POST', '/v1/eval', { data })
    expect(status).toBe(200)
    expect(json).toMatchObject({ n: 3, inScope: 2, outOfScope: 1, inScopeAccuracy: 1 })
    expectError(await call('POST', '/v1/eval', { data: [] }), 400, 'invalid_request')
    expectError(await call('POST', '/v1/eval', { data: [{ text: 'x' }] }), 400, 'invalid_request')
    expectError(await call('POST', '/v1/eval', { data, routeSet: 'none' }), 404, 'route_set_not_found')
  })
})

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

describe('requests that cannot be served', () => {
  it('get the usual error', async () => {
    expectError(await call('GET', '/v2/nothing'), 404, 'not_found')
    expectError(await call('POST', '/v1/route', '{"text": '), 400, 'invalid_request')
    expectError(await call('POST', '/v1/route', new Uint8Array([0x22, 0xff, 0x22])), 400, 'invalid_request')
    expectError(await call('POST', '/v1/route', '['.repeat(65) + ']'.repeat(65)), 400, 'invalid_request')
    expectError(await call('POST', '/v1/route'), 400, 'invalid_request')
    expectError(
      await call('POST', '/v1/route', 'text=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported_media_type',
    )
    expectError(
      await call('POST', '/v1/route', JSON.stringify({ text: 'x'.repeat(1024 * 1024) })),
      413,
      'payload_too_large',
    )
    expectError(await call('GET', '/v1/routes/%ZZ'), 400, 'invalid_request')
    expectError(await call('GET', `/v1/routes/${'x'.repeat(2000)}`), 404, 'not_found')
  })

  it('learn which methods a path takes', async () => {
    const answer = await call('GET', '/v1/route')
    expectError(answer, 405, 'method_not_allowed')
    expect(answer.headers.get('allow')).toBe('POST')
    const named = await call('PATCH', '/v1/routes/billing', { examples: [] })
    expect([named.status, named.headers.get('allow')]).toEqual([405, 'GET, PUT, DELETE, HEAD'])
    expect((await call('HEAD', '/health')).status).toBe(200)
  })

  it('get it also when they are not HTTP', async () => {
    const { port } = new URL(serving.url)
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1')
      let received = ''
      socket.on('data', (data) => {
        received += data
      })
      socket.on('close', () => resolve(received))
      socket.write('NONSENSE\r\n\r\n')
    })
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)).error.code).toBe('invalid_request')
  })

  it('do no harm when they break off', async () => {
    const { port } = new URL(serving.url)
    await new Promise<void>((resolve) => {
      const request = httpRequest({
        port,
        method: 'POST',
        path: '/v1/route',
        headers: { 'content-length': '100', 'content-type': 'application/json' },
      })
      request.on('error', () => resolve())
      request.write('{"text"')
      request.once('socket', (socket) =>
        socket.once('connect', () => setImmediate(() => request.destroy(new Error('gone')))),
      )
    })
    expect((await call('POST', '/v1/route', { text: 'I was charged twice' })).json.route).toBe('billing')
  })
})
