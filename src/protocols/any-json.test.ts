import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ProviderFailure, StrataError } from '../errors/index.ts'
import { anthropicMessagesTranslation } from './anthropic-messages/translation.ts'
import { callerProtocols } from './caller-protocols.ts'
import { googleGeminiTranslation } from './google-gemini/translation.ts'
import { isObject } from './json-fields.ts'
import { openaiChatTranslation } from './openai-chat/translation.ts'
import { openaiResponsesTranslation } from './openai-responses/translation.ts'

const PROVIDERS = {
  'openai-chat': openaiChatTranslation,
  'openai-responses': openaiResponsesTranslation,
  'anthropic-messages': anthropicMessagesTranslation,
  'google-gemini': googleGeminiTranslation,
} as const

const FIELDS = [
  'messages',
  'input',
  'role',
  'user',
  'assistant',
  'tool',
  'content',
  'type',
  'text',
  'message',
  'tools',
  'tool_calls',
  'function',
  'system',
  'tool_use',
  'tool_result',
  'thinking',
  'image',
  'source',
  'image_url',
  'output',
  'choices',
  'delta',
  'usage',
  'error',
  'candidates',
  'parts',
  'functionCall',
  'finishReason',
  'usageMetadata',
  'response',
  'item',
  'content_block',
  'stop_reason',
] as const
/** JSON with the words of the protocols at random places. */
const anyJson = fc
  .letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(fc.constantFrom(...FIELDS), fc.constant(null), fc.integer(), fc.boolean()),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...FIELDS), tie('value'), { maxKeys: 5 }),
    ),
  }))
  .value.filter(isObject)

function throwsOnly(kind: new (...values: never[]) => Error, run: () => void): void {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(kind)
  }
}

const EVENT_TYPES = [
  undefined,
  'error',
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
  'response.created',
  'response.output_item.added',
  'response.output_text.delta',
  'response.function_call_arguments.delta',
  'response.output_item.done',
  'response.completed',
  'response.failed',
] as const

it.each(Object.entries(PROVIDERS))(
  'answers of a %s provider never fail except as failures of the provider',
  (_name, provider) => {
    fc.assert(
      fc.property(
        anyJson,
        fc.array(fc.tuple(fc.constantFrom(...EVENT_TYPES), fc.oneof(anyJson, fc.string()))),
        (body, events) => {
          throwsOnly(ProviderFailure, () => provider.readAnswer(body))
          const reader = provider.eventReader()
          throwsOnly(ProviderFailure, () => {
            for (const [event, data] of events) {
              reader.read({ event, data: typeof data === 'string' ? data : JSON.stringify(data), text: '' })
            }
            reader.end()
          })
          expect(provider.failureOf(500, {}, JSON.stringify(body))).toBeInstanceOf(ProviderFailure)
        },
      ),
      { numRuns: 300 },
    )
  },
)

it.each(Object.entries(callerProtocols))(
  'bodies of a %s caller never fail except by saying what is wrong',
  (_name, caller) => {
    fc.assert(
      fc.property(anyJson, (body) => {
        caller.check(body)
        caller.lastUserText(body)
        caller.answersToolCall(body)
        caller.firstMessages(body)
        caller.usageOf(body)
        throwsOnly(StrataError, () => caller.readRequest(body))
      }),
      { numRuns: 300 },
    )
  },
)
