import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MockPrompt, replyTo } from './mock-reply.ts'

const prompt = (changed: Partial<MockPrompt> = {}): MockPrompt => ({
  model: 'm',
  isStreamed: false,
  lastText: 'hello',
  isFromUser: true,
  characters: 40,
  tools: [],
  forcedTool: undefined,
  schema: undefined,
  maxOutputTokens: undefined,
  wantsReasoning: false,
  ...changed,
})
const tools = ['a', 'b'].map((name) => ({ name, schema: { type: 'object', properties: {} } }))

test('the pieces of any text make the text, and split no character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.option(fc.integer({ min: 1, max: 9 })),
      (text, events) => {
        const reply = replyTo(
          prompt({ lastText: text }),
          events === null ? {} : { events, charactersPerEvent: 3 },
        )
        expect(reply.pieces.join('')).toBe(reply.text)
        for (const piece of reply.pieces.slice(0, -1)) expect(piece.isWellFormed()).toBe(true)
      },
    ),
  )
})

test('as many events of as many characters come as the shape asks for', () => {
  const { pieces } = replyTo(prompt(), { events: 20, charactersPerEvent: 50 })
  expect(pieces).toHaveLength(20)
  expect(new Set(pieces.map(({ length }) => length))).toEqual(new Set([50]))
})

test('a text longer than the tokens allowed is cut, and says so', () => {
  expect(replyTo(prompt({ maxOutputTokens: 2 }), {})).toMatchObject({
    text: 'mock(m):',
    finish: 'length',
    usage: { outputTokens: 2 },
  })
})

test('markers call tools, several at once too; a forced tool is called without one, but not upon a result', () => {
  const called = (changed: Partial<MockPrompt>) =>
    replyTo(prompt({ tools, ...changed }), {}).toolCalls.map(({ name }) => name)
  expect(called({ lastText: 'hello' })).toEqual([])
  expect(called({ lastText: '[tool]' })).toEqual(['a'])
  expect(called({ lastText: 'x [tool:b] y [tool:a]' })).toEqual(['b', 'a'])
  expect(called({ forcedTool: '' })).toEqual(['a'])
  expect(called({ forcedTool: 'b' })).toEqual(['b'])
  expect(called({ forcedTool: 'b', lastText: '[tool:b]', isFromUser: false })).toEqual([])
})

test('cached, written and thought tokens are parts of the whole', () => {
  const { usage } = replyTo(prompt(), { cachedInputTokens: 8, cacheWriteTokens: 8, reasoningTokens: 5 })
  expect(usage).toEqual({
    inputTokens: 10,
    cachedInputTokens: 8,
    cacheWriteTokens: 2,
    outputTokens: 9,
    reasoningTokens: 5,
  })
})
