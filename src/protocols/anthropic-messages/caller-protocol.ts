import type { JsonObject } from '../../contracts/index.ts'
import type { ErrorDetail } from '../../errors/index.ts'
import type { CallerProtocol } from '../caller-protocol.ts'
import { checkCommonFields, checkMessages, shown } from '../check-fields.ts'
import { objectIn, objectsIn } from '../json-fields.ts'
import { sseText } from '../sse.ts'
import { contentText, otherParts } from '../user-text.ts'
import { MessagesWriter } from './event-writer.ts'
import { messagesErrorBody, messagesFailure } from './failure.ts'
import { readMessagesRequest } from './read-request.ts'
import { MessagesStreamWatch } from './stream-watch.ts'
import { messagesUsage } from './usage.ts'
import { writeMessagesAnswer } from './write-answer.ts'

const ROLES = ['user', 'assistant', 'system']

/**
 * Anthropic Messages.
 * @see https://docs.claude.com/en/api/messages
 */
export const anthropicMessages: CallerProtocol = {
  check(body) {
    const problems: ErrorDetail[] = []
    checkCommonFields(body, problems)
    checkMessages(body.messages, 'messages', ROLES, problems)
    const { system, thread } = body
    if (body.model === 'auto' && objectIn(thread).type === 'continue') {
      problems.push({
        path: 'thread',
        message: 'Expected all messages, by which auto decides; only the provider has the earlier ones.',
        got: shown(thread),
      })
    }
    if (system !== undefined && system !== null && typeof system !== 'string' && !Array.isArray(system)) {
      problems.push({ path: 'system', message: 'Expected text or a list of parts.', got: shown(system) })
    }
    return problems
  },

  // The results of tools come in messages of the user, who says nothing in them.
  lastUserText(body) {
    const message = objectsIn(body.messages).findLast(
      ({ role, content }) =>
        role === 'user' && !(bringsToolResult(content) && contentText(content) === undefined),
    )
    return message === undefined ? undefined : contentText(message.content)
  },

  answersToolCall(body) {
    const last = objectsIn(body.messages).at(-1)
    return last?.role === 'user' && bringsToolResult(last.content)
  },

  firstMessages(body) {
    const first = objectsIn(body.messages).find(({ role }) => role === 'user')?.content
    return `system 0 ${contentText(body.system) ?? ''}\nuser ${otherParts(first)} ${contentText(first) ?? ''}`
  },

  prepare(body, model, stream) {
    const prepared: Record<string, unknown> = { ...body, model }
    if (stream !== (body.stream === true)) prepared.stream = stream
    return prepared
  },

  usageOf: (answer: JsonObject) => messagesUsage(answer.usage),
  streamWatch: () => new MessagesStreamWatch(),
  errorBody: messagesErrorBody,
  errorEvent: (error) => sseText('error', JSON.stringify(messagesErrorBody(error))),
  failureOf: messagesFailure,

  readRequest: readMessagesRequest,
  writeAnswer: writeMessagesAnswer,
  eventWriter: () => new MessagesWriter(),
}

function bringsToolResult(content: unknown): boolean {
  return objectsIn(content).some(({ type }) => type === 'tool_result')
}
