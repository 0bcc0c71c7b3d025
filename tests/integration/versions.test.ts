import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { largeRouteSet } from '../../src/testing/large-route-set.ts'
import { expectError } from './expect-error.ts'
import { billing, decide, makeFolder, type Serving, serve, support } from './serving.ts'
import { servingsOfEachTest } from './serving-lifetimes.ts'

const { start, restart } = servingsOfEachTest()

const SET = '/v1/route-sets/default'
const QUESTIONS = ['I was charged twice', 'the page shows an error', 'what is the weather like']

/** Labelled messages: of each route as many as of none. */
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const [text, route] = [
      ['there is a wrong charge on my invoice', 'billing'],
      ['the app shows an error when I log in', 'support'],
      ['sing me a song about the sea', null],
    ][index % 3] as [string, string | null]
    return { text: `${text} ${index}`, route }
  })

const large = largeRouteSet()

const decideAll = async (serving: Serving) => Promise.all(QUESTIONS.map((text) => decide(serving, text)))
const stateOf = async (serving: Serving) =>
  (await serving.call('GET', `${SET}/versions`)).json.versions.map(
    ({ version, state }: { version: number; state: string }) => `${version} ${state}`,
  )

async function startWith(routeSet: unknown): Promise<Serving> {
  const serving = await start()
  await serving.call('PUT', SET, routeSet)
  return serving
}

describe('versions', () => {
  it('are listed, newest first, and read whole', async () => {
    const serving = await startWith({ routes: [billing] })
    expect((await serving.call('GET', '/v1/route-sets/other/versions')).status).toBe(404)
    await serving.call('POST', '/v1/routes', support)
    const list = (await serving.call('GET', `${SET}/versions`)).json
    expect(list).toEqual({
      routeSet: 'default',
      versions: [
        { version: 2, state: 'active', routes: 2, createdAt: expect.any(Number) },
        { version: 1, state: 'superseded', routes: 1, createdAt: expect.any(Number) },
      ],
    })
    expect((await serving.call('GET', `${SET}/versions/1`)).json).toEqual({
      name: 'default',
      version: 1,
      state: 'superseded',
      createdAt: expect.any(Number),
      routes: [billing],
      fitRows: 0,
    })
    const gone = await serving.call('GET', `${SET}/versions/7`)
    expectError(gone, 404, 'version_not_found')
    expect(gone.json.error.message).toContain('kept are 2, 1')
    expectError(await serving.call('GET', `${SET}/versions/first`), 400, 'invalid_request')
  })

  it('of a set that nothing is stored of are none', async () => {
    const serving = await start()
    expect((await serving.call('GET', `${SET}/versions`)).json.versions).toEqual([])
    expectError(await serving.call('POST', `${SET}/rollback`, { version: 1 }), 404, 'version_not_found')
  })
})

describe('a rollback', () => {
  it('makes a new version that decides as the older one did, bit for bit, also after a restart', async () => {
    const first = await startWith(large)
    const before = await decideAll(first)
    await first.call('POST', '/v1/routes', billing)
    await first.call('DELETE', '/v1/routes/invoice')
    await first.app.idle()
    expect(await decideAll(first)).not.toEqual(before)
    const answer = await first.call('POST', `${SET}/rollback`, { version: 1 })
    expect([answer.status, answer.json]).toEqual([
      200,
      { name: 'default', version: 4, restored: 1, routes: 8 },
    ])
    expect(answer.headers.get('etag')).toBe('"4"')
    expect(await decideAll(first)).toEqual(before)
    expect(await stateOf(first)).toEqual(['4 active', '3 superseded', '2 superseded', '1 superseded'])
    expect(await decideAll(await restart(first))).toEqual(before)
  })

  it('is refused for a version that is gone, and for another version than was meant', async () => {
    const serving = await startWith({ routes: [billing] })
    expectError(await serving.call('POST', `${SET}/rollback`, { version: 2 }), 404, 'version_not_found')
    const stale = await serving.call('POST', `${SET}/rollback`, { version: 1 }, { 'if-match': '"9"' })
    expectError(stale, 409, 'version_conflict')
    expectError(await serving.call('POST', `${SET}/rollback`, {}), 400, 'invalid_request')
    expect(await stateOf(serving)).toEqual(['1 active'])
  })
})

