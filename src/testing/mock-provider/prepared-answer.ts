import { crc32 } from 'node:zlib'
import { objectOf } from './loose-json.ts'
import { type MockShape, replyTo } from './mock-reply.ts'
import { openAiChat } from './openai-chat.ts'
import { openAiErrors } from './openai-errors.ts'
import type { ErrorFormat, MockError, WireFormat } from './wire-format.ts'

/** An answer as it goes out when nothing goes wrong. */
export interface PreparedAnswer {
  readonly status: number
  readonly contentType: string
  /** Of a streamed answer its events, with their blank lines. */
  readonly body: string | readonly string[]
}

/** A request that was understood, and its answer. */
export interface PreparedRequest {
  /** Parsed where it is JSON, else its text. */
  readonly body: unknown
  /** As the request names it, without `#` and what follows; empty where it names none. */
  readonly model: string
  /** After `#` in the name of the model. */
  readonly fault: string | undefined
  readonly errors: ErrorFormat
  readonly answer: PreparedAnswer
}

export const JSON_TYPE = 'application/json'
const STREAM_TYPE = 'text/event-stream; charset=utf-8'

/** @param path without the query */
export function prepareRequest(
  method: string,
  path: string,
  text: string,
  shape: MockShape,
): PreparedRequest {
  const format = formatOf(path)
  const errors = format ?? openAiErrors
  const parsed = text === '' ? {} : parsedOrUndefined(text)
  const whole = (body: string): PreparedAnswer => ({ status: 200, contentType: JSON_TYPE, body })
  const unmarked = { body: parsed ?? text, model: '', fault: undefined, errors }
  const refused = (status: number, message: string) => ({
    ...unmarked,
    answer: errorAnswer(errors, { status, message, reason: undefined, retryAfterMs: undefined }),
  })
  if (method === 'POST' && parsed === undefined) return refused(400, 'The body is not JSON.')
  const body = objectOf(parsed)
  if (format === undefined || method !== 'POST') {
    return refused(404, `The mock has nothing at ${method} ${path}.`)
  }
  const id = crc32(text).toString(16).padStart(8, '0')
  const prompt = format.readPrompt(body, path)
  const [model = '', fault] = prompt.model.split('#')
  const reply = replyTo({ ...prompt, model }, shape)
  return {
    ...unmarked,
    model,
    fault,
    answer: prompt.isStreamed
      ? { status: 200, contentType: STREAM_TYPE, body: format.events(reply, id, body) }
      : whole(format.whole(reply, id, body)),
  }
}

export const errorAnswer = (errors: ErrorFormat, error: MockError): PreparedAnswer => ({
  status: error.status,
  contentType: JSON_TYPE,
  body: errors.errorBody(error),
})

function formatOf(path: string): WireFormat | undefined {
  if (path.endsWith('/chat/completions')) return openAiChat
  return undefined
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
