import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { billing, support } from '../integration/serving.ts'
import { everyProvider, release, serveGateway } from './gateway.ts'

let served: Awaited<ReturnType<typeof serveGateway>>
let admin: string
beforeAll(async () => {
  served = await serveGateway((url) => ({
    ...everyProvider(url),
    decisions: { record: { sampleRate: 1, text: 'full' } },
  }))
  const { gateway } = served
  admin = (await gateway.call('POST', '/v1/keys', { name: 'admin', scopes: ['admin'] })).json.secret
  for (const [set, model] of [
    ['default', 'gpt'],
    ['other', 'claude'],
  ]) {
    const routes = [billing, support].map((route) => ({ ...route, target: { model } }))
    const path = `/v1/route-sets/${set}`
    expect((await gateway.call('PUT', path, { routes }, { 'x-api-key': admin })).status).toBeLessThan(300)
  }
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const keyFor = async (settings: object): Promise<string> =>
  (await served.gateway.call('POST', '/v1/keys', settings, { 'x-api-key': admin })).json.secret

it('counts the tokens of a conversation by the route set that answers it', async () => {
  const key = await keyFor({ name: 'other', routeSets: ['other'] })
  const body = { model: 'auto', messages: [{ role: 'user', content: billing.examples?.[0] }] }
  const headers = { 'x-api-key': key, 'x-stratarouter-route-set': 'other' }
  const answer = await served.gateway.call('POST', '/v1/messages/count_tokens', body, headers)
  expect([answer.status, answer.headers.get('x-stratarouter-model')]).toEqual([200, 'claude'])
})

it('holds vectors of the encoder inside to the requests a minute of a key, and to so many texts', async () => {
  const call = (headers: Record<string, string>, input: unknown) =>
    served.gateway.call('POST', '/v1/embeddings', { model: 'builtin', input }, headers)
  const key = { 'x-api-key': await keyFor({ name: 'slow', requestsPerMinute: 1 }) }
  expect((await call(key, 'hello')).status).toBe(200)
  expect((await call(key, 'hello')).status).toBe(429)
  const many = await call({ 'x-api-key': admin }, Array(2049).fill('a'))
  expect([many.status, many.json.error.code]).toEqual([400, 'invalid_request'])
})

it('shares no answer of /v1/execute with who asks for one of its own', async () => {
  served.mock.plan('hold')
  const body = { text: 'hello', model: 'gpt' }
  const headers = { 'x-api-key': admin, 'cache-control': 'no-store' }
  const asked = [1, 2].map(() => served.gateway.call('POST', '/v1/execute', body, headers))
  await release(served.mock, 2)
  for (const { json } of await Promise.all(asked)) expect(json.cache.status).toBe('bypass')
})

it('takes no feedback on a decision of a route set that the key is not for', async () => {
  const { gateway } = served
  const headers = { 'x-api-key': admin }
  const text = billing.examples?.[0]
  const { id } = (await gateway.call('POST', '/v1/route', { text, routeSet: 'other' }, headers)).json
  const key = { 'x-api-key': await keyFor({ name: 'default', routeSets: ['default'] }) }
  await expect
    .poll(async () => (await gateway.call('GET', `/v1/decisions/${id}`, undefined, headers)).status)
    .toBe(200)
  const given = await gateway.call('POST', '/v1/feedback', { decisionId: id, route: 'support' }, key)
  expect([given.status, given.json.error?.code]).toEqual([400, 'invalid_request'])
  const { feedback } = (await gateway.call('GET', '/v1/feedback', undefined, headers)).json
  expect(feedback).toEqual([])
})
