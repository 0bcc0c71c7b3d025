import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelCall, Provider, Transport, TransportRequest } from '../contracts/index.ts'
import { demoProvider } from './demo-provider.ts'
import { staticProvider } from './static-provider.ts'
import { webhookProvider } from './webhook-provider.ts'

const origin = { nextId: () => 'gen_1', now: () => 5000 }
const options = { signal: new AbortController().signal }

const callOf = (text: string, stream: boolean, extra = {}): ModelCall => ({
  protocol: 'openai-chat',
  body: { model: 'any', messages: [{ role: 'user', content: text }], ...extra },
  stream,
  headers: {},
})

/** The pieces of text of a streamed answer. */
async function piecesOf(provider: Provider, text: string): Promise<readonly string[]> {
  const answer = await provider.call(callOf(text, true), 'm', options)
  if (answer.kind !== 'stream') throw new Error('no stream')
  const pieces: string[] = []
  let events = ''
  for await (const event of answer.events) events += event
  for (const [, json = ''] of events.matchAll(/^data: (\{.*)$/gm)) {
    const { content } = JSON.parse(json).choices[0]?.delta ?? {}
    if (content) pieces.push(content)
  }
  expect(events.endsWith('data: [DONE]\n\n')).toBe(true)
  expect(answer.usage()).toMatchObject({ outputTokens: Math.ceil(pieces.join('').length / 4) })
  return pieces
}

async function textOf(provider: Provider, call: ModelCall): Promise<string> {
  const answer = await provider.call(call, 'm', options)
  if (answer.kind !== 'whole') throw new Error('no whole answer')
  return JSON.parse(answer.text).choices[0].message.content
}

describe('a fixed answer', () => {
  const provider = staticProvider({ name: 'canned', text: '{{text}}', ...origin })

  it('is the same whole and in pieces, whatever its spaces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom(' ', '\n', '\u3000', 'a', 'é', '😀') }),
        async (text) => {
          expect((await piecesOf(provider, text)).join('')).toBe(text)
          expect(await textOf(provider, callOf(text, false))).toBe(text)
        },
      ),
    )
  })

  it('comes a word at a time', async () => {
    expect(await piecesOf(provider, ' one  two three ')).toEqual([' ', 'one  ', 'two ', 'three '])
  })

  it('is cut in linear time, however long its spaces are', async () => {
    const spaces = ' '.repeat(1_000_000)
    expect((await piecesOf(provider, `${spaces}a${spaces}`)).length).toBe(2)
  })

  it('takes what callers wrote for text, not for more places to fill', async () => {
    const nested = staticProvider({ name: 'canned', text: '{{text}} by {{model}}$&', ...origin })
    expect(await textOf(nested, callOf('{{model}} $1', false))).toBe('{{model}} $1 by m$&')
  })

  it('refuses what it cannot give', async () => {
    await expect(provider.call(callOf('a', false, { n: 2 }), 'm', options)).rejects.toMatchObject({
      code: 'untranslatable',
    })
  })
})

describe('the demo', () => {
  it('says that it is one, and no more of a message than a part', async () => {
    const text = await textOf(demoProvider({ name: 'demo', ...origin }), callOf('x'.repeat(5000), false))
    expect(text).toContain('no language model was asked')
    expect(text.length).toBeLessThan(500)
  })
})

describe('a webhook', () => {
  function asked(body: string, status = 200) {
    const requests: TransportRequest[] = []
    const transport: Transport = {
      async send(request) {
        requests.push(request)
        const bytes = Buffer.from(body)
        return {
          status,
          headers: {},
          body: (async function* () {
            yield bytes
          })(),
          bytes: async () => bytes,
          text: async () => body,
        }
      },
      close: async () => {},
    }
    const settings = { name: 'hook', url: 'https://hook.example?a=b', apiKey: 'sk-hook-secret', transport }
    return { requests, provider: webhookProvider({ ...settings, ...origin }) }
  }

  it('is posted the model and the messages, and its text is the answer', async () => {
    const { requests, provider } = asked('{"text":"hello"}')
    expect(await textOf(provider, callOf('hi', false))).toBe('hello')
    expect(requests[0]).toMatchObject({
      method: 'POST',
      // With a path, which an address without one has as well.
      url: 'https://hook.example/?a=b',
      headers: { authorization: 'Bearer sk-hook-secret', 'content-type': 'application/json' },
    })
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: [{ kind: 'text', text: 'hi' }] }],
      decision: null,
    })
  })

  it.each([
    ['{"text":1}', 200, 'malformed', '`text` is not text'],
    ['hello', 200, 'malformed', 'hello'],
    ['{"error":"the application/json of sk-hook-secret"}', 422, 'refused', 'application/json of'],
    ['', 500, 'server-error', '500'],
  ])('fails by what it answers: %s, %i', async (body, status, outcome, message) => {
    const { provider } = asked(body, status)
    const error: unknown = await provider.call(callOf('hi', false), 'm', options).catch((thrown) => thrown)
    expect(error).toMatchObject({ outcome, message: expect.stringContaining(message), body: undefined })
    expect(String(error)).not.toContain('sk-hook-secret')
  })
})
