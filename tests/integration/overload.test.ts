import { request as httpRequest } from 'node:http'
import { describe, expect, it } from 'vitest'
import { expectError } from './expect-error.ts'
import { billing, support } from './serving.ts'
import { servingsOfEachTest } from './serving-lifetimes.ts'

const servings = servingsOfEachTest()

describe('a server with as many requests under way as it may have', () => {
  it('refuses others until one is answered, and tells its health and figures all the same', async () => {
    const serving = await servings.start({ flags: { 'limits.inFlight': 1 } })
    await serving.call('PUT', '/v1/route-sets/default', { routes: [billing, support] })
    const slow = httpRequest(`${serving.url}/v1/route`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': 13 },
    })
    slow.write('{"text"')
    while (serving.app.metrics.inFlight === 0) await new Promise(setImmediate)

    for (const [path, body] of [
      ['/v1/route', { text: 'x' }],
      ['/v1/route/batch', { texts: ['x'] }],
      ['/v1/eval', { data: [] }],
    ] as const) {
      const answer = await serving.call('POST', path, body)
      expectError(answer, 503, 'overloaded')
      expect(answer.headers.get('retry-after')).toBe('1')
    }
    const plain = await serving.call(
      'POST',
      '/v1/route',
      { text: 'x' },
      { 'x-odd': 'goes through the framework' },
    )
    expectError(plain, 503, 'overloaded')
    for (const path of ['/health', '/health/live', '/health/ready', '/metrics'])
      expect((await serving.call('GET', path)).status).toBe(200)

    const answered = new Promise((resolve) => slow.on('response', (response) => resolve(response.statusCode)))
    slow.end(':"hi"}')
    expect(await answered).toBe(200)
    expect((await serving.call('POST', '/v1/route', { text: 'x' })).status).toBe(200)
    const { text } = await serving.call('GET', '/metrics')
    expect(text).toContain('stratarouter_requests_total{operation="route",status="503"} 2')
    expect(text).toContain('stratarouter_requests_total{operation="evaluate",status="503"} 1')
  })
})
