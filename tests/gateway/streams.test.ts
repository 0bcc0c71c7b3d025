import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CALLERS, CHAT, callOf, errorIn, eventsIn, readAnswer } from './callers.ts'
import { everyProvider, release, serveGateway } from './gateway.ts'
import { metric } from './metric.ts'

let served: Awaited<ReturnType<typeof serveGateway>>
beforeAll(async () => {
  served = await serveGateway((url) => ({ ...everyProvider(url), execution: { retries: 0 } }))
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const expectNothingOpen = () => expect.poll(() => served.mock.open).toBe(0)

/** A model for callers of each protocol whose provider speaks it, and one whose provider does not. */
const MODELS = { 'openai-chat': 'gpt', 'openai-responses': 'gpt', 'anthropic-messages': 'claude' } as const
const TRANSLATED = {
  'openai-chat': 'gemini',
  'openai-responses': 'small',
  'anthropic-messages': 'small',
} as const

const ways = CALLERS.flatMap((caller) => [
  { name: caller.protocol, caller, model: MODELS[caller.protocol as keyof typeof MODELS] },
  {
    name: `${caller.protocol}, translated`,
    caller,
    model: TRANSLATED[caller.protocol as keyof typeof MODELS],
  },
])

describe.each(ways)('an answer in $name', ({ caller, model }) => {
  it.each([false, true])('is the same when it comes byte by byte (streamed: %s)', async (isStreamed) => {
    const body = callOf(caller, model, isStreamed)
    const whole = await readAnswer(served.gateway.url, caller, body)
    served.mock.plan('drip')
    const dripped = await readAnswer(served.gateway.url, caller, body)
    expect(dripped.status).toBe(200)
    expect(dripped.events.map(({ event }) => event)).toEqual(whole.events.map(({ event }) => event))
    expect(dripped.events.map(({ data }) => withoutIds(data))).toEqual(
      whole.events.map(({ data }) => withoutIds(data)),
    )
    if (!isStreamed) expect(withoutIds(dripped.text)).toBe(withoutIds(whole.text))
    expect(caller.hasEnd(dripped)).toBe(true)
  })

  it.each([false, true])('of two megabytes at once arrives (streamed: %s)', async (isStreamed) => {
    served.mock.plan('huge:2000000')
    const answer = await readAnswer(served.gateway.url, caller, callOf(caller, model, isStreamed))
    expect(answer.status).toBe(200)
    expect(answer.text.length).toBeGreaterThan(2_000_000)
    expect(caller.hasEnd(answer)).toBe(true)
  })

  it.each([false, true])(
    'that nobody waits for any more is given up, and not asked for again (streamed: %s)',
    async (isStreamed) => {
      served.mock.plan('hang')
      const leaving = new AbortController()
      const asked = readAnswer(served.gateway.url, caller, callOf(caller, model, isStreamed), {
        signal: leaving.signal,
      })
      const left = expect(asked).rejects.toThrow()
      await served.mock.nextRequest()
      leaving.abort()
      await left
      await served.mock.aborted()
      await expectNothingOpen()
      expect(served.mock.calls).toBe(1)
    },
  )

  it('that nobody reads any more is given up in the middle', async () => {
    served.mock.plan('hang:2')
    const leaving = new AbortController()
    const response = await fetch(served.gateway.url + caller.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(callOf(caller, model, true)),
      signal: leaving.signal,
    })
    expect((await response.body?.getReader().read())?.done).toBe(false)
    leaving.abort()
    await served.mock.aborted()
    await expectNothingOpen()
    expect(served.mock.calls).toBe(1)
  })
})

it('counts calls that were given up as such, and not against the provider', async () => {
  const count = () =>
    metric(served.gateway, 'stratarouter_provider_attempts_total', { model: 'gpt', outcome: 'aborted' })
  const before = await count()
  for (let call = 0; call < 12; call++) {
    served.mock.plan('hang')
    const leaving = new AbortController()
    const asked = readAnswer(served.gateway.url, CHAT, callOf(CHAT, 'gpt', call % 2 === 0, `wait ${call}`), {
      signal: leaving.signal,
    })
    const left = expect(asked).rejects.toThrow()
    await served.mock.nextRequest()
    leaving.abort()
    await left
    await served.mock.aborted()
  }
  await expect.poll(count).toBe(before + 12)
  expect(await metric(served.gateway, 'stratarouter_breaker_state', { model: 'gpt' })).toBe(0)
})

describe('an answer that is too large to be held', () => {
  it('is refused where it is whole, and costs one bounded buffer', async () => {
    served.mock.plan(`huge:${68 * 1024 * 1024}`)
    const answer = await readAnswer(served.gateway.url, CHAT, callOf(CHAT, 'gpt', false))
    expect(answer.status).toBe(502)
    expect(errorIn(CHAT, answer.text).code).toBe('provider_malformed')
    await expectNothingOpen()
  })

  it('is broken off where it is an event of a stream', async () => {
    served.mock.plan(`huge:${10 * 1024 * 1024}`)
    const answer = await readAnswer(served.gateway.url, CHAT, callOf(CHAT, 'gpt', true))
    expect(errorIn(CHAT, answer.events.at(-1)?.data ?? answer.text).code).toBe('provider_malformed')
    expect(CHAT.hasEnd(answer)).toBe(false)
    await expectNothingOpen()
  })
})

it('carries 1,000 streams at once, each whole and in order, and leaves nothing behind', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const streams = await serveGateway(everyProvider, { mock: { events: 20, keepRequests: 0 } })
  try {
    streams.mock.plan('hold')
    const texts = Array.from({ length: 1000 }, (_, index) => `conversation ${index}`)
    const answers = texts.map((text) => post(streams.gateway.url, callOf(CHAT, 'gpt', true, text), agent))
    await expect.poll(() => streams.mock.open, { timeout: 20_000 }).toBe(1000)
    await release(streams.mock, 1000)
    for (const [index, answer] of (await Promise.all(answers)).entries()) {
      const events = eventsIn(answer)
      const pieces = events
        .slice(0, -1)
        .flatMap(({ data }) => JSON.parse(data).choices[0]?.delta.content || [])
      const text = `mock(gpt-5-mini): conversation ${index} `.repeat(20).slice(0, 320)
      expect(pieces).toEqual(text.match(/.{16}/g))
      expect(events.at(-1)?.data).toBe('[DONE]')
    }
    expect(streams.mock.calls).toBe(1000)
    await expect.poll(() => streams.mock.open).toBe(0)
    expect(
      await metric(streams.gateway, 'stratarouter_provider_attempts_total', { model: 'gpt', outcome: 'ok' }),
    ).toBe(1000)
    // The request for the figures is one itself.
    expect(await metric(streams.gateway, 'stratarouter_in_flight', {})).toBeLessThanOrEqual(1)
  } finally {
    agent.destroy()
    await streams.end()
  }
})

