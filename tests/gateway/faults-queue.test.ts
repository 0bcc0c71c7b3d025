import { afterEach, expect, it } from 'vitest'
import { CALLERS, CHAT, callOf, errorIn, readAnswer } from './callers.ts'
import { everyProvider, release, serveGateway } from './gateway.ts'
import { metric } from './metric.ts'

let served: Awaited<ReturnType<typeof serveGateway>>
afterEach(() => served.end())

const serve = (execution: Readonly<Record<string, unknown>>) =>
  serveGateway((url) => ({ ...everyProvider(url), execution: { coalesce: false, ...execution } }))

const ask = (isStreamed: boolean, text: string, signal?: AbortSignal) =>
  readAnswer(served.gateway.url, CHAT, callOf(CHAT, 'gpt', isStreamed, text), signal ? { signal } : {})

/** Resolves once so many requests are being answered; that for the figures is one itself. */
const inFlight = (requests: number) =>
  expect.poll(() => metric(served.gateway, 'stratarouter_in_flight')).toBe(requests + 1)

it.each([false, true])(
  'more calls than execution.concurrency wait for their turn, which ends with an answer (streamed: %s)',
  async (isStreamed) => {
    served = await serve({ concurrency: 2 })
    served.mock.plan('hold')
    const answers = Array.from({ length: 5 }, (_, index) => ask(isStreamed, `${index}`))
    await inFlight(5)
    await expect.poll(() => served.mock.calls).toBe(2)
    await release(served.mock, 5)
    for (const answer of await Promise.all(answers)) {
      expect(answer.status).toBe(200)
      expect(CHAT.hasEnd(answer)).toBe(true)
    }
  },
)

it('a caller that goes away while it waits takes no turn, and one that goes away while it is answered frees it', async () => {
  served = await serve({ concurrency: 1 })
  served.mock.plan(['hang', 'none'])
  const [answered, waiting] = [new AbortController(), new AbortController()]
  const left = [expect(ask(true, 'a', answered.signal)).rejects.toThrow()]
  await served.mock.nextRequest()
  left.push(expect(ask(false, 'b', waiting.signal)).rejects.toThrow())
  await inFlight(2)
  const last = ask(false, 'c')
  await inFlight(3)
  waiting.abort()
  await left[1]
  answered.abort()
  await Promise.all(left)
  expect((await last).status).toBe(200)
  expect(served.mock.calls).toBe(2)
  await expect.poll(() => served.mock.open).toBe(0)
})

it.each(CALLERS)(
  'calls beyond execution.queueLength are 503 at once, for callers of $protocol',
  async (caller) => {
    served = await serve({ concurrency: 1, queueLength: 1 })
    served.mock.plan(['hold'])
    const model = caller.protocol === 'anthropic-messages' ? 'claude' : 'gpt'
    const asking = () => readAnswer(served.gateway.url, caller, callOf(caller, model, true))
    const first = asking()
    await served.mock.nextRequest()
    const second = asking()
    await inFlight(2)
    const refused = await asking()
    expect(refused.status).toBe(503)
    expect(errorIn(caller, refused.text)).toMatchObject({
      code: 'overloaded',
      type: caller.protocol === 'anthropic-messages' ? 'overloaded_error' : 'server_error',
    })
    await release(served.mock, 1)
    expect((await first).status).toBe(200)
    expect((await second).status).toBe(200)
  },
)

it('calls that wait longer than execution.queueTimeoutMs are 503', async () => {
  served = await serve({ concurrency: 1, queueTimeoutMs: 50 })
  served.mock.plan(['hold'])
  const first = ask(false, 'a')
  await served.mock.nextRequest()
  const refused = await ask(false, 'b')
  expect(refused.status).toBe(503)
  expect(errorIn(CHAT, refused.text).code).toBe('overloaded')
  await release(served.mock, 1)
  expect((await first).status).toBe(200)
})
