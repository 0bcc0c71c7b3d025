import { describe, expect, it } from 'vitest'
import { expectError } from './expect-error.ts'
import { billing, type Serving, support } from './serving.ts'
import { servingsOfEachTest } from './serving-lifetimes.ts'

const { start, restart } = servingsOfEachTest()

const send = (serving: Serving, texts: readonly string[], count: number) =>
  serving.call('POST', '/v1/route/batch', {
    texts: Array.from({ length: count }, (_, index) => texts[index % texts.length]),
  })

const usual = ['I was charged twice', 'nothing loads', 'I want a refund', 'the page shows an error']
const strange = ['xqzt vlorp', 'who won the match', 'sing me a song']

describe('GET /v1/route-sets/{set}/drift', () => {
  it('tells of traffic that changes, in metrics too, and goes on after a restart', async () => {
    let serving = await start()
    await serving.call('PUT', '/v1/route-sets/default', { routes: [billing, support] })
    await send(serving, usual, 999)
    const learning = (await serving.call('GET', '/v1/route-sets/default/drift')).json
    expect(learning).toMatchObject({ routeSet: 'default', state: 'learning', referenceDecisions: 999 })
    await send(serving, usual, 501)
    expect((await serving.call('GET', '/v1/route-sets/default/drift')).json.state).toBe('steady')

    serving = await restart(serving)
    await send(serving, usual, 1)
    await serving.app.drift.idle()
    await send(serving, strange, 500)
    const { json } = await serving.call('GET', '/v1/route-sets/default/drift')
    expect(json).toMatchObject({ state: 'drifting', referenceDecisions: 1000, snapshot: learning.snapshot })
    expect(json.drift).toBe(Math.max(json.confidence, json.outOfScope))
    const { text } = await serving.call('GET', '/metrics')
    expect(text).toContain('stratarouter_drift_warning{route_set="default"} 1\n')
  })

  it('knows only sets that there are, and so does feedback', async () => {
    let serving = await start()
    expectError(await serving.call('GET', '/v1/route-sets/nowhere/drift'), 404, 'route_set_not_found')
    await serving.call('PUT', '/v1/route-sets/gone', { routes: [billing] })
    await serving.call('POST', '/v1/route', { text: 'a refund', routeSet: 'gone' })
    await serving.call('POST', '/v1/feedback', { text: 'a refund', route: 'billing', routeSet: 'gone' })
    await serving.call('DELETE', '/v1/route-sets/gone')
    expect((await serving.call('GET', '/metrics')).text).not.toContain('route_set="gone"')
    serving = await restart(serving)
    expect((await serving.call('GET', '/v1/feedback')).json.feedback).toEqual([])
  })
})
