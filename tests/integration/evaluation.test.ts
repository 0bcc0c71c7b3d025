import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectError } from './expect-error.ts'
import { billing, support } from './serving.ts'
import { servingForAllTests } from './serving-lifetimes.ts'

const serving = servingForAllTests()
const { call } = serving

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

  it('scores a candidate before it decides, and says how many of the rows it has learned from', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({
      text: `where do I find invoice ${index}`,
      route: index % 2 === 0 ? 'billing' : null,
    }))
    const pets = { name: 'pets', examples: ['feed the cat', 'walk the dog'], negatives: ['it rains cats'] }
    const body = { data: rows, routes: [billing, support, pets], outOfScope: ['sing a song'] }
    const before = (await call('GET', '/v1/route-sets/default')).json.version
    const { version } = (await call('POST', '/v1/route-sets/default/fit', body)).json
    const data = [
      { text: 'feed the cat', route: 'pets' },
      { text: 'it rains cats', route: null },
      { text: 'sing a song', route: null },
      { text: 'where do I find invoice 4', route: 'billing' },
      { text: 'the dog must be walked', route: 'pets' },
    ]
    const scored = (await call('POST', '/v1/eval', { data, version })).json
    expect(scored).toMatchObject({ version, n: 5, inScope: 3, inScopeAccuracy: 1, seen: 4 })
    const active = (await call('POST', '/v1/eval', { data: [{ text: 'nothing loads', route: 'support' }] }))
      .json
    expect(active).toMatchObject({ version: before, seen: 1 })
    expect((await call('POST', '/v1/eval', { data: [data[4]] })).json.error.code).toBe('invalid_data')
    expectError(await call('POST', '/v1/eval', { data, version: 999 }), 404, 'version_not_found')
    expectError(await call('POST', '/v1/eval', { data, version: 0 }), 400, 'invalid_request')
  })

  it('says what to do about a version that would have to be fitted again', async () => {
    const routes = ['garden', 'airport'].map((name) => ({
      name,
      examples: Array.from({ length: 60 }, (_, index) => `something about my ${name}, number ${index}`),
    }))
    const path = '/v1/route-sets/default'
    const { version } = (await call('POST', `${path}/fit`, { routes })).json
    rmSync(join(serving.app.config.dataDir, 'snapshots'), { recursive: true })
    const data = [{ text: 'at the airport', route: 'airport' }]
    const refused = await call('POST', '/v1/eval', { data, version })
    expectError(refused, 404, 'version_not_found')
    expect(refused.json.error.message).toContain(`${path}/versions/${version}/state`)
    await call('POST', `${path}/versions/${version}/state`, { state: 'shadow' })
    expect((await call('POST', '/v1/eval', { data, version })).json).toMatchObject({ version, seen: 0 })
  })
})
