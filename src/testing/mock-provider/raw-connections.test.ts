import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { MockFault } from './mock-fault.ts'
import { type MockProvider, startMockProvider } from './mock-provider.ts'

let provider: MockProvider
beforeAll(async () => {
  provider = await startMockProvider({ text: 'one two three', clock: { now: () => 0 } })
})
afterEach(() => provider.reset())
afterAll(() => provider.close())

/** What came of a request until the connection ended, and how it ended. */
interface Heard {
  readonly text: string
  /** What each read brought. */
  readonly reads: readonly string[]
  readonly end: 'closed' | 'reset'
}

/** Sends a request on a connection of its own and listens until the other side ends it. */
function hear(
  isStreamed: boolean,
  fault: MockFault,
  onText: (text: string) => void = () => {},
): Promise<Heard> {
  const body = JSON.stringify({
    model: 'm',
    stream: isStreamed,
    messages: [{ role: 'user', content: 'hi' }],
  })
  const socket = connect({ port: provider.port, host: '127.0.0.1', noDelay: true })
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-mock-fault: ${fault}\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`,
  )
  const reads: string[] = []
  return new Promise((resolve) => {
    const done = (end: Heard['end']) => resolve({ text: reads.join(''), reads, end })
    socket.on('data', (chunk) => {
      reads.push(chunk.toString())
      onText(reads.join(''))
    })
    socket.on('end', () => done('closed'))
    socket.on('error', () => done('reset'))
  })
}

const bodyOf = ({ text }: Heard) => text.slice(text.indexOf('\r\n\r\n') + 4)
const lengthOf = ({ text }: Heard) => Number(/content-length: (\d+)/.exec(text)?.[1])
const eventsOf = ({ text }: Heard) => text.match(/data: .*/g) ?? []
/** Of the stream: role, three words, finish, end. */
const EVENTS = 6
const LAST_CHUNK = '0\r\n\r\n'

describe('whole answers', () => {
  test('`reset` brings no byte, `reset:0` a head only, `reset:10` ten bytes of the body', async () => {
    expect(await hear(false, 'reset')).toMatchObject({ text: '', end: 'reset' })
    const head = await hear(false, 'reset:0')
    expect(head).toMatchObject({ text: expect.stringContaining('HTTP/1.1 200'), end: 'reset' })
    expect(bodyOf(head)).toBe('')
    const cut = await hear(false, 'reset:10')
    expect(cut.end).toBe('reset')
    expect(bodyOf(cut)).toHaveLength(10)
  })

  test('`truncate` promises more bytes than it sends before the connection is closed', async () => {
    const heard = await hear(false, 'truncate')
    expect(heard.end).toBe('closed')
    expect(bodyOf(heard)).toHaveLength(lengthOf(heard) >> 1)
  })

  test('`short` and `malformed` keep the promise of HTTP with what is no JSON', async () => {
    for (const fault of ['short', 'malformed'] as const) {
      const heard = await hear(false, fault)
      expect(bodyOf(heard)).toHaveLength(lengthOf(heard))
      expect(() => JSON.parse(bodyOf(heard))).toThrow(SyntaxError)
    }
  })

  test('`error-event` is an error with status 200, `wrong-type` a page with status 200', async () => {
    const error = await hear(false, 'error-event')
    expect(error.text).toMatch(/^HTTP\/1.1 200/)
    expect(JSON.parse(bodyOf(error))).toMatchObject({ error: { type: 'server_error' } })
    expect((await hear(false, 'wrong-type')).text).toMatch(
      /^HTTP\/1.1 200[\s\S]*text\/html[\s\S]*<!doctype html>/,
    )
  })

  test('`drip` sends the body byte by byte', async () => {
    const heard = await hear(false, 'drip')
    expect(JSON.parse(bodyOf(heard))).toMatchObject({ object: 'chat.completion' })
    // The system may join neighbours, but not all of them.
    expect(heard.reads.length).toBeGreaterThan(10)
  })

  test('`huge` is as long as it was asked to be', async () => {
    const heard = await hear(false, 'huge:3000000')
    expect(JSON.parse(bodyOf(heard)).choices[0].message.content).toHaveLength(3_000_000)
  })

  test('`hang:0` sends the head only, and `hold` goes on where it is released', async () => {
    let isFirst = true
    const held = await hear(false, 'hold:20', (text) => {
      if (isFirst && text.indexOf('\r\n\r\n') + 24 === text.length) {
        isFirst = false
        expect(provider.release()).toBe(1)
      }
    })
    expect(isFirst).toBe(false)
    expect(JSON.parse(bodyOf(held))).toMatchObject({ object: 'chat.completion' })
    const hung = await hear(false, 'hang:0', (text) => {
      expect(text).toMatch(/\r\n\r\n$/)
      void provider.close()
    })
    expect(bodyOf(hung)).toBe('')
    provider = await startMockProvider({ text: 'one two three', clock: { now: () => 0 } })
  })

  test.each([
    ['429:2s', 'retry-after: 2\r\n'],
    ['429:250ms', 'retry-after-ms: 250\r\n'],
    ['503:date=2s', 'retry-after: Thu, 01 Jan 1970 00:00:02 GMT\r\n'],
  ] as const)('`%s` says when to come again', async (fault, header) => {
    const { text } = await hear(false, fault)
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${fault.slice(0, 3)} `))
    expect(text).toContain(header)
  })
})

