import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatAnswer, ChatEvent, ChatMessage, ChatRequest } from '../contracts/index.ts'
import { answerOfEvents } from './answer-of-events.ts'
import { anthropicMessagesTranslation } from './anthropic-messages/translation.ts'
import { callerProtocols } from './caller-protocols.ts'
import { openaiChatTranslation } from './openai-chat/translation.ts'
import { openaiResponsesTranslation } from './openai-responses/translation.ts'
import type { ProviderProtocol } from './provider-protocol.ts'
import { SseParser } from './sse.ts'

const PROVIDERS = {
  'openai-chat': openaiChatTranslation,
  'openai-responses': openaiResponsesTranslation,
  'anthropic-messages': anthropicMessagesTranslation,
} as const
type Name = keyof typeof PROVIDERS
const NAMES: readonly Name[] = ['openai-chat', 'openai-responses', 'anthropic-messages']

const ORIGIN = {
  'openai-chat': undefined,
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
} as const

const text = fc.string({ minLength: 1, unit: 'grapheme' })
const id = fc.stringMatching(/^[a-z][a-z0-9_-]{1,10}$/)
const json = fc.dictionary(id, fc.jsonValue()).map((value) => JSON.stringify(value))
const textPart = text.map((value) => ({ kind: 'text' as const, text: value }))
const imagePart = fc.oneof(
  fc.webUrl().map((url) => ({ kind: 'image' as const, url })),
  fc
    .base64String({ minLength: 4 })
    .map((base64) => ({ kind: 'image' as const, base64, mediaType: 'image/png' })),
)
const toolCall = fc.record({ kind: fc.constant('tool-call' as const), id, name: id, arguments: json })

const ANY: { readonly requiredKeys: [] } = { requiredKeys: [] }

/** A conversation as any protocol can tell it: user and assistant take turns, results follow their calls. */
function conversation(name: Name): fc.Arbitrary<readonly ChatMessage[]> {
  const origin = ORIGIN[name]
  const thought =
    origin === undefined
      ? fc.constant([])
      : fc.array(
          fc.tuple(text, text).map(([told, signature]) => ({
            kind: 'reasoning' as const,
            text: told,
            signature: `${origin}:${signature}`,
          })),
          { maxLength: 1 },
        )
  const exchange = fc
    .record({
      asked: fc.array(fc.oneof(textPart, imagePart), { minLength: 1, maxLength: 3 }),
      thought,
      said: textPart,
      calls: fc.array(fc.tuple(toolCall, textPart), { maxLength: 2 }),
    })
    .map(({ asked, thought: thoughts, said, calls }): ChatMessage[] => [
      { role: 'user', content: asked },
      { role: 'assistant', content: [...thoughts, said, ...calls.map(([call]) => call)] },
      ...calls.map(
        ([call, result]): ChatMessage => ({
          role: 'tool',
          content: [{ kind: 'tool-result', id: call.id, content: [result] }],
        }),
      ),
    ])
  return fc
    .tuple(fc.array(textPart, { maxLength: 1 }), fc.array(exchange, { minLength: 1, maxLength: 3 }))
    .map(([system, exchanges]) => [
      ...system.map((part): ChatMessage => ({ role: 'system', content: [part] })),
      ...exchanges.flat(),
    ])
}

function requests(name: Name): fc.Arbitrary<ChatRequest> {
  const schema = fc.dictionary(id, fc.jsonValue())
  const isAnthropic = name === 'anthropic-messages'
  const isChat = name === 'openai-chat'
  return fc
    .record({
      messages: conversation(name),
      stream: fc.boolean(),
      common: fc.record(
        {
          temperature: fc.double({ min: 0, max: 1, noNaN: true }),
          topP: fc.double({ min: 0, max: 1, noNaN: true }),
          user: id,
          reasoning: fc.constantFrom('none', 'low', 'medium', 'high').map((effort) => ({ effort })),
        },
        ANY,
      ),
      // Anthropic must be told a length, and would be told one of ours.
      maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
      tools: fc.option(
        fc
          .record(
            {
              tools: fc.array(
                fc.record({ name: id, description: text, parameters: schema, strict: fc.boolean() }),
                { minLength: 1, maxLength: 2 },
              ),
              toolChoice: fc.oneof(
                fc.constantFrom('auto' as const, 'none' as const, 'required' as const),
                fc.record({ name: id }),
              ),
            },
            ANY,
          )
          .filter(({ tools }) => tools !== undefined),
        { nil: {} },
      ),
      format: isAnthropic
        ? fc.record(
            {
              responseFormat: schema.map((value) => ({
                kind: 'schema' as const,
                name: 'answer',
                schema: value,
              })),
            },
            ANY,
          )
        : fc.record(
            {
              responseFormat: fc.oneof(
                fc.constantFrom({ kind: 'text' as const }, { kind: 'json' as const }),
                fc.record({ kind: fc.constant('schema' as const), name: id, schema, strict: fc.boolean() }),
              ),
            },
            ANY,
          ),
      chat: isChat
        ? fc.record(
            {
              stop: fc.array(text, { minLength: 1, maxLength: 2 }),
              seed: fc.integer(),
              frequencyPenalty: fc.double({ min: -2, max: 2, noNaN: true }),
              presencePenalty: fc.double({ min: -2, max: 2, noNaN: true }),
            },
            ANY,
          )
        : isAnthropic
          ? fc.record({ stop: fc.array(text, { minLength: 1, maxLength: 2 }), topK: fc.nat() }, ANY)
          : fc.constant({}),
    })
    .map(({ messages, stream, common, maxOutputTokens, tools, format, chat }) => ({
      messages,
      stream,
      maxOutputTokens,
      ...common,
      ...tools,
      ...format,
      ...chat,
    }))
}

