import type { ChatRequest, JsonObject, TokenUsage } from '../../contracts/index.ts'
import type { ErrorDetail } from '../../errors/index.ts'
import type { CallerError, CallerProtocol, StreamWatch } from '../caller-protocol.ts'
import { checkCommonFields, checkMessages } from '../check-fields.ts'
import { httpFailure, streamFailure } from '../http-failure.ts'
import { isObject, objectsIn, providerObject } from '../json-fields.ts'
import { type SseEvent, sseText } from '../sse.ts'
import { contentText, otherParts } from '../user-text.ts'

const ROLES = ['system', 'user', 'assistant', 'tool']

/**
 * The canonical form itself, for callers in this process: the body is a `ChatRequest`, the answer a `ChatAnswer`, and
 * each server-sent event a `ChatEvent`. Nothing is lost on the way to a provider but what the provider's own protocol
 * cannot say.
 */
export const canonical: CallerProtocol = {
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

  answersToolCall: (body) => objectsIn(body.messages).at(-1)?.role === 'tool',

  firstMessages(body) {
    const lines: string[] = []
    for (const { role, content } of objectsIn(body.messages)) {
      if (role !== 'system' && role !== 'user') continue
      lines.push(`${role} ${otherParts(content)} ${contentText(content) ?? ''}`)
      if (role === 'user') break
    }
    return lines.join('\n')
  },

  prepare: (body, model, stream) =>
    stream === (body.stream === true) ? { ...body, model } : { ...body, model, stream },
  usageOf: ({ usage }) => usageIn(usage),
  streamWatch: () => new CanonicalWatch(),
  errorBody: (error) => ({ error: errorObject(error) }),
  errorEvent: (error) => sseText('error', JSON.stringify(errorObject(error))),
  failureOf: (status, headers, bodyText) => httpFailure(status, headers, bodyText, (error) => ({ error })),

  readRequest: (body) => body as JsonObject & ChatRequest,
  writeAnswer: (answer) => ({ ...answer }),
  eventWriter: () => ({ write: (event) => sseText(undefined, JSON.stringify(event)) }),
}

class CanonicalWatch implements StreamWatch {
  #usage: TokenUsage | undefined

  see({ event, data }: SseEvent): 'go-on' | 'end' {
    const told = providerObject(data)
    if (event === 'error') throw streamFailure(told)
    if (told.kind !== 'finish') return 'go-on'
    this.#usage = usageIn(told.usage)
    return 'end'
  }

  usage(): TokenUsage | undefined {
    return this.#usage
  }
}

const usageIn = (usage: unknown): TokenUsage | undefined =>
  isObject(usage) ? (usage as JsonObject & TokenUsage) : undefined

const errorObject = ({ code, message, details = [], requestId }: CallerError): JsonObject => ({
  code,
  message,
  details,
  requestId,
})
