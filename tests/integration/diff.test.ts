import { describe, expect, it } from 'vitest'
import { diffDecisions } from '../../src/core/diff-decisions.ts'
import { Router } from '../../src/core/index.ts'
import { builtinEncoder } from '../../src/encoders/builtin/index.ts'
import { diffAnswerSchema } from '../../src/server/wire/diff.ts'
import { expectError } from './expect-error.ts'
import { billing, support } from './serving.ts'
import { servingsOfEachTest } from './serving-lifetimes.ts'

const { start } = servingsOfEachTest()

const SET = '/v1/route-sets/default'
const sales = {
  name: 'sales',
  examples: ['what does the team plan cost', 'is there a discount', 'talk to sales'],
}
const texts = ['is there a discount for us', 'I was charged twice', 'what is the weather like']

/** Version 1 knows billing and support, version 2 sales too. */
async function startWithTwo(flags: Record<string, number | string> = {}) {
  const serving = await start({ flags })
  await serving.call('PUT', SET, { routes: [billing, support] })
  await serving.call('PUT', SET, { routes: [billing, support, sales] })
  return serving
}

describe('a diff of two versions', () => {
  it('answers what the command line prints with --json, labels included', async () => {
    const serving = await startWithTwo()
    const data = texts.map((text, index) => (index === 0 ? { text, route: 'sales' } : { text }))
    const { status, json } = await serving.call('POST', `${SET}/diff`, { from: 1, to: 2, data })
    expect(status).toBe(200)
    expect(diffAnswerSchema.parse(json)).toEqual(json)
    const [before, after] = [
      [billing, support],
      [billing, support, sales],
    ].map((routes) => Router.compile({ routes }, builtinEncoder())) as [Router, Router]
    expect(json).toEqual(JSON.parse(JSON.stringify(diffDecisions(before, after, data))))
    expect(json).toMatchObject({
      of: 3,
      changed: 1,
      changes: [{ after: { route: 'sales' }, expected: 'sales' }],
    })
    const back = await serving.call('POST', `${SET}/diff`, { to: 1, data })
    expect(back.json.changes).toMatchObject([{ before: { route: 'sales' } }])
  })

  it('takes the latest recorded decisions of the set where no texts are sent', async () => {
    const serving = await startWithTwo({
      'decisions.record.sampleRate': 1,
      'decisions.record.text': 'full',
    })
    await serving.call('PUT', '/v1/route-sets/other', { routes: [sales] })
    await serving.call('POST', '/v1/route', { text: texts[0], routeSet: 'other' })
    for (const text of texts) await serving.call('POST', '/v1/route', { text })
    const { json } = await serving.call('POST', `${SET}/diff`, { to: 1 })
    expect(json).toMatchObject({ of: 3, changed: 1, changes: [{ text: texts[0] }] })
    expect(json.changes[0]).not.toHaveProperty('expected')
    expect((await serving.call('POST', `${SET}/diff`, { to: 1, recorded: 2 })).json).toMatchObject({
      of: 2,
      changed: 0,
    })
  })

  it('is refused with the reason', async () => {
    const serving = await startWithTwo()
    const diff = (body: unknown, set = 'default') => serving.call('POST', `/v1/route-sets/${set}/diff`, body)
    const data = [{ text: 'x' }]
    const nothing = await diff({ to: 1 })
    expectError(nothing, 400, 'invalid_request')
    expect(nothing.json.error.message).toContain('decisions.record')
    expectError(await diff({ to: 7, data }), 404, 'version_not_found')
    expectError(await diff({ to: 1, data }, 'none'), 404, 'route_set_not_found')
    expectError(await diff({ data }), 400, 'invalid_request')
    expectError(await diff({ to: 1, data: [] }), 400, 'invalid_request')
    expectError(await diff({ to: 1, data, recorded: 5 }), 400, 'invalid_request')
    expectError(await diff({ to: 1, recorded: 10_001 }), 400, 'invalid_request')
    expectError(await diff({ to: 1, data: [{ text: 'x'.repeat(40_000) }] }), 413, 'text_too_long')
  })
})
