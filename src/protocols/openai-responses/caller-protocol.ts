import type { JsonObject } from '../../contracts/index.ts'
import type { ErrorDetail } from '../../errors/index.ts'
import type { CallerError, CallerProtocol } from '../caller-protocol.ts'
import { checkCommonFields, checkMessage, shown } from '../check-fields.ts'
import { objectsIn, textIn } from '../json-fields.ts'
import { openaiErrorObject, openaiFailure } from '../openai-error.ts'
import { sseText } from '../sse.ts'
import { contentText, otherParts } from '../user-text.ts'
import { earlierResponses, withoutForeignThoughts } from './earlier-answers.ts'
import { ResponsesWriter } from './event-writer.ts'
import { readResponsesRequest } from './read-request.ts'
import { ResponsesStreamWatch } from './stream-watch.ts'
import { responsesUsage } from './usage.ts'
import { writeResponsesAnswer } from './write-answer.ts'

const ROLES = ['system', 'developer', 'user', 'assistant']

/**
 * OpenAI Responses.
 * @see https://platform.openai.com/docs/api-reference/responses
 */
export const openaiResponses: CallerProtocol = {
  check(body) {
    const problems: ErrorDetail[] = []
    checkCommonFields(body, problems)
    checkInput(body, problems)
    return problems
  },

  lastUserText({ input }) {
    if (typeof input === 'string') return input
    const message = objectsIn(input).findLast(({ role }) => role === 'user')
    return message === undefined ? undefined : contentText(message.content)
  },

  answersToolCall({ input }) {
    return (textIn(objectsIn(input).at(-1)?.type) ?? '').endsWith('_output')
  },

  // A conversation that the provider keeps is known by its name: its first messages are not sent again.
  firstMessages({ conversation, instructions, input }) {
    const kept = textIn(conversation) ?? textIn(objectsIn([conversation])[0]?.id)
    if (kept !== undefined) return `conversation ${kept}`
    const lines = [`system 0 ${textIn(instructions) ?? ''}`]
    if (typeof input === 'string') return `${lines[0]}\nuser 0 ${input}`
    for (const { role, content } of objectsIn(input)) {
      if (role !== 'system' && role !== 'developer' && role !== 'user') continue
      lines.push(
        `${role === 'user' ? 'user' : 'system'} ${otherParts(content)} ${contentText(content) ?? ''}`,
      )
      if (role === 'user') break
    }
    return lines.join('\n')
  },

  earlierAnswers: earlierResponses,

  prepare(body, model, stream) {
    const prepared: Record<string, unknown> = { ...body, model }
    const input = withoutForeignThoughts(body.input)
    if (input !== body.input) prepared.input = input
    if (stream !== (body.stream === true)) prepared.stream = stream
    return prepared
  },

  usageOf: (answer: JsonObject) => responsesUsage(answer.usage),
  streamWatch: (_body, keeper) => new ResponsesStreamWatch(keeper),
  errorBody,
  errorEvent,
  failureOf: openaiFailure,

  readRequest: readResponsesRequest,
  writeAnswer: writeResponsesAnswer,
  eventWriter: (request, keeper) => new ResponsesWriter(request, keeper),
}

/** Clients that are told so send the whole conversation again, which any provider can answer. */
function errorBody(error: CallerError): JsonObject {
  const told = openaiErrorObject(error)
  const isUnknown = error.details?.some(({ path }) => path === 'previous_response_id') === true
  return { error: isUnknown ? { ...told, code: 'previous_response_not_found' } : told }
}

/** Flat as it is documented and nested as it is sent: the clients read the one or the other. */
function errorEvent(error: CallerError): string {
  const told = openaiErrorObject(error)
  return sseText(
    'error',
    JSON.stringify({
      type: 'error',
      sequence_number: 0,
      code: told.code,
      message: told.message,
      param: told.param,
      error: told,
    }),
  )
}

function checkInput(body: JsonObject, problems: ErrorDetail[]): void {
  const { input } = body
  // A stored prompt or a conversation may be all there is.
  const mayBeAbsent = ['prompt', 'conversation', 'previous_response_id'].some(
    (field) => body[field] !== undefined && body[field] !== null,
  )
  if (typeof input === 'string' || (input === undefined && mayBeAbsent)) return
  if (!Array.isArray(input) || (input.length === 0 && !mayBeAbsent)) {
    problems.push({
      path: 'input',
      message: 'Expected text or a list of at least one item.',
      got: shown(input),
    })
    return
  }
  input.forEach((item: unknown, index) => {
    const type: unknown = typeof item === 'object' && item !== null ? (item as JsonObject).type : undefined
    if (type === undefined || type === 'message') checkMessage(item, `input[${index}]`, ROLES, problems)
  })
}
