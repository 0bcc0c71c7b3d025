import type { ChatMessage, ChatRequest } from '../contracts/index.ts'
import { type ErrorDetail, StrataError } from '../errors/index.ts'
import { nearestName } from '../util/nearest-name.ts'
import type { ExecuteOptions } from './execution-types.ts'

/** Of `ExecuteOptions`, which ones there are: a misspelt one would do nothing. */
const OF_THE_CALL = ['text', 'messages', 'model', 'signal', 'session', 'tenant', 'stream'] as const
const OF_THE_REQUEST = [
  'tools',
  'toolChoice',
  'parallelToolCalls',
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'stop',
  'seed',
  'frequencyPenalty',
  'presencePenalty',
  'responseFormat',
  'reasoning',
  'user',
] as const satisfies readonly (keyof ChatRequest)[]
const KNOWN: readonly string[] = [...OF_THE_CALL, ...OF_THE_REQUEST]
const ROLES: readonly string[] = ['system', 'user', 'assistant', 'tool'] satisfies ChatMessage['role'][]

/** The call in the canonical form. @throws StrataError `invalid_request` with every problem in `details` */
export function chatRequest(options: ExecuteOptions, stream: boolean): ChatRequest {
  const details = problemsOf(options)
  if (details.length > 0) {
    const list = details.map(({ path, message }) => `${path}: ${message}`).join('; ')
    throw new StrataError('invalid_request', `The call cannot be understood. ${list}.`, { details })
  }
  const request: Record<string, unknown> = {}
  for (const name of OF_THE_REQUEST) if (options[name] !== undefined) request[name] = options[name]
  const messages = options.messages ?? [{ role: 'user', content: options.text as string }]
  return {
    ...request,
    messages: messages.map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? [{ kind: 'text', text: content }] : content,
    })),
    stream,
  }
}

function problemsOf(options: ExecuteOptions): ErrorDetail[] {
  const details: ErrorDetail[] = []
  for (const name of Object.keys(options)) {
    if (KNOWN.includes(name)) continue
    const nearest = nearestName(name, KNOWN)
    const message = nearest ? `unknown; did you mean ${nearest}?` : `unknown; known are ${KNOWN.join(', ')}`
    details.push({ path: name, message, ...(nearest ? { nearest } : {}) })
  }
  const { text, messages } = options
  if ((text === undefined) === (messages === undefined)) {
    details.push({ path: 'text', message: 'expected either `text` or `messages`' })
  } else if (text !== undefined && typeof text !== 'string') {
    details.push({ path: 'text', message: `expected text, got ${text === null ? 'null' : typeof text}` })
  } else if (messages !== undefined && !(Array.isArray(messages) && messages.length > 0)) {
    details.push({ path: 'messages', message: 'expected a list of at least one message' })
  }
  for (const [index, message] of Array.isArray(messages) ? messages.entries() : []) {
    const { role, content } = message ?? {}
    if (!ROLES.includes(role)) {
      details.push({ path: `messages[${index}].role`, message: `expected one of ${ROLES.join(', ')}` })
    }
    const isParts = Array.isArray(content) && content.every((part) => typeof part?.kind === 'string')
    if (typeof content !== 'string' && !isParts) {
      details.push({
        path: `messages[${index}].content`,
        message: 'expected text, or a list of parts of which each has a `kind`',
      })
    }
  }
  return details
}