describe('streams', () => {
  test('a stream without a fault has all its events and both ends', async () => {
    const heard = await hear(true, 'none')
    expect(eventsOf(heard)).toHaveLength(EVENTS)
    expect(eventsOf(heard).at(-1)).toBe('data: [DONE]')
    expect(heard.text.endsWith(LAST_CHUNK)).toBe(true)
  })

  test('`reset:2` and `truncate:2` break off after two events without the end of HTTP', async () => {
    for (const [fault, end] of [
      ['reset:2', 'reset'],
      ['truncate:2', 'closed'],
    ] as const) {
      const heard = await hear(true, fault)
      expect(heard.end).toBe(end)
      expect(eventsOf(heard)).toHaveLength(2)
      expect(heard.text.endsWith(LAST_CHUNK)).toBe(false)
    }
  })

  test('`short` ends as HTTP asks, without the end of the protocol', async () => {
    const heard = await hear(true, 'short')
    expect(eventsOf(heard)).toHaveLength(EVENTS >> 1)
    expect(heard.text.endsWith(LAST_CHUNK)).toBe(true)
  })

  test('`malformed:1` has one event that is no JSON, and the others', async () => {
    const events = eventsOf(await hear(true, 'malformed:1')).map((event) => event.slice('data: '.length))
    expect(events).toHaveLength(EVENTS)
    expect(() => JSON.parse(events[1]!)).toThrow(SyntaxError)
    for (const event of [events[0]!, ...events.slice(2, -1)]) JSON.parse(event)
  })

  test('`error-event:2` says after two events that it has failed', async () => {
    const heard = await hear(true, 'error-event:2')
    expect(heard.text).toMatch(/^HTTP\/1.1 200/)
    expect(eventsOf(heard)).toHaveLength(3)
    expect(eventsOf(heard).at(-1)).toContain('"error":{"message":"mock: ')
  })

  test('`drip` sends the events byte by byte', async () => {
    const heard = await hear(true, 'drip')
    const bytes = bodyOf(heard).matchAll(/1\r\n([\s\S])\r\n/g)
    expect([...bytes].map(([, byte]) => byte).join('')).toMatch(/^data: [\s\S]*data: \[DONE\]\n\n$/)
  })

  test('a status is an answer that is no stream', async () => {
    const heard = await hear(true, '529')
    expect(heard.text).toMatch(/^HTTP\/1.1 529[\s\S]*application\/json/)
    expect(JSON.parse(bodyOf(heard))).toMatchObject({ error: { type: 'server_error' } })
  })
})

test('a header that names no fault is refused with the faults that there are', async () => {
  const heard = await hear(false, 'hung' as MockFault)
  expect(heard.text).toMatch(/^HTTP\/1.1 400/)
  expect(bodyOf(heard)).toContain("no fault is called 'hung'")
})
