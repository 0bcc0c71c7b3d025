import type { JsonObject } from '../../contracts/index.ts'
import type { ErrorDetail } from '../../errors/index.ts'
import type { CallerProtocol } from '../caller-protocol.ts'
import { checkCommonFields, checkMessages } from '../check-fields.ts'
import { objectIn, objectsIn } from '../json-fields.ts'
import { openaiErrorObject, openaiFailure } from '../openai-error.ts'
import { contentText, otherParts } from '../user-text.ts'
import { ChatCompletionWriter } from './event-writer.ts'
import { readChatRequest } from './read-request.ts'
import { asksForUsage, ChatStreamWatch } from './stream-watch.ts'
import { chatUsage } from './usage.ts'
import { writeChatAnswer } from './write-answer.ts'

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function']

/**
 * OpenAI chat completions.
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const openaiChat: CallerProtocol = {
  check(body) {
    const problems: ErrorDetail[] = []
    checkCommonFields(body, problems)
    checkMessages(body.messages, 'messages', ROLES, problems)
    return problems
  },

  lastUserText(body) {
    const message = objectsIn(body.messages).findLast(({ role }) => role === 'user')
    return message === undefined ? undefined : contentText(message.content)
  },

  answersToolCall(body) {
    const role = objectsIn(body.messages).at(-1)?.role
    return role === 'tool' || role === 'function'
  },

  firstMessages(body) {
    const lines: string[] = []
    for (const { role, content } of objectsIn(body.messages)) {
      if (role !== 'system' && role !== 'developer' && role !== 'user') continue
      lines.push(
        `${role === 'user' ? 'user' : 'system'} ${otherParts(content)} ${contentText(content) ?? ''}`,
      )
      if (role === 'user') break
    }
    return lines.join('\n')
  },

  prepare(body, model, stream) {
    const prepared: Record<string, unknown> = { ...body, model }
    if (stream !== (body.stream === true)) prepared.stream = stream
    if (stream && !asksForUsage(body)) {
      prepared.stream_options = { ...objectIn(body.stream_options), include_usage: true }
    }
    return prepared
  },

  usageOf: (answer: JsonObject) => chatUsage(answer.usage),
  streamWatch: (body) => new ChatStreamWatch(body),
  errorBody: (error) => ({ error: openaiErrorObject(error) }),
  errorEvent: (error) => `data: ${JSON.stringify({ error: openaiErrorObject(error) })}\n\n`,
  failureOf: openaiFailure,

  readRequest: readChatRequest,
  writeAnswer: writeChatAnswer,
  eventWriter: (request) => new ChatCompletionWriter(request),
}
