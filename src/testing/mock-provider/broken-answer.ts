import type { ParsedTrouble, StatusTrouble } from './mock-fault.ts'
import { errorAnswer, type PreparedAnswer } from './prepared-answer.ts'
import type { ErrorFormat, MockError } from './wire-format.ts'

/** What goes out in the place of an answer, where a fault lies in what is said and not in how it is sent. */
export function brokenAnswer(
  answer: PreparedAnswer,
  trouble: ParsedTrouble,
  errors: ErrorFormat,
): PreparedAnswer {
  const { body } = answer
  switch (trouble.kind) {
    case 'wrong-type':
      return { status: 200, contentType: 'text/html; charset=utf-8', body: PAGE }
    case 'status':
      return errorAnswer(errors, errorOf(trouble))
    case 'short':
      return { ...answer, body: body.slice(0, trouble.at ?? body.length >> 1) }
    case 'malformed': {
      if (typeof body === 'string') return { ...answer, body: body.slice(0, trouble.at ?? body.length >> 1) }
      const at = Math.min(trouble.at ?? body.length >> 1, body.length - 1)
      return { ...answer, body: body.map((event, index) => (index === at ? halfEvent(event) : event)) }
    }
    case 'error-event': {
      const error = errorOf({ status: 503, reason: undefined, retryAfter: undefined })
      if (typeof body === 'string') return { ...answer, body: errors.errorBody(error) }
      const sent = body.slice(0, trouble.at ?? body.length >> 1)
      return { ...answer, body: [...sent, errors.errorEvent(error, sent.length)] }
    }
    default:
      return answer
  }
}

const PAGE = '<!doctype html><title>Mock</title><p>mock: this is a page where an answer was expected</p>\n'

function errorOf({ status, reason, retryAfter }: Omit<StatusTrouble, 'kind'>): MockError {
  const message = `mock: ${reason === undefined ? 'an error that was asked for' : MESSAGES[reason]}`
  return { status, reason, message, retryAfterMs: retryAfter?.ms }
}

const MESSAGES = {
  quota: 'the account has used up its quota',
  context: 'the request is longer than the context of the model',
} as const

/** The event with half its data, so that it is whole as an event but no JSON. */
function halfEvent(event: string): string {
  const text = event.trimEnd()
  const from = text.indexOf('data: ') + 'data: '.length
  return `${text.slice(0, from + ((text.length - from) >> 1))}${event.slice(text.length)}`
}
