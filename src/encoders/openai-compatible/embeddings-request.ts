import type { Timer } from '../../contracts/index.ts'
import { type ErrorCode, StrataError } from '../../errors/index.ts'
import { toUnitLength } from '../../util/unit-length.ts'

/** Where to ask, and with what patience. */
export interface EmbeddingsService {
  readonly url: string
  readonly apiKey: string | undefined
  readonly model: string
  /** Sent along when given; what comes must have as many numbers. */
  readonly dimensions: number | undefined
  readonly timeoutMs: number
  readonly retries: number
}

/** What tests replace: the network, time and chance. */
export interface Surroundings {
  readonly fetch: typeof fetch
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly timeout: (milliseconds: number) => AbortSignal
  /** Ends the wait for further texts. */
  readonly timer: Timer
  readonly now: () => number
  readonly random: () => number
}

/** A failure that another try may mend. */
class Passing extends Error {
  readonly waitMs: number | undefined

  constructor(message: string, waitMs?: number, cause?: unknown) {
    super(message, { cause })
    this.waitMs = waitMs
  }
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 30_000
/** What codes of errors look like. Nothing else that a service says is repeated: it may hold the texts. */
const ERROR_CODE = /^[a-z][a-z0-9_.-]{0,63}$/i

/**
 * The unit vectors of one batch of texts, in their order. Tries again after a failure of the network, 408, 429 and 5xx,
 * with growing, random pauses, or as long as `retry-after` says.
 * @throws StrataError `invalid_configuration` when the key, the address or the model is wrong, `encoder_failed`
 */
export async function requestEmbeddings(
  service: EmbeddingsService,
  texts: readonly string[],
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await requestOnce(service, texts, surroundings, signal)
    } catch (error) {
      if (!(error instanceof Passing) || signal.aborted) throw error
      if (attempt === service.retries) {
        const often = attempt === 0 ? '' : `, ${attempt + 1} times in a row`
        throw failure('encoder_failed', service, `${error.message}${often}`, error)
      }
      const growing = FIRST_WAIT_MS * 2 ** attempt
      const waitMs = error.waitMs ?? growing * (0.5 + surroundings.random() / 2)
      await surroundings.sleep(Math.min(LONGEST_WAIT_MS, waitMs), signal)
    }
  }
}

async function requestOnce(
  service: EmbeddingsService,
  texts: readonly string[],
  { fetch, timeout, now }: Surroundings,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const limit = timeout(service.timeoutMs)
  let response: Response
  let body: string
  try {
    response = await fetch(service.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(service.apiKey ? { authorization: `Bearer ${service.apiKey}` } : {}),
      },
      body: JSON.stringify({
        model: service.model,
        input: texts,
        encoding_format: 'base64',
        ...(service.dimensions === undefined ? {} : { dimensions: service.dimensions }),
      }),
      signal: AbortSignal.any([signal, limit]),
    })
    body = await response.text()
  } catch (error) {
    if (signal.aborted) throw error
    throw new Passing(
      limit.aborted
        ? `it did not answer within ${service.timeoutMs} ms`
        : `it cannot be reached (${reasonOf(error)})`,
      undefined,
      error,
    )
  }
  if (!response.ok) throw refused(service, response, body, now())
  return readVectors(service, body, texts.length)
}

function refused(service: EmbeddingsService, response: Response, body: string, now: number): Error {
  const { status } = response
  const said = `it answered ${status}${codeIn(body)}`
  if (status === 408 || status === 429 || status >= 500) {
    return new Passing(said, retryAfterMs(response.headers.get('retry-after'), now))
  }
  if (status === 401 || status === 403) {
    const key = service.apiKey ? 'Check the API key' : 'Give an API key'
    return failure('invalid_configuration', service, said, undefined, `${key}.`)
  }
  if (status === 404) {
    const hint = `Check the model (${service.model}) and the base URL, which usually ends in /v1.`
    return failure('invalid_configuration', service, said, undefined, hint)
  }
  return failure('encoder_failed', service, said)
}

/** Milliseconds to wait, from seconds or a date; undefined when there is nothing to go by. */
function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  const seconds = Number(header)
  if (header.trim() !== '' && Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

function readVectors(service: EmbeddingsService, body: string, count: number): Float32Array[] {
  const wrong = (what: string) => failure('encoder_failed', service, what)
  let data: unknown
  try {
    data = (JSON.parse(body) as { data?: unknown }).data
  } catch {
    throw wrong(`it answered something that is not JSON (${body.length} characters)`)
  }
  if (!Array.isArray(data)) throw wrong('its answer has no list "data"')
  const vectors: Float32Array[] = new Array(count)
  let seen = 0
  for (const [place, item] of (data as { index?: unknown; embedding?: unknown }[]).entries()) {
    // The order is that of `index`, which need not be that of the list.
    const index = item?.index ?? place
    if (typeof index !== 'number' || !(index >= 0 && index < count) || vectors[index]) {
      throw wrong(`its answer has an index, of ${count} texts, twice or out of range`)
    }
    vectors[index] = readVector(item.embedding, service)
    seen++
  }
  if (seen !== count) throw wrong(`it answered ${seen} vectors for ${count} texts`)
  return vectors
}

function readVector(embedding: unknown, service: EmbeddingsService): Float32Array {
  const numbers = typeof embedding === 'string' ? fromBase64(embedding) : embedding
  const values =
    numbers instanceof Float32Array
      ? numbers
      : Array.isArray(numbers) && numbers.every((value) => typeof value === 'number')
        ? Float64Array.from(numbers as number[])
        : undefined
  if (!values || values.length === 0 || !values.every(Number.isFinite)) {
    throw failure(
      'encoder_failed',
      service,
      'a vector of its answer is neither base64 of float32 nor a list of numbers',
    )
  }
  if (service.dimensions !== undefined && values.length !== service.dimensions) {
    throw failure(
      'invalid_configuration',
      service,
      `its vectors have ${values.length} numbers where ${service.dimensions} are configured`,
      undefined,
      'Set dimensions to what the model makes.',
    )
  }
  return toUnitLength(values)
}

/** Little-endian float32; undefined when it is something else. */
function fromBase64(text: string): Float32Array | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0))
    return bytes.length % 4 === 0 ? new Float32Array(bytes.buffer) : undefined
  } catch {
    return undefined
  }
}

/** The code of an error in the shape of OpenAI's, or its type, in brackets; empty where there is neither. */
function codeIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { code?: unknown; type?: unknown } | null }
    const code = [error?.code, error?.type].find((one) => typeof one === 'string' && ERROR_CODE.test(one))
    return code === undefined ? '' : ` (${String(code)})`
  } catch {
    return ''
  }
}

/** The network's own words are in the cause of what fetch throws. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof Error) return cause.message || cause.name
  return error instanceof Error ? error.message : String(error)
}

function failure(
  code: ErrorCode,
  { url, model }: EmbeddingsService,
  what: string,
  cause?: unknown,
  hint = '',
): StrataError {
  const advice = hint === '' ? '' : ` ${hint}`
  return new StrataError(code, `Expected embeddings of ${model} from ${url}, but ${what}.${advice}`, {
    cause,
  })
}
