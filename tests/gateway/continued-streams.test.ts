import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MockRequest } from '../../src/testing/index.ts'
import { CALLERS, type Caller, CHAT, callOf, type ReadAnswer, readAnswer } from './callers.ts'
import { everyProvider, serveGateway } from './gateway.ts'

let served: Awaited<ReturnType<typeof serveGateway>>
beforeAll(async () => {
  served = await serveGateway((url) => ({
    ...everyProvider(url),
    models: {
      first: { provider: 'openai', model: 'gpt-5-mini', fallbacks: ['second'] },
      second: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
    },
    defaultModel: 'first',
    execution: { continueStreams: true, retries: 0 },
  }))
})
afterEach(() => served.mock.reset())
afterAll(() => served.end())

const QUESTION = 'where is my refund? it should have come a long while ago'

const ask = (caller: Caller, body: Readonly<Record<string, unknown>> = {}) =>
  readAnswer(served.gateway.url, caller, { ...callOf(caller, 'first', true, QUESTION), ...body })

/** The text of a streamed answer, whatever its protocol calls it. */
const textOf = ({ events }: ReadAnswer): string =>
  events
    .filter(({ data }) => data !== '[DONE]')
    .map(({ data }) => JSON.parse(data))
    .map(({ type, choices, delta }) => {
      if (choices !== undefined) return choices[0]?.delta.content ?? ''
      if (type === 'response.output_text.delta') return delta
      return type === 'content_block_delta' ? (delta.text ?? '') : ''
    })
    .join('')

describe.each(CALLERS)(
  'a stream that breaks off, for a caller of $protocol, where that is opted in',
  (caller) => {
    it('is continued by the next model, which is given the part that came', async () => {
      served.mock.plan(['truncate:4'])
      const answer = await ask(caller)
      expect(caller.hasEnd(answer)).toBe(true)
      const [, second] = served.mock.requests
      const { messages } = (second as MockRequest).body as {
        messages: { role: string; content: { text: string }[] }[]
      }
      const part = messages.at(-2)?.content[0]?.text as string
      expect(second?.path).toBe('/v1/messages')
      expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
      expect(part.length).toBeGreaterThan(0)
      const whole = textOf(answer)
      expect(whole.startsWith(part)).toBe(true)
      expect(whole.slice(part.length)).toMatch(/^mock\(claude-sonnet-4-5\): Your answer was cut off/)
    })

    it('ends with an error where no other model is left', async () => {
      served.mock.plan(['truncate:4', 'truncate:4'])
      const answer = await ask(caller)
      expect(caller.hasEnd(answer)).toBe(false)
      expect(answer.events.at(-1)?.data).toContain('provider_truncated')
      expect(served.mock.calls).toBe(2)
    })

    it('is left as it is where nothing breaks', async () => {
      const answer = await ask(caller)
      expect(caller.hasEnd(answer)).toBe(true)
      expect(textOf(answer)).toBe(`mock(gpt-5-mini): ${QUESTION}`)
      expect(served.mock.calls).toBe(1)
    })
  },
)

it('is not continued in the middle of what a tool is to be called with', async () => {
  served.mock.plan(['truncate:4'])
  const tools = [{ type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } }]
  const answer = await readAnswer(served.gateway.url, CHAT, {
    ...callOf(CHAT, 'first', true, `${QUESTION} [tool]`),
    tools,
  })
  expect(CHAT.hasEnd(answer)).toBe(false)
  expect(served.mock.calls).toBe(1)
})

it('counts what both models used', async () => {
  served.mock.plan(['truncate:4'])
  await ask(CHAT)
  const { text } = await served.gateway.call('GET', '/metrics')
  expect(text).toContain(
    'stratarouter_provider_attempts_total{provider="openai",model="first",outcome="truncated"}',
  )
  expect(text).toContain(
    'stratarouter_provider_attempts_total{provider="anthropic",model="second",outcome="ok"}',
  )
})
