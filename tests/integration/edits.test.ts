import { describe, expect, it } from 'vitest'
import { expectError } from './expect-error.ts'
import { billing } from './serving.ts'
import { servingForAllTests } from './serving-lifetimes.ts'

const serving = servingForAllTests({ flags: { 'limits.routeSets': 5 } })
const { call } = serving

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

  it('are changed in part by a merge patch: what is absent stays, null removes', async () => {
    const before = (await call('GET', '/v1/routes')).json.version
    const threshold = await call('PATCH', '/v1/routes/billing', { threshold: 0.7 })
    expect([threshold.status, threshold.json]).toEqual([
      200,
      { version: before + 1, route: { ...billing, threshold: 0.7 } },
    ])
    expect(threshold.headers.get('etag')).toBe(`"${before + 1}"`)
    expect((await call('GET', '/v1/routes/billing')).json).toEqual({ ...billing, threshold: 0.7 })
    const more = { threshold: null, metadata: { team: null, floor: { number: 3 } }, utterances: ['a bill'] }
    const headers = { 'if-match': `"${before + 1}"`, 'content-type': 'application/merge-patch+json' }
    const path = '/v1/route-sets/default/routes/billing'
    expect((await call('PATCH', path, more, headers)).json.route).toEqual({
      name: 'billing',
      examples: ['a bill'],
      metadata: { floor: { number: 3 } },
    })
    expectError(await call('PATCH', path, more, headers), 409, 'version_conflict')
    expectError(await call('PATCH', '/v1/routes/biling', { threshold: 0.7 }), 404, 'route_not_found')
    expectError(await call('PATCH', path, { threshold: 7 }), 400, 'invalid_route_set')
    expectError(await call('PATCH', path, { treshold: 0.7 }), 400, 'invalid_route_set')
    expectError(await call('PATCH', path, { name: 'other' }), 400, 'invalid_request')
    expectError(await call('PATCH', path, ['x']), 400, 'invalid_request')
    expectError(await call('PATCH', path, { examples: null }), 400, 'invalid_route_set')
    expect((await call('GET', '/v1/routes')).json.version).toBe(before + 2)
  })

  it('take more examples, each once, and are stored only when one is new', async () => {
    const before = (await call('GET', '/v1/routes')).json.version
    const path = '/v1/routes/billing/examples'
    const examples = ['pay by card', billing.examples[0], 'pay by card']
    expect((await call('POST', path, { examples })).json).toEqual({
      version: before + 1,
      added: 1,
      route: { ...billing, examples: [...billing.examples, 'pay by card'] },
    })
    expect((await call('POST', path, { examples })).json).toMatchObject({ version: before + 1, added: 0 })
    const inSet = await call('POST', '/v1/route-sets/default/routes/support/examples', {
      examples: ['help!'],
    })
    expect(inSet.json).toMatchObject({ version: before + 2, added: 1 })
    expectError(await call('POST', path, { examples }, { 'if-match': '"0"' }), 409, 'version_conflict')
    expectError(await call('POST', path, { examples: [] }), 400, 'invalid_request')
    expectError(await call('POST', path, { examples: [' '] }), 400, 'invalid_route_set')
    expectError(await call('POST', '/v1/routes/x/examples', { examples }), 404, 'route_not_found')
  })

  it('are refused when only the name is left of them, in a set as one by one', async () => {
    for (const name of ['billing', 'opening_hours', 'a']) {
      const one = await call('PUT', `/v1/routes/${name}`, { threshold: 0.7 })
      const inSet = await call('PUT', '/v1/route-sets/default', { routes: [{ name, threshold: 0.7 }] })
      const added = await call('POST', '/v1/routes', { name, examples: [] })
      for (const answer of [one, inSet, added]) {
        expectError(answer, 400, 'invalid_route_set')
        expect(answer.json.error.message).toContain('expected an example, a description or a rule')
      }
      expect(one.json.error.details[0].path).toBe('examples')
      expect(inSet.json.error.details[0].path).toBe('routes[0].examples')
    }
    expect((await call('GET', '/v1/routes/billing')).json).toEqual(billing)
    expect((await call('PUT', '/v1/routes/hours', { description: 'when it is open' })).status).toBe(201)
    expect((await call('PUT', '/v1/routes/hours', { patterns: ['opening hours'] })).status).toBe(200)
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
  it('say that an error rate is not kept until a fit with labelled data', async () => {
    const path = '/v1/route-sets/promising'
    const set = { routes: [billing], defaults: { maxErrorRate: 0.3 } }
    const unmet = {
      kind: 'unmet-error-rate',
      severity: 'warning',
      detail: expect.stringContaining('not kept'),
    }
    const put = await call('PUT', path, set)
    expect([put.status, put.json.problems]).toMatchObject([201, [unmet]])
    expect(put.json.problems[0].suggestion).toContain('/fit with data')
    expect((await call('GET', `${path}/lint`)).json.problems).toContainEqual(expect.objectContaining(unmet))
    const data = Array.from({ length: 60 }, (_, index) => ({ text: `refund ${index}`, route: 'billing' }))
    expect((await call('POST', `${path}/fit`, { data, state: 'active' })).status).toBe(201)
    expect((await call('GET', `${path}/lint`)).json.problems).not.toContainEqual(
      expect.objectContaining(unmet),
    )
    expect(await call('PUT', path, set)).toMatchObject({ status: 200, json: { name: 'promising' } })
    expect((await call('PUT', path, set)).json).not.toHaveProperty('problems')
    await call('DELETE', path)
  })

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
