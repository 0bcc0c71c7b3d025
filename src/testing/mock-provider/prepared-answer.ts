import { crc32 } from 'node:zlib'
import type { JsonObject } from '../../contracts/index.ts'
import { anthropicMessages, readPrompt } from './anthropic-messages.ts'
import { googleGenerateContent } from './google-generate-content.ts'
import { objectOf, stringOf } from './loose-json.ts'
import { type MockShape, replyTo, tokensOf } from './mock-reply.ts'
import { openAiChat } from './openai-chat.ts'
import { embeddingsFor } from './openai-embeddings.ts'
import { openAiErrors } from './openai-errors.ts'
import { openAiResponses } from './openai-responses.ts'
import { CREATED_AT, type ErrorFormat, type MockError, plainError, type WireFormat } from './wire-format.ts'

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

const DEFAULT_MODELS = ['mock-small', 'mock-large']
const JSON_TYPE = 'application/json'
const STREAM_TYPE = 'text/event-stream; charset=utf-8'

const textAnswer = (body: string): PreparedAnswer => ({ status: 200, contentType: JSON_TYPE, body })

interface Fulfilled {
  readonly model: string
  readonly answer: PreparedAnswer
}

/** What answers at a path: with an answer, or with what is wrong with the request. */
interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly errors: ErrorFormat
  /** @param id eight hexadecimal digits that belong to the request */
  answer(body: JsonObject, id: string, url: string, shape: MockShape): Fulfilled | string
}

const generation = (format: WireFormat): Endpoint => ({
  method: 'POST',
  errors: format,
  answer(body, id, url, shape) {
    const prompt = format.readPrompt(body, url)
    if (typeof prompt === 'string') return prompt
    const reply = replyTo({ ...prompt, model: withoutFault(prompt.model) }, shape)
    return {
      model: prompt.model,
      answer: prompt.isStreamed
        ? { status: 200, contentType: STREAM_TYPE, body: format.events(reply, id, body) }
        : textAnswer(format.whole(reply, id, body)),
    }
  },
})

const embeddings: Endpoint = {
  method: 'POST',
  errors: openAiErrors,
  answer(body) {
    const model = stringOf(body.model)
    const found =
      model === '' ? "Missing required parameter: 'model'." : embeddingsFor(body, withoutFault(model))
    return typeof found === 'string' ? found : { model, answer: textAnswer(JSON.stringify(found)) }
  },
}

const countTokens: Endpoint = {
  method: 'POST',
  errors: anthropicMessages,
  answer(body) {
    const prompt = readPrompt(body)
    if (typeof prompt === 'string') return prompt
    const count = { input_tokens: tokensOf(prompt.characters) }
    return { model: prompt.model, answer: textAnswer(JSON.stringify(count)) }
  },
}

const models: Endpoint = {
  method: 'GET',
  errors: openAiErrors,
  answer(_body, _id, _url, { models = DEFAULT_MODELS }) {
    const data = models.map((id) => ({ id, object: 'model', created: CREATED_AT, owned_by: 'mock' }))
    return { model: '', answer: textAnswer(JSON.stringify({ object: 'list', data })) }
  },
}

/** By the end of the path, so that base addresses may have any beginning. */
const ENDPOINTS: readonly (readonly [end: string, endpoint: Endpoint])[] = [
  ['/chat/completions', generation(openAiChat)],
  ['/responses', generation(openAiResponses)],
  ['/embeddings', embeddings],
  ['/models', models],
  ['/messages/count_tokens', countTokens],
  ['/messages', generation(anthropicMessages)],
  ['enerateContent', generation(googleGenerateContent)],
]

/** @param url path and query */
export function prepareRequest(method: string, url: string, text: string, shape: MockShape): PreparedRequest {
  const path = url.split('?')[0]!
  const endpoint = ENDPOINTS.find(([end]) => path.endsWith(end))?.[1]
  const errors = endpoint?.errors ?? openAiErrors
  const parsed = text === '' ? {} : parsedOrUndefined(text)
  const request = { body: parsed ?? text, errors }
  const refused = (status: number, message: string) => ({
    ...request,
    model: '',
    fault: undefined,
    answer: errorAnswer(errors, plainError(status, message)),
  })
  if (endpoint?.method !== method) return refused(404, `The mock has nothing at ${method} ${path}.`)
  if (parsed === undefined) return refused(400, 'The body is not JSON.')
  const id = crc32(text).toString(16).padStart(8, '0')
  const found = endpoint.answer(objectOf(parsed), id, url, shape)
  if (typeof found === 'string') return refused(400, found)
  const [model = '', fault] = found.model.split('#')
  return { ...request, model, fault, answer: found.answer }
}

export const errorAnswer = (errors: ErrorFormat, error: MockError): PreparedAnswer => ({
  status: error.status,
  contentType: JSON_TYPE,
  body: errors.errorBody(error),
})

const withoutFault = (model: string) => model.split('#')[0]!

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
