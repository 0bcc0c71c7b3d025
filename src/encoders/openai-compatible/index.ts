import { StrataError } from '../../errors/index.ts'
import { type EmbeddingsService, requestEmbeddings, type Surroundings } from './embeddings-request.ts'
import { OpenAiEncoder } from './openai-encoder.ts'

export type { Surroundings } from './embeddings-request.ts'
export type { OpenAiEncoder } from './openai-encoder.ts'

/** Which embeddings service to ask, and how. */
export interface OpenAiEncoderOptions {
  /** Such as `text-embedding-3-small`. */
  readonly model: string
  /** Default `https://api.openai.com/v1`. Anything that serves `/embeddings` below it will do: vLLM, Ollama, a gateway. */
  readonly baseUrl?: string
  /** Default: what the environment variable `OPENAI_API_KEY` says, if anything. */
  readonly apiKey?: string
  /** Numbers in a vector, a multiple of 16; asked of the service where given. Default: what it makes. */
  readonly dimensions?: number
  /** Texts in one request, 1..2048. Default 128. */
  readonly batchSize?: number
  /**
   * How long a request that is not full waits for texts of other calls, in milliseconds, 0..1000. Default 2; with 0 nothing
   * waits. A failure of a shared request is a failure of every call with a text in it.
   */
  readonly batchWindowMs?: number
  /** Requests under way at once, 1..256. Default 4. */
  readonly concurrency?: number
  /** How long one try may take, in milliseconds. Default 10000. */
  readonly timeoutMs?: number
  /** Further tries after a failure that may pass, 0..20. Default 3. */
  readonly retries?: number
  /** Memory for the vectors used last, in bytes; 0 keeps none. Default 64 MiB. */
  readonly cacheBytes?: number
  /** Network, time and chance, for tests. */
  readonly surroundings?: Partial<Surroundings>
}

const real: Surroundings = {
  fetch: (...given) => globalThis.fetch(...given),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        reject(signal.reason)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', end)
        resolve()
      }, milliseconds)
      signal.addEventListener('abort', end, { once: true })
    }),
  timer: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
  now: () => Date.now(),
  random: () => Math.random(),
}

/**
 * An encoder that asks a service which speaks OpenAI's `/v1/embeddings`. Makes one request, unless `dimensions` says how
 * long the vectors are.
 * @throws StrataError `invalid_configuration` when the key, the address or the model is wrong, `encoder_failed`
 */
export async function loadOpenAiEncoder(options: OpenAiEncoderOptions): Promise<OpenAiEncoder> {
  const surroundings = { ...real, ...options.surroundings }
  const service: EmbeddingsService = {
    url: `${checkedUrl(options.baseUrl ?? 'https://api.openai.com/v1')}/embeddings`,
    apiKey: options.apiKey ?? globalThis.process?.env.OPENAI_API_KEY,
    model: options.model,
    dimensions: options.dimensions,
    timeoutMs: wholeNumber('timeoutMs', options.timeoutMs ?? 10_000, 1, 600_000),
    retries: wholeNumber('retries', options.retries ?? 3, 0, 20),
  }
  const batchSize = wholeNumber('batchSize', options.batchSize ?? 128, 1, 2048)
  const batchWindowMs = wholeNumber('batchWindowMs', options.batchWindowMs ?? 2, 0, 1000)
  const concurrency = wholeNumber('concurrency', options.concurrency ?? 4, 1, 256)
  const cacheBytes = wholeNumber('cacheBytes', options.cacheBytes ?? 64 * 2 ** 20, 0, 2 ** 40)
  const dimensions =
    options.dimensions ??
    (await requestEmbeddings(service, ['a'], surroundings, new AbortController().signal))[0]!.length
  return new OpenAiEncoder({
    service,
    dimensions,
    batchSize,
    batchWindowMs,
    concurrency,
    cacheBytes,
    surroundings,
  })
}

function checkedUrl(baseUrl: string): string {
  const url = URL.parse(baseUrl)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return baseUrl.replace(/\/+$/, '')
  throw new StrataError(
    'invalid_configuration',
    `Expected baseUrl to be an http or https address such as https://api.openai.com/v1, got ${JSON.stringify(baseUrl)}.`,
  )
}

function wholeNumber(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new StrataError(
    'invalid_configuration',
    `Expected ${name} to be a whole number from ${least} to ${most}, got ${String(value)}.`,
  )
}
