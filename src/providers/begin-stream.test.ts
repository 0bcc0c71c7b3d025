import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TransportAnswer } from '../contracts/index.ts'
import type { ProviderFailure } from '../errors/index.ts'
import { anthropicMessagesTranslation } from '../protocols/anthropic-messages/translation.ts'
import { callerProtocols } from '../protocols/caller-protocols.ts'
import { openaiChatTranslation } from '../protocols/openai-chat/translation.ts'
import { beginStream } from './begin-stream.ts'
import { translateCall } from './translate-call.ts'

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', created: 1, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const HELLO = chunk({ content: 'hello' })
const THERE = chunk({ content: ' there' })
const STOP = chunk({}, 'stop')
const DONE = 'data: [DONE]\n\n'
const ERROR = 'data: {"error":{"message":"overloaded","type":"server_error"}}\n\n'

/** A body that comes in these pieces; `'pending'` never comes, `'lost'` is a connection that broke. */
class Body implements AsyncIterableIterator<Uint8Array> {
  readonly #pieces: string[]
  readonly #left: () => void
  isLeft = false
  isRead = false
  #leave: ((result: IteratorResult<Uint8Array>) => void) | undefined

  constructor(pieces: readonly string[], left = () => {}) {
    this.#pieces = [...pieces]
    this.#left = left
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const piece = this.#pieces.shift()
    if (piece === 'pending') {
      return new Promise((resolve) => {
        this.#leave = resolve
      })
    }
    if (piece === 'lost') return Promise.reject(new Error('lost'))
    if (piece === undefined || this.isLeft) {
      this.isRead = true
      return Promise.resolve({ done: true, value: undefined })
    }
    return Promise.resolve({ done: false, value: Buffer.from(piece) })
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.isLeft = true
    this.#left()
    this.#leave?.({ done: true, value: undefined })
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

const answerOf = (body: Body, type = 'text/event-stream', text = ''): TransportAnswer => ({
  status: 200,
  headers: { 'content-type': type },
  body,
  bytes: async () => Buffer.from(text),
  text: async () => text,
})

/** How a stream of chat completions comes to callers of the same protocol, and to those of another. */
const WAYS = {
  'passed on': (answer: TransportAnswer) =>
    beginStream(answer, callerProtocols['openai-chat'].streamWatch({}), (text) => text),
  translated: async (answer: TransportAnswer) => {
    const streamed = await translateCall(
      { protocol: 'anthropic-messages', body: { max_tokens: 1, messages: [] }, stream: true, headers: {} },
      'm',
      { ...openaiChatTranslation, url: () => '', now: () => 0 },
      async () => answer,
    )
    if (streamed.kind !== 'stream') throw new Error('no stream')
    return streamed
  },
}

async function read(events: AsyncIterable<string>) {
  let text = ''
  try {
    for await (const event of events) text += event
    return { text, failure: undefined }
  } catch (error) {
    return { text, failure: error as ProviderFailure }
  }
}

const turns = () => new Promise((resolve) => setImmediate(resolve))

describe.each(Object.entries(WAYS))('a stream that is %s', (way, begin) => {
  const end = way === 'translated' ? 'message_stop' : '[DONE]'

  it('is the same however its bytes are cut', async () => {
    const whole = HELLO + THERE + STOP + DONE
    const { events } = await begin(answerOf(new Body([whole])))
    const expected = (await read(events)).text
    expect(expected).toContain(end)
    for (let at = 1; at < whole.length; at += 7) {
      const cut = await begin(answerOf(new Body([whole.slice(0, at), whole.slice(at)])))
      expect((await read(cut.events)).text).toBe(expected)
    }
  })

  it('is read to the end of its body, so that the connection can be used again', async () => {
    for (const pieces of [[HELLO + STOP + DONE], [HELLO, STOP, DONE], [HELLO + STOP + DONE, ': bye\n\n']]) {
      const body = new Body(pieces)
      const { text, failure } = await read((await begin(answerOf(body))).events)
      await turns()
      expect(failure).toBeUndefined()
      expect(text).toContain(end)
      expect(body).toMatchObject({ isRead: true, isLeft: false })
    }
  })

  it('is complete even if its connection breaks after the end', async () => {
    const { text, failure } = await read(
      (await begin(answerOf(new Body([HELLO + STOP + DONE, 'lost'])))).events,
    )
    await turns()
    expect(failure).toBeUndefined()
    expect(text).toContain(end)
  })

  it('tells what came before an error in the same piece, and no end', async () => {
    const body = new Body([HELLO, THERE + ERROR + DONE])
    const { text, failure } = await read((await begin(answerOf(body))).events)
    expect(text).toContain('there')
    expect(text).not.toContain(end)
    expect(failure).toMatchObject({ outcome: 'server-error', message: expect.stringContaining('overloaded') })
    expect(body.isLeft).toBe(true)
  })

  it('fails before it begins where the error comes with the first piece', async () => {
    const body = new Body([HELLO + ERROR])
    await expect(begin(answerOf(body))).rejects.toMatchObject({ outcome: 'server-error' })
    expect(body.isLeft).toBe(true)
  })

  it('is truncated where its end is missing, and goes on failing', async () => {
    const { events } = await begin(answerOf(new Body([HELLO, STOP])))
    const { text, failure } = await read(events)
    expect(text).toContain('hello')
    expect(text).not.toContain(end)
    expect(failure).toMatchObject({ outcome: 'truncated' })
    await expect(begin(answerOf(new Body([])))).rejects.toMatchObject({ outcome: 'truncated' })
  })

  it('ends the call where its reader leaves', async () => {
    const body = new Body([HELLO, THERE, STOP, DONE])
    for await (const _ of (await begin(answerOf(body))).events) break
    expect(body.isLeft).toBe(true)
  })

  it('is malformed where an event is larger than is kept', async () => {
    const piece = 'x'.repeat(1024 * 1024)
    const body = new Body([HELLO, 'data: ', ...Array.from({ length: 9 }, () => piece), '\n\n', DONE])
    const { failure } = await read((await begin(answerOf(body))).events)
    expect(failure).toMatchObject({ outcome: 'malformed', message: expect.stringContaining('larger') })
    expect(body.isLeft).toBe(true)
  })

  it('may be of any case, and nothing but a stream', async () => {
    const { events } = await begin(
      answerOf(new Body([HELLO + STOP + DONE]), 'Text/Event-Stream; charset=UTF-8'),
    )
    expect((await read(events)).text).toContain(end)
    const body = new Body(['<html>'])
    await expect(begin(answerOf(body, 'text/html'))).rejects.toMatchObject({ outcome: 'malformed' })
    expect(body.isLeft).toBe(true)
  })

  it('is the error that came with status 200 in its place', async () => {
    const error = '{"error":{"message":"slow down","code":429}}'
    await expect(begin(answerOf(new Body([]), 'application/json', error))).rejects.toMatchObject({
      outcome: 'rate-limited',
      message: expect.stringContaining('slow down'),
    })
    await expect(begin(answerOf(new Body([]), 'application/json', '{}'))).rejects.toMatchObject({
      outcome: 'malformed',
    })
  })
})

describe('a body that goes on after the end of its protocol', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each(Object.entries(WAYS))('is given up after a while: %s', async (_way, begin) => {
    const body = new Body([HELLO + STOP + DONE, 'pending'])
    expect((await read((await begin(answerOf(body))).events)).failure).toBeUndefined()
    expect(body.isLeft).toBe(false)
    vi.runAllTimers()
    expect(body.isLeft).toBe(true)
    await turns()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a translated stream', () => {
  it('is written once there is something to write', async () => {
    const event = (type: string, fields: object) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
    const pieces = [
      event('message_start', {
        message: { id: 'a', model: 'm', usage: { input_tokens: 1, output_tokens: 0 } },
      }),
      event('content_block_start', {
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      }),
      event('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 's' } }),
      event('content_block_stop', { index: 0 }),
      event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }),
      event('message_stop', {}),
    ]
    const streamed = await translateCall(
      { protocol: 'openai-chat', body: { messages: [] }, stream: true, headers: {} },
      'm',
      { ...anthropicMessagesTranslation, url: () => '', now: () => 5000 },
      async () => answerOf(new Body(pieces)),
    )
    if (streamed.kind !== 'stream') throw new Error('no stream')
    const texts: string[] = []
    for await (const text of streamed.events) texts.push(text)
    expect(texts).not.toContain('')
    expect(texts[0]).toContain('"created":5')
    expect(texts.at(-1)).toContain('[DONE]')
    expect(streamed.usage()).toMatchObject({ inputTokens: 1, outputTokens: 2 })
  })
})

describe('a response that fails within its stream', () => {
  const event = (type: string, response: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, response })}\n\n`
  const CREATED = event('response.created', { id: 'resp_1' })
  const FAILED = event('response.failed', { error: { code: 'server_error', message: 'hunter42 broke' } })
  const begin = (pieces: readonly string[]) =>
    beginStream(answerOf(new Body(pieces)), callerProtocols['openai-responses'].streamWatch({}), (text) =>
      text.replaceAll('hunter42', '[removed]'),
    )

  it('is told by its own event without secrets, and fails', async () => {
    const { text, failure } = await read((await begin([CREATED, FAILED])).events)
    expect(text).toBe(CREATED + FAILED.replace('hunter42', '[removed]'))
    expect(failure).toMatchObject({ outcome: 'server-error', isTold: true })
    expect(failure?.message).toContain('[removed] broke')
  })

  it('fails at once along with the first events, while another provider can still be asked', async () => {
    await expect(begin([CREATED + FAILED])).rejects.toMatchObject({ outcome: 'server-error' })
    await expect(begin([FAILED])).rejects.toMatchObject({ outcome: 'server-error' })
  })
})