const usages = fc
  .tuple(fc.nat(999), fc.nat(999), fc.nat(999), fc.nat(999), fc.nat(999))
  .map(([fresh, cachedInputTokens, cacheWriteTokens, said, reasoningTokens]) => ({
    inputTokens: fresh + cachedInputTokens + cacheWriteTokens,
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens: said + reasoningTokens,
    reasoningTokens,
  }))

/** An answer as any protocol can tell it: thoughts, then a text, then calls of tools. */
function answers(name: Name): fc.Arbitrary<ChatAnswer> {
  const origin = ORIGIN[name]
  const thought = text.map((told) =>
    origin === undefined
      ? { kind: 'reasoning' as const, text: told }
      : { kind: 'reasoning' as const, text: told, signature: `${origin}:${told}` },
  )
  return fc
    .record({
      id,
      model: id,
      createdAt: name === 'anthropic-messages' ? fc.constant(7) : fc.nat(),
      thoughts: fc.array(thought, { maxLength: 1 }),
      texts: fc.array(textPart, { maxLength: 1 }),
      calls: fc.uniqueArray(toolCall, { maxLength: 3, selector: (call) => call.id }),
      usage: usages,
      cut: fc.constantFrom(undefined, 'length' as const, 'content-filter' as const),
    })
    .map(({ thoughts, texts, calls, cut, ...rest }) => ({
      ...rest,
      content: [...thoughts, ...texts, ...calls],
      finish: cut ?? (calls.length > 0 ? 'tool-calls' : 'stop'),
    }))
}

/** The events of an answer, its texts in pieces. */
function eventsOf(answer: ChatAnswer, pieceLength: number): ChatEvent[] {
  const pieces = (whole: string): string[] =>
    Array.from({ length: Math.ceil(whole.length / pieceLength) }, (_, at) =>
      whole.slice(at * pieceLength, (at + 1) * pieceLength),
    )
  const { id: answerId, model, createdAt, usage } = answer
  return [
    { kind: 'start', id: answerId, model, createdAt },
    ...answer.content.flatMap((part, index): ChatEvent[] => {
      if (part.kind === 'tool-call') {
        return [
          { kind: 'tool-call', index, id: part.id, name: part.name },
          ...pieces(part.arguments).map((piece) => ({ kind: 'tool-arguments' as const, index, json: piece })),
        ]
      }
      const told = pieces(part.text).map((piece) => ({ kind: part.kind, index, text: piece }))
      if (part.kind === 'text' || part.signature === undefined) return told
      return [...told, { kind: 'reasoning', index, text: '', signature: part.signature }]
    }),
    { kind: 'finish', reason: answer.finish, ...(usage === undefined ? {} : { usage }) },
  ]
}

function readStream(protocol: ProviderProtocol, stream: string): ChatEvent[] {
  const parser = new SseParser()
  const reader = protocol.eventReader(7)
  const events = parser.push(new TextEncoder().encode(stream)).flatMap((event) => reader.read(event))
  return [...events, ...reader.end()]
}

const plain: ChatRequest = { messages: [], stream: true }

describe.each(NAMES)('%s as caller and as provider', (name) => {
  const provider = PROVIDERS[name]
  const caller = callerProtocols[name]

  it('writes requests that it reads as the same', () => {
    fc.assert(
      fc.property(requests(name), (request) => {
        const body = provider.writeRequest(request, 'claude-opus-4-7')
        expect(caller.check({ stream: request.stream, ...body })).toEqual([])
        const { includeUsage: _, ...read } = {
          includeUsage: true,
          ...caller.readRequest(JSON.parse(JSON.stringify(body))),
        }
        expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(request)))
      }),
    )
  })

  it('writes whole answers that it reads as the same', () => {
    fc.assert(
      fc.property(answers(name), (answer) => {
        const body = JSON.parse(JSON.stringify(caller.writeAnswer(answer, plain)))
        expect(provider.readAnswer(body, 7)).toEqual(answer)
        expect(caller.usageOf(body)).toEqual(answer.usage)
      }),
    )
  })

  it('writes streamed answers that it reads as the same, and whose end it watches', () => {
    fc.assert(
      fc.property(answers(name), fc.integer({ min: 1, max: 9 }), (answer, pieceLength) => {
        const wanted = { ...plain, includeUsage: true }
        const writer = caller.eventWriter(wanted)
        const stream = eventsOf(answer, pieceLength)
          .map((event) => writer.write(event))
          .join('')
        expect(answerOfEvents(readStream(provider, stream))).toEqual(answer)
        const watch = caller.streamWatch({ stream_options: { include_usage: true } })
        const verdicts = new SseParser()
          .push(new TextEncoder().encode(stream))
          .map((event) => watch.see(event))
        expect(verdicts.indexOf('end')).toBe(verdicts.length - 1)
        expect(watch.usage()).toEqual(answer.usage)
      }),
    )
  })
})
