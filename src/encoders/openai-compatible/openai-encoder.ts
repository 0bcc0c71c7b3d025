import type { AsyncEncoder, EncodeOptions, Timer } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { MicroBatcher } from '../../execution/micro-batcher.ts'
import { sha256 } from '../../util/sha256.ts'
import { type EmbeddingsService, requestEmbeddings, type Surroundings } from './embeddings-request.ts'
import { VectorCache } from './vector-cache.ts'

/** A text that has been asked for and has not come; several callers may wait for it. */
interface Flight {
  readonly vector: Promise<Float32Array>
  readonly abort: AbortController
  waiting: number
}

interface OpenAiEncoderParts {
  readonly service: EmbeddingsService
  readonly dimensions: number
  readonly batchSize: number
  readonly batchWindowMs: number
  readonly concurrency: number
  readonly cacheBytes: number
  readonly surroundings: Surroundings
}

/** An embeddings service at work: texts of all callers in batches, each text asked for once however many want it. */
export class OpenAiEncoder implements AsyncEncoder {
  readonly name: string
  readonly dimensions: number
  readonly fingerprint: string
  readonly #parts: OpenAiEncoderParts
  readonly #cache: VectorCache
  readonly #batcher: MicroBatcher<string, Float32Array>
  readonly #flights = new Map<string, Flight>()
  readonly #queue: (() => void)[] = []
  #underWay = 0

  /** An encoder of a service; `loadOpenAiEncoder` makes one from options. */
  constructor(parts: OpenAiEncoderParts) {
    this.name = parts.service.model
    this.dimensions = parts.dimensions
    // The service says no more of its weights than the name of the model.
    this.fingerprint = sha256(
      new TextEncoder().encode(`embeddings ${parts.service.model} ${parts.dimensions}`),
    )
    this.#parts = parts
    this.#cache = new VectorCache(parts.cacheBytes)
    const { batchWindowMs, surroundings } = parts
    this.#batcher = new MicroBatcher({
      run: (texts, signal) => this.#request(texts, signal),
      keyOf: (text) => text,
      windowMs: batchWindowMs,
      maxSize: parts.batchSize,
      // Texts that wait are in their callers' hands as well; to bound them is up to those.
      maxWaiting: Number.POSITIVE_INFINITY,
      timer: batchWindowMs === 0 ? atOnce : surroundings.timer,
    })
  }

  /** Costs requests for the texts that are neither kept nor on their way. An empty text is the zero vector. */
  async encodeMany(
    texts: readonly string[],
    { signal }: EncodeOptions = {},
  ): Promise<readonly Float32Array[]> {
    assertGoesOn(signal)
    const vectors = new Map<string, Float32Array>()
    const unknown: string[] = []
    for (const text of new Set(texts)) {
      const known = text.trim() === '' ? new Float32Array(this.dimensions) : this.#cache.get(text)
      if (known) vectors.set(text, known)
      else unknown.push(text)
    }
    await this.#collect(unknown, vectors, signal)
    return texts.map((text) => vectors.get(text) as Float32Array)
  }

  /** Waits for texts, asking for those that are not on their way. */
  async #collect(
    texts: readonly string[],
    vectors: Map<string, Float32Array>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const flights = texts.map((text) => this.#flights.get(text) ?? this.#ask(text))
    for (const flight of flights) flight.waiting++
    let leave = () => {}
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(aborted(signal))
      signal?.addEventListener('abort', leave, { once: true })
    })
    try {
      const made = await Promise.race([Promise.all(flights.map(({ vector }) => vector)), left])
      for (const [place, text] of texts.entries()) vectors.set(text, made[place]!)
    } finally {
      signal?.removeEventListener('abort', leave)
      for (const [place, flight] of flights.entries()) {
        if (--flight.waiting > 0) continue
        // Nobody wants it any more, and who asks from now on begins anew; of one that has landed the abort changes nothing.
        this.#flights.delete(texts[place]!)
        flight.abort.abort()
      }
    }
  }

  #ask(text: string): Flight {
    const abort = new AbortController()
    const vector = this.#batcher.submit(text, abort.signal)
    // Whoever waits hears of it; when nobody does any more, nobody need.
    vector.catch(() => undefined)
    const flight: Flight = { vector, abort, waiting: 0 }
    this.#flights.set(text, flight)
    return flight
  }

  #request(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    return this.#inTurn(signal, async () => {
      const { service, surroundings } = this.#parts
      const vectors = await requestEmbeddings(service, texts, surroundings, signal)
      for (const [place, text] of texts.entries()) this.#cache.set(text, vectors[place]!)
      return vectors
    })
  }

  /** At most `concurrency` requests are under way; the others wait in order. */
  async #inTurn<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    if (this.#underWay >= this.#parts.concurrency) {
      await new Promise<void>((resolve) => {
        this.#queue.push(resolve)
      })
    } else this.#underWay++
    try {
      signal.throwIfAborted()
      return await work()
    } finally {
      // Handed on to the next in line, or given back.
      const next = this.#queue.shift()
      if (next) next()
      else this.#underWay--
    }
  }
}

/** Waits for nothing but the end of what runs now, so that the texts of one call still go together. */
const atOnce: Timer = (callback) => {
  let isDue = true
  queueMicrotask(() => {
    if (isDue) callback()
  })
  return () => {
    isDue = false
  }
}

const aborted = (signal: AbortSignal | undefined) =>
  new StrataError('aborted', 'The encoding was aborted before it was done.', { cause: signal?.reason })

function assertGoesOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal)
}