describe('a fit', () => {
  it('makes a candidate with its evaluation, which decides nothing until it is made active', async () => {
    const serving = await startWith({ routes: [billing, support] })
    const before = await decideAll(serving)
    const fitted = await serving.call('POST', `${SET}/fit`, { data: rows(60) })
    expect(fitted.status).toBe(201)
    expect(fitted.json).toMatchObject({
      name: 'default',
      version: 2,
      state: 'candidate',
      rows: 60,
      feedbackRows: 0,
      report: { routes: 2 },
      evaluation: { n: 12 },
    })
    expect(await decideAll(serving)).toEqual(before)
    const listed = (await serving.call('GET', `${SET}/versions`)).json.versions[0]
    expect(listed).toMatchObject({ state: 'candidate', evaluation: { n: 12 } })
    const whole = (await serving.call('GET', `${SET}/versions/2`)).json
    expect(whole).toMatchObject({
      fitRows: 60,
      report: fitted.json.report,
      evaluation: fitted.json.evaluation,
    })

    const active = await serving.call('POST', `${SET}/versions/2/state`, { state: 'active' })
    expect([active.status, active.json]).toEqual([
      200,
      { name: 'default', version: 2, state: 'active', activeVersion: 2 },
    ])
    expect(await decideAll(serving)).not.toEqual(before)
    expect((await serving.call('GET', SET)).json.version).toBe(2)
  })

  it('goes on in later edits, after a restart and after a rollback', async () => {
    const first = await startWith({ routes: [billing, support] })
    await first.call('POST', `${SET}/fit`, { data: rows(60), state: 'active' })
    const fitted = await decideAll(first)
    const added = { name: 'sales', examples: ['what does the plan cost?', 'talk to sales'] }
    await first.call('POST', '/v1/routes', added)
    await first.app.idle()
    const edited = await decideAll(first)
    expect((await first.call('GET', `${SET}/versions/3`)).json.fitRows).toBe(60)
    const second = await restart(first)
    await second.app.idle()
    expect(await decideAll(second)).toEqual(edited)
    await second.call('DELETE', '/v1/routes/billing')
    await second.call('POST', `${SET}/rollback`, { version: 2 })
    expect(await decideAll(second)).toEqual(fitted)
  })

  it('uses feedback unless told not to, and the rows of the version before where none are given', async () => {
    const serving = await startWith({ routes: [billing, support] })
    await serving.call('POST', '/v1/feedback', { text: 'my card was charged in error', route: 'billing' })
    const fit = (body: unknown) => serving.call('POST', `${SET}/fit`, body)
    expect((await fit({ useFeedback: false })).json).toMatchObject({ rows: 0, evaluation: null })
    expect((await fit({ data: rows(30), useFeedback: false, state: 'active' })).json.rows).toBe(30)
    expect((await fit({})).json).toMatchObject({ rows: 31, feedbackRows: 1 })
  })

  it('takes a whole new route set', async () => {
    const serving = await startWith({ routes: [billing, support] })
    const fitted = await serving.call('POST', `${SET}/fit`, {
      routes: [support],
      outOfScope: ['tell me a joke'],
    })
    const version = (await serving.call('GET', `${SET}/versions/${fitted.json.version}`)).json
    expect([version.routes, version.outOfScope]).toEqual([[support], ['tell me a joke']])
    expect((await serving.call('GET', SET)).json.routes).toHaveLength(2)
  })

  it('of the demo keeps the demo as the version before', async () => {
    const serving = await start({ demo: true })
    const fitted = await serving.call('POST', `${SET}/fit`, {})
    expect([fitted.status, fitted.json.version]).toEqual([201, 2])
    expect(await stateOf(serving)).toEqual(['2 candidate', '1 active'])
  })

  it('is refused with the reason', async () => {
    const serving = await startWith({ routes: [billing, support] })
    const fit = (body: unknown, headers = {}) => serving.call('POST', `${SET}/fit`, body, headers)
    expectError(await fit({ data: [{ text: 'x', route: 'biling' }] }), 400, 'invalid_data')
    expectError(await fit({ data: rows(10), maxErrorRate: 0.01 }), 422, 'not_enough_data')
    expectError(await fit({ maxErrorRate: 0.01 }), 422, 'not_enough_data')
    expectError(await fit({ dta: [] }), 400, 'invalid_request')
    expectError(await fit({ data: [{ text: 'x' }] }), 400, 'invalid_request')
    expectError(await fit({ outOfScope: ['x'] }), 400, 'invalid_request')
    expectError(await fit({ routes: [{ name: 'a b' }] }), 400, 'invalid_route_set')
    expectError(await fit({ share: 0.5 }), 400, 'invalid_request')
    expectError(await fit([]), 400, 'invalid_request')
    expectError(await fit({}, { 'if-match': '"7"' }), 409, 'version_conflict')
    expectError(await serving.call('POST', '/v1/route-sets/other/fit', {}), 404, 'route_set_not_found')
    expect(await stateOf(serving)).toEqual(['1 active'])
  })

  it('takes no more rows than the limits allow', async () => {
    const serving = await start({ flags: { 'limits.fitRows': 20 } })
    await serving.call('PUT', SET, { routes: [billing, support] })
    const refused = await serving.call('POST', `${SET}/fit`, { data: rows(21) })
    expectError(refused, 400, 'invalid_data')
    expect(refused.json.error.message).toContain('limits.fitRows')
  })
})

