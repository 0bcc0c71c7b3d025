import { describe, expect, it } from 'vitest'
import { expectError } from './expect-error.ts'
import { servingForAllTests } from './serving-lifetimes.ts'

const { call } = servingForAllTests()

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
