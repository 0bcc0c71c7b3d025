import { describe, expect, it } from 'vitest'
import { billing, decide, serve, support } from './serving.ts'
import { servingsOfEachTest } from './serving-lifetimes.ts'

const { start, restart } = servingsOfEachTest()

describe('stored routes', () => {
  it('survive a restart with their version, and decide the same', async () => {
    const first = await start()
    await first.call('PUT', '/v1/route-sets/default', { routes: [billing] })
    await first.call('POST', '/v1/routes', support)
    await first.call('PUT', '/v1/route-sets/other', { routes: [support], outOfScope: ['tell me a joke'] })
    await first.app.idle()
    const sets = (await first.call('GET', '/v1/route-sets')).json
    const decision = await decide(first, 'I was charged twice')
    const second = await restart(first)
    expect((await second.call('GET', '/v1/route-sets')).json).toEqual(sets)
    expect(await decide(second, 'I was charged twice')).toEqual(decision)
    expect((await second.call('GET', '/v1/route-sets/other')).json.outOfScope).toEqual(['tell me a joke'])
  })

  it('written by another process are taken over before the next change', async () => {
    const one = await start()
    const two = await serve({ folder: one.folder })
    try {
      await one.call('POST', '/v1/routes', billing)
      expect((await two.call('POST', '/v1/routes', support)).json.version).toBe(2)
      expect((await two.call('GET', '/v1/routes')).json.routes).toHaveLength(2)
      const stale = await one.call('PUT', '/v1/routes/billing', billing, { 'if-match': '"1"' })
      expect([stale.status, stale.json.error.code]).toEqual([409, 'version_conflict'])
    } finally {
      await two.stop()
    }
  })
})

describe('the demo set', () => {
  it('serves only when asked for, until something is stored', async () => {
    const plain = await start()
    expect((await plain.call('GET', '/v1/routes')).json).toEqual({
      routeSet: 'default',
      version: 0,
      routes: [],
    })
    const demo = await restart(plain, { demo: true })
    expect((await decide(demo, 'where is my refund?')).route).toEqual(expect.any(String))
    const { version, routes } = (await demo.call('GET', '/v1/routes')).json
    expect(version).toBe(0)
    await demo.call('DELETE', `/v1/routes/${routes[0].name}`, undefined, { 'if-match': '"0"' })
    const again = await restart(demo)
    const kept = (await again.call('GET', '/v1/routes')).json
    expect([kept.version, kept.routes.length]).toEqual([1, routes.length - 1])
  })
})
