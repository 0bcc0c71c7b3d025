import type { JsonObject } from '../../contracts/index.ts'
import type { ErrorDetail, ProviderFailure } from '../../errors/index.ts'
import type { CallerError, CallerProtocol } from '../caller-protocol.ts'
import { checkCommonFields, checkMessages, shown } from '../check-fields.ts'
import { httpFailure } from '../http-failure.ts'
import { objectsIn } from '../json-fields.ts'
import { sseText } from '../sse.ts'
import { contentText, otherParts } from '../user-text.ts'
import { MessagesStreamWatch } from './stream-watch.ts'
import { messagesUsage } from './usage.ts'

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
    const { system } = body
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
  errorBody,
  errorEvent: (error) => sseText('error', JSON.stringify(errorBody(error))),
  failureOf,
}

function bringsToolResult(content: unknown): boolean {
  return objectsIn(content).some(({ type }) => type === 'tool_result')
}

function errorBody(error: CallerError): JsonObject {
  const { details = [] } = error
  return {
    type: 'error',
    error: {
      type: errorType(error.status),
      message: error.message,
      details: { error_code: error.code, ...(details.length === 0 ? {} : { problems: details }) },
    },
    request_id: error.requestId,
  }
}

/** What Anthropic calls an error of this status. */
function errorType(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error'
    case 402:
      return 'billing_error'
    case 403:
      return 'permission_error'
    case 404:
      return 'not_found_error'
    case 409:
      return 'conflict_error'
    case 413:
      return 'request_too_large'
    case 429:
      return 'rate_limit_error'
    case 503:
    case 529:
      return 'overloaded_error'
    case 408:
    case 504:
      return 'timeout_error'
    default:
      return status >= 500 ? 'api_error' : 'invalid_request_error'
  }
}

function failureOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  bodyText: string,
): ProviderFailure {
  return httpFailure(status, headers, bodyText, (error) => ({
    type: 'error',
    error: { type: error.type ?? errorType(status), message: error.message },
    request_id: headers['request-id'] ?? null,
  }))
}
