import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { buildServer } from '../../src/server/build-server.ts'
import { expectError } from './expect-error.ts'
import { servingForAllTests } from './serving-lifetimes.ts'

const serving = servingForAllTests()
const { call } = serving

/** All that comes back until the server ends the connection. */
const answerTo = (port: string, sent: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1')
    let received = ''
    socket.on('data', (data) => {
      received += data
    })
    socket.on('close', () => resolve(received))
    socket.write(sent)
  })
const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))

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
    const large = await call('POST', '/v1/route', JSON.stringify({ text: 'x'.repeat(1024 * 1024) }))
    expectError(large, 413, 'payload_too_large')
    expect(large.json.error.message).toMatch(/1048576 bytes.*server\.bodyLimitBytes/)
    expectError(await call('GET', '/v1/routes/%ZZ'), 400, 'invalid_request')
    expectError(await call('GET', `/v1/routes/${'x'.repeat(2000)}`), 404, 'not_found')
  })

  it('learn what was meant', async () => {
    const detailOf = async (method: string, path: string, body: unknown, code = 'invalid_request') => {
      const answer = await call(method, path, body)
      expectError(answer, 400, code)
      expect(answer.json.error.message).toContain(answer.json.error.details[0].message)
      return answer.json.error.details[0]
    }
    expect(await detailOf('POST', '/v1/eval', { data: [{ text: 'x' }] })).toMatchObject({
      path: 'data[0].route',
      message: 'required: the name of a route, or null',
    })
    const set = '/v1/route-sets/default'
    expect(await detailOf('POST', '/v1/route', { text: 'x', include: ['support', 'biling'] })).toEqual({
      path: 'include[1]',
      message: 'there is no route or tag "biling"; did you mean billing?',
      got: 'biling',
      nearest: 'billing',
    })
    expect(await detailOf('POST', `${set}/fit`, { maxErrorRate: 10 })).toMatchObject({
      message: 'expected a number below 1; did you mean 0.1?',
      nearest: '0.1',
    })
    expect(await detailOf('POST', `${set}/fit`, { state: 'canary', share: 50 })).toMatchObject({
      message: 'expected a number of at most 1; did you mean 0.5?',
    })
    expect(await detailOf('POST', `${set}/fit`, { maxErrorRate: 0 })).toMatchObject({
      message: 'expected a number above 0',
    })
    const rate = { routes: [], defaults: { maxErrorRate: 5 } }
    expect(await detailOf('PUT', set, rate, 'invalid_route_set')).toMatchObject({
      path: 'defaults.maxErrorRate',
      nearest: '0.05',
    })
    const other = await call('PUT', set, { name: 'other', routes: [] })
    expectError(other, 400, 'invalid_request')
    expect(other.json.error.details).toEqual([
      { path: 'name', message: 'expected default, as in the path', got: 'other' },
    ])
  })

  it('learn which methods a path takes', async () => {
    const answer = await call('GET', '/v1/route')
    expectError(answer, 405, 'method_not_allowed')
    expect(answer.headers.get('allow')).toBe('POST')
    const named = await call('POST', '/v1/routes/billing', { examples: [] })
    expect([named.status, named.headers.get('allow')]).toEqual([405, 'GET, PUT, PATCH, DELETE, HEAD'])
    // A method of which the framework thinks that it must have a body.
    const query = await serving.call('QUERY', '/v1/route')
    expectError(query, 405, 'method_not_allowed')
    expect(query.headers.get('allow')).toBe('POST')
    expectError(await serving.call('QUERY', '/nothing'), 404, 'not_found')
    expect((await call('HEAD', '/health')).status).toBe(200)
  })

  it('get it also when they are not HTTP', async () => {
    const { port } = new URL(serving.url)
    const answer = await answerTo(port, 'NONSENSE\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(bodyOf(answer).error.code).toBe('invalid_request')
  })

  it('say so when they do not come in full in time', async () => {
    const { fastify } = buildServer(serving.app, 20)
    const url = new URL(await fastify.listen({ host: '127.0.0.1', port: 0 }))
    try {
      const head = 'POST /v1/eval HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'
      for (const begun of [head, `${head}content-length: 100\r\n\r\n{"data"`]) {
        const answer = await answerTo(url.port, begun)
        expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
        expect(bodyOf(answer).error).toMatchObject({ code: 'request_timeout' })
      }
    } finally {
      await fastify.close()
    }
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
