import { afterEach, expect, test } from 'vitest'
import { type MockProvider, type MockProviderOptions, startMockProvider } from './mock-provider.ts'

let provider: MockProvider
afterEach(() => provider.close())
const start = async (options: MockProviderOptions = {}) => {
  provider = await startMockProvider(options)
}

const ask = (content: string, { model = 'm', fault }: { model?: string; fault?: string } = {}) =>
  fetch(`${provider.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
    ...(fault !== undefined && { headers: { 'X-Mock-Fault': fault } }),
  })
const statusOf = async (answer: Promise<Response>) => {
  const { status, body } = await answer
  await body?.cancel()
  return status
}

test('a list of faults is used up one a request, a single one stays, a function chooses by request', async () => {
  await start()
  provider.plan(['500', 'none', '503'])
  const statuses = []
  for (let index = 0; index < 4; index++) statuses.push(await statusOf(ask('x')))
  expect(statuses).toEqual([500, 200, 503, 200])
  provider.plan('429')
  expect([await statusOf(ask('x')), await statusOf(ask('x'))]).toEqual([429, 429])
  provider.plan(({ body }) => (JSON.stringify(body).includes('bad') ? '400' : undefined))
  expect([await statusOf(ask('bad')), await statusOf(ask('good'))]).toEqual([400, 200])
  provider.plan(undefined)
  expect(await statusOf(ask('bad'))).toBe(200)
})

test('a header decides before the name of the model, and that before the plan', async () => {
  await start()
  provider.plan('500')
  expect(await statusOf(ask('x', { model: 'm#503' }))).toBe(503)
  expect(await statusOf(ask('x', { model: 'm#503', fault: '429' }))).toBe(429)
  expect(await statusOf(ask('x', { fault: 'none' }))).toBe(200)
  provider.plan(undefined)
  const answer = await ask('x', { model: 'm#delay:1' })
  expect(await answer.json()).toMatchObject({ model: 'm', choices: [{ message: { content: 'mock(m): x' } }] })
})

test('a plan that names no fault is refused at once', async () => {
  await start()
  expect(() => provider.plan('hung' as 'hang')).toThrow(TypeError)
  expect(() => provider.plan(['none', 'hung' as 'hang'])).toThrow(TypeError)
})

test('requests are remembered as they came, the last ones only, and all are counted', async () => {
  await start({ keepRequests: 2 })
  for (const text of ['a', 'b', 'c']) await statusOf(ask(text, { fault: 'none' }))
  expect(provider.calls).toBe(3)
  expect(provider.requests).toMatchObject(
    ['b', 'c'].map((content) => ({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'x-mock-fault': 'none' },
      body: { model: 'm', messages: [{ role: 'user', content }] },
      isAborted: false,
    })),
  )
  // Each once, those first that came before.
  expect(await provider.nextRequest()).toBe(provider.requests[0])
  expect(await provider.nextRequest()).toBe(provider.requests[1])
  const next = provider.nextRequest()
  await statusOf(ask('d'))
  expect((await next).body).toMatchObject({ messages: [{ content: 'd' }] })
  provider.reset()
  expect([provider.calls, provider.requests]).toEqual([0, []])
})

test('held requests are open until all are released', async () => {
  await start()
  provider.plan('hold+503')
  const answers = [statusOf(ask('x')), statusOf(ask('y'))]
  await provider.nextRequest()
  await provider.nextRequest()
  expect([provider.open, provider.connections]).toEqual([2, 2])
  expect(provider.release()).toBe(2)
  expect(await Promise.all(answers)).toEqual([503, 503])
  expect([provider.open, provider.release()]).toEqual([0, 0])
})

test('delays pass by the timer that is handed in', async () => {
  const delays: number[] = []
  await start({
    delayMs: 20,
    eventDelayMs: 5,
    text: 'one two',
    timer(callback, delayMs) {
      delays.push(delayMs)
      queueMicrotask(callback)
      return () => {}
    },
  })
  expect(await statusOf(ask('x'))).toBe(200)
  expect(delays.splice(0)).toEqual([20])
  const streamed = await fetch(`${provider.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }], stream: true }),
  })
  expect((await streamed.text()).match(/^data: /gm)).toHaveLength(5)
  expect(delays.splice(0)).toEqual([20, 5, 5, 5, 5])
  expect(await statusOf(ask('x', { fault: 'delay:7+500' }))).toBe(500)
  expect(delays).toEqual([27])
})

test('a delay ends with the client that leaves', async () => {
  let isCancelled = false
  const cancel = () => {
    isCancelled = true
  }
  await start({ delayMs: 1000, timer: () => cancel })
  const controller = new AbortController()
  const answer = fetch(`${provider.url}/v1/chat/completions`, {
    method: 'POST',
    body: '{"model":"m","messages":[]}',
    signal: controller.signal,
  })
  await provider.nextRequest()
  controller.abort()
  await expect(answer).rejects.toThrow()
  await provider.aborted()
  expect([isCancelled, provider.open]).toEqual([true, 0])
})

test('what a provider would refuse is refused: no JSON, no messages, a path that is nowhere', async () => {
  await start()
  const post = (path: string, body: string) => statusOf(fetch(provider.url + path, { method: 'POST', body }))
  expect(await post('/v1/chat/completions', '{')).toBe(400)
  expect(await post('/v1/chat/completions', '{"model":"m"}')).toBe(400)
  expect(await post('/v1/responses', '{"model":"m"}')).toBe(400)
  expect(await post('/v1/messages', '{"model":"m","messages":[]}')).toBe(400)
  expect(await post('/v1beta/models/m:streamGenerateContent', '{"contents":[]}')).toBe(400)
  expect(await post('/v1/embeddings', '{"model":"m"}')).toBe(400)
  expect(await post('/v1/nowhere', '{}')).toBe(404)
  expect(await statusOf(fetch(`${provider.url}/v1/chat/completions`))).toBe(404)
})
