import type { LabelledText, RouteOptions } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { bodyParser } from '../endpoint.ts'
import {
  type BatchRequest,
  batchRequestSchema,
  evalRequestSchema,
  MOST_TEXTS,
  type RouteRequest,
  routeRequestSchema,
} from './route-request.ts'

const parseRouteRequest = bodyParser(routeRequestSchema)
const parseBatchRequest = bodyParser(batchRequestSchema)
const parseEvalRequest = bodyParser(evalRequestSchema)

/**
 * Checks the body of `POST /v1/route`.
 * @remarks The usual request is recognised by hand, in a tenth of the time the schema takes; whatever is not clearly
 * right goes through the schema, which alone decides what is wrong.
 */
export function readRouteRequest(body: unknown, textLimitBytes: number): RouteRequest {
  const request = isPlainRequest(body) ? body : parseRouteRequest(body)
  if (request.text !== undefined) assertTextLength(request.text, 'text', textLimitBytes)
  if (request.context !== undefined) assertTextLengths(request.context, 'context', textLimitBytes)
  return request
}

/** Checks the body of `POST /v1/route/batch`; one with nothing but texts goes through no schema. */
export function readBatchRequest(body: unknown, textLimitBytes: number): BatchRequest {
  const request = isPlainBatch(body) ? body : parseBatchRequest(body)
  assertTextLengths(request.texts, 'texts', textLimitBytes)
  return request
}

export function readEvalRequest(
  body: unknown,
  textLimitBytes: number,
): Omit<ReturnType<typeof parseEvalRequest>, 'data'> & { data: readonly LabelledText[] } {
  const request = parseEvalRequest(body)
  assertTextLengths(
    request.data.map((row) => row.text),
    'data',
    textLimitBytes,
  )
  return request
}

const NO_OPTIONS: RouteOptions = Object.freeze({})

/** What the request says beyond the text, as the router takes it. */
export function optionsOf(request: Partial<RouteRequest>): RouteOptions {
  const { topK, explain, threshold, context, include, exclude, metadata } = request
  if ((topK ?? explain ?? threshold ?? context ?? include ?? exclude ?? metadata) === undefined)
    return NO_OPTIONS
  return {
    ...(topK === undefined ? undefined : { topK }),
    ...(explain === undefined ? undefined : { explain }),
    ...(threshold === undefined ? undefined : { threshold }),
    ...(context === undefined ? undefined : { context }),
    ...(include === undefined ? undefined : { include }),
    ...(exclude === undefined ? undefined : { exclude }),
    ...(metadata === undefined ? undefined : { metadata }),
  }
}

/**
 * The vector of a request.
 * @param others length that vectors of a second encoder have, where there is one
 * @throws StrataError `dimension_mismatch`; `invalid_request` for bad base64 and for numbers float32 cannot hold
 */
export function readEmbedding(
  embedding: string | readonly number[],
  dimensions: number,
  others = dimensions,
): Float32Array {
  const vector = typeof embedding === 'string' ? fromBase64(embedding) : Float32Array.from(embedding)
  if (vector.length !== dimensions && vector.length !== others) {
    throw new StrataError(
      'dimension_mismatch',
      `The encoder's vectors have ${others === dimensions ? dimensions : `${dimensions}, those of the slower one ${others},`} numbers; the embedding has ${vector.length}. Send a vector made by the same encoder.`,
    )
  }
  if (!vector.every(Number.isFinite)) {
    throw new StrataError('invalid_request', 'The embedding has numbers beyond float32; send finite ones.')
  }
  return vector
}

function fromBase64(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw new StrataError('invalid_request', 'The embedding is not base64 of little-endian float32 numbers.')
  }
  const vector = new Float32Array(bytes.length / 4)
  for (let index = 0; index < vector.length; index++) vector[index] = bytes.readFloatLE(index * 4)
  return vector
}

function isPlainRequest(body: unknown): body is RouteRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false
  let hasText = false
  for (const key of Object.keys(body)) {
    const value: unknown = (body as Record<string, unknown>)[key]
    if (key === 'text') {
      if (typeof value !== 'string') return false
      hasText = true
    } else if (key === 'explain') {
      if (typeof value !== 'boolean') return false
    } else if (key === 'topK') {
      if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > 100) return false
    } else if (key === 'threshold') {
      if (typeof value !== 'number' || !(value >= 0 && value <= 1)) return false
    } else return false
  }
  return hasText
}

function isPlainBatch(body: unknown): body is BatchRequest {
  if (typeof body !== 'object' || body === null) return false
  const { texts } = body as Partial<BatchRequest>
  if (!Array.isArray(texts) || texts.length === 0 || texts.length > MOST_TEXTS) return false
  for (const text of texts) if (typeof text !== 'string') return false
  return Object.keys(body).length === 1
}

function assertTextLengths(texts: readonly string[], field: string, limitBytes: number): void {
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index] as string
    if (!isSurelyShort(text, limitBytes)) assertTextLength(text, `${field}[${index}]`, limitBytes)
  }
}

/** No character takes more than three bytes a UTF-16 unit, so short texts need no counting. */
const isSurelyShort = (text: string, limitBytes: number): boolean => text.length * 3 <= limitBytes

/** @throws StrataError `text_too_long` */
export function assertTextLength(text: string, field: string, limitBytes: number): void {
  if (isSurelyShort(text, limitBytes)) return
  const bytes = Buffer.byteLength(text)
  if (bytes <= limitBytes) return
  throw new StrataError(
    'text_too_long',
    `${field} has ${bytes} bytes; at most ${limitBytes} are routed (server.textLimitBytes). Send the part that says what is wanted.`,
    { details: [{ path: field, message: `expected at most ${limitBytes} bytes`, got: `${bytes} bytes` }] },
  )
}