it('takes no more from a provider than a slow reader lets through, and loses nothing', async () => {
  const provider = await startLongStream()
  const long = await serveGateway(() => ({
    providers: { local: { type: 'openai-compatible', baseUrl: `${provider.url}/v1` } },
    models: { long: { provider: 'local' } },
  }))
  try {
    const asking = request(`${long.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    asking.end(JSON.stringify(callOf(CHAT, 'long', true)))
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    await provider.stalled()
    expect(provider.sentBytes).toBeLessThan((EVENTS * EVENT_BYTES) / 2)
    let next = 0
    let rest = ''
    for await (const piece of answer.setEncoding('utf8')) {
      const events = (rest + piece).split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) {
        if (event !== 'data: [DONE]' && !event.startsWith(`data: {"id":${next++},`))
          throw new Error(`lost ${next}`)
      }
    }
    expect(next).toBe(EVENTS)
  } finally {
    await long.end()
    await provider.close()
  }
})

const EVENTS = 8192
const EVENT_BYTES = 8192

/** A provider that sends as fast as it may. */
async function startLongStream() {
  let sentBytes = 0
  const send = async (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let id = 0; id < EVENTS; id++) {
      const event = `data: {"id":${id},"choices":[],"padding":"${'x'.repeat(EVENT_BYTES)}"}\n\n`
      sentBytes += event.length
      if (!response.write(event)) await once(response, 'drain')
    }
    response.end('data: [DONE]\n\n')
  }
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => void send(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get sentBytes() {
      return sentBytes
    },
    /** Resolves once it has been let send nothing for a thousand turns of the event loop. */
    async stalled() {
      for (let turns = 0, before = -1; turns < 1000; turns++) {
        if (sentBytes === 0 || sentBytes !== before) turns = 0
        before = sentBytes
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

/** What differs from answer to answer of the same question. */
const withoutIds = (json: string): string =>
  json.replace(/"(?:created|created_at|completed_at)":\d+/g, '').replace(/"(?:id|item_id)":"[^"]*"/g, '')

function post(url: string, body: unknown, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request(`${url}/v1/chat/completions`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json' },
    })
    asking.on('error', reject)
    asking.on('response', (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      answer.on('end', () => resolve(text)).on('error', reject)
    })
    asking.end(JSON.stringify(body))
  })
}

it('cuts off a caller that has taken nothing for as long as two events may lie apart', async () => {
  const provider = await startLongStream()
  const impatient = await serveGateway(() => ({
    providers: { local: { type: 'openai-compatible', baseUrl: `${provider.url}/v1` } },
    models: { long: { provider: 'local' } },
    timeouts: { betweenEventsMs: 100 },
  }))
  try {
    const asking = request(`${impatient.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    asking.on('error', () => {})
    asking.end(JSON.stringify(callOf(CHAT, 'long', true)))
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    answer.on('error', () => {})
    const inFlight = () => metric(impatient.gateway, 'stratarouter_in_flight')
    // What is left is the asking itself.
    await expect.poll(inFlight, { timeout: 10_000 }).toBe(1)
    expect(provider.sentBytes).toBeLessThan((EVENTS * EVENT_BYTES) / 2)
    asking.destroy()
  } finally {
    await impatient.end()
    await provider.close()
  }
})