describe('a canary', () => {
  it('decides for its share of the messages, each always alike, and names its snapshot', async () => {
    const serving = await startWith({ routes: [billing, support] })
    const { version } = (await serving.call('POST', `${SET}/fit`, { data: rows(60) })).json
    const changed = await serving.call('POST', `${SET}/versions/${version}/state`, {
      state: 'canary',
      share: 0.3,
    })
    expect(changed.json).toEqual({
      name: 'default',
      version,
      state: 'canary',
      share: 0.3,
      activeVersion: 1,
    })
    const texts = Array.from({ length: 400 }, (_, index) => `question number ${index}`)
    const ask = async () =>
      (await serving.call('POST', '/v1/route/batch', { texts })).json.decisions.map(
        ({ snapshot }: { snapshot: string }) => snapshot,
      )
    const snapshots = await ask()
    expect(await ask()).toEqual(snapshots)
    const active = serving.app.router().snapshot
    const canaries = snapshots.filter((snapshot: string) => snapshot !== active)
    expect(new Set(canaries).size).toBe(1)
    expect(canaries.length / 400).toBeGreaterThan(0.2)
    expect(canaries.length / 400).toBeLessThan(0.4)

    await serving.call('POST', '/v1/routes', { name: 'other', examples: ['something else'] })
    expect((await ask()).filter((snapshot: string) => snapshot === canaries[0])).toHaveLength(canaries.length)
    expect(await stateOf(serving)).toEqual(['3 active', '2 canary', '1 superseded'])
    await serving.call('POST', `${SET}/versions/${version}/state`, { state: 'retired' })
    expect(new Set(await ask()).size).toBe(1)
  })

  it('goes on after a restart, and becomes active with all that it decided', async () => {
    const first = await startWith({ routes: [billing, support] })
    await first.call('POST', `${SET}/fit`, { data: rows(60), state: 'canary', share: 1 })
    const decided = await decideAll(first)
    const second = await restart(first)
    expect(await decideAll(second)).toEqual(decided)
    expect((await second.call('POST', `${SET}/versions/2/state`, { state: 'active' })).status).toBe(200)
    expect(await decideAll(second)).toEqual(decided)
    expect(await stateOf(second)).toEqual(['2 active', '1 superseded'])
    expectError(
      await second.call('POST', `${SET}/versions/2/state`, { state: 'shadow' }),
      400,
      'invalid_request',
    )
  })

  it('is told of to other processes', async () => {
    const one = await startWith({ routes: [billing, support] })
    const two = await serve({ folder: one.folder })
    try {
      one.app.routes.onChange(({ name }) => void two.app.routes.adopt(name))
      await one.call('POST', `${SET}/fit`, { data: rows(60), state: 'canary', share: 1 })
      await two.app.idle()
      expect(await decideAll(two)).toEqual(await decideAll(one))
      await one.call('POST', `${SET}/versions/2/state`, { state: 'active' })
      await two.app.idle()
      expect((await two.call('GET', SET)).json.version).toBe(2)
    } finally {
      await two.stop()
    }
  })
})

describe('a shadow', () => {
  it('decides too, after the answer, and its agreement is counted', async () => {
    const serving = await start({
      flags: { 'decisions.record.sampleRate': 1, 'decisions.record.text': 'full' },
    })
    await serving.call('PUT', SET, { routes: [billing, support] })
    const before = await decideAll(serving)
    // A set without billing, so that the two differ where billing is meant.
    const body = { routes: [support], state: 'shadow' }
    const { version, share } = (await serving.call('POST', `${SET}/fit`, body)).json
    expect(share).toBe(1)
    const texts = ['the page shows an error', 'I was charged twice', 'nothing loads']
    const { decisions } = (await serving.call('POST', '/v1/route/batch', { texts, threshold: 0 })).json
    expect(decisions.map(({ route }: { route: string }) => route)).toEqual(['support', 'billing', 'support'])
    await serving.app.idle()
    const { shadow } = (await serving.call('GET', `${SET}/versions/${version}`)).json
    expect(shadow).toEqual({
      agree: 2,
      differ: 1,
      differences: [{ text: 'I was charged twice', active: 'billing', shadow: 'support' }],
    })
    expect(await decideAll(serving)).toEqual(before)
    const metrics = (await serving.call('GET', '/metrics')).text
    expect(metrics).toMatch(/stratarouter_shadow_decisions_total\{route_set="default",outcome="agree"\} \d/)
  })
})

describe('a set from a file', () => {
  it('takes no rollback, fit or state', async () => {
    const folder = makeFolder()
    const file = join(folder, 'routes.json')
    writeFileSync(file, JSON.stringify({ routes: [billing, support] }))
    const serving = await start({ folder, flags: { 'routes.file': file } })
    for (const [path, body] of [
      ['rollback', { version: 1 }],
      ['fit', {}],
      ['versions/1/state', { state: 'active' }],
    ] as const) {
      expectError(await serving.call('POST', `${SET}/${path}`, body), 409, 'route_set_read_only')
    }
    expect((await serving.call('GET', `${SET}/versions`)).json.versions).toEqual([])
  })
})
