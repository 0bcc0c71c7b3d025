import type { AsyncEncoder, EncodeOptions } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { sha256 } from '../../util/sha256.ts'
import { type EmbeddingsService, requestEmbeddings, type Surroundings } from './embeddings-request.ts'
import { VectorCache } from './vector-cache.ts'

/** One request under way, which several callers may wait for. */
interface Flight {
  readonly vectors: Promise<readonly Float32Array[]>
  readonly abort: AbortController
  waiting: number
}

interface OpenAiEncoderParts {
  readonly service: EmbeddingsService
  readonly dimensions: number
  readonly batchSize: number
  readonly concurrency: number
  readonly cacheBytes: number
  readonly surroundings: Surroundings
}

/** An embeddings service at work: texts in batches, each text asked for once however many want it. */
export class OpenAiEncoder implements AsyncEncoder {
  readonly name: string
  readonly dimensions: number
  readonly fingerprint: string
  readonly #parts: OpenAiEncoderParts
  readonly #cache: VectorCache
  /** Where a text is that has been asked for and has not come. */
  readonly #flights = new Map<string, { readonly flight: Flight; readonly place: number }>()
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
    const fresh = unknown.filter((text) => !this.#flights.has(text))
    for (let start = 0; start < fresh.length; start += this.#parts.batchSize) {
      this.#send(fresh.slice(start, start + this.#parts.batchSize))
    }
    await this.#collect(unknown, vectors, signal)
    return texts.map((text) => vectors.get(text) as Float32Array)
  }

  /** Waits for the flights that carry these texts. */
  async #collect(
    texts: readonly string[],
    vectors: Map<string, Float32Array>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const seats = texts.map((text) => ({ text, ...this.#flights.get(text)! }))
    const flights = [...new Set(seats.map(({ flight }) => flight))]
    for (const flight of flights) flight.waiting++
    let leave = () => {}
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(aborted(signal))
      signal?.addEventListener('abort', leave, { once: true })
    })
    try {
      for (const flight of flights) await Promise.race([flight.vectors, left])
      for (const { text, flight, place } of seats) vectors.set(text, (await flight.vectors)[place]!)
    } finally {
      signal?.removeEventListener('abort', leave)
      for (const flight of flights) {
        flight.waiting--
        // Nobody wants it any more; of one that has landed this changes nothing.
        if (flight.waiting === 0) flight.abort.abort()
      }
    }
  }

  #send(texts: readonly string[]): void {
    const abort = new AbortController()
    const vectors = this.#inTurn(abort.signal, async () => {
      const { service, surroundings } = this.#parts
      const made = await requestEmbeddings(service, texts, surroundings, abort.signal)
      texts.forEach((text, place) => {
        this.#cache.set(text, made[place]!)
      })
      return made
    }).finally(() => {
      for (const text of texts) if (this.#flights.get(text)?.flight === flight) this.#flights.delete(text)
    })
    // Whoever waits hears of it; when nobody does any more, nobody need.
    vectors.catch(() => undefined)
    const flight: Flight = { vectors, abort, waiting: 0 }
    abort.signal.addEventListener('abort', () => {
      // Who asks from now on begins anew.
      for (const text of texts) if (this.#flights.get(text)?.flight === flight) this.#flights.delete(text)
    })
    texts.forEach((text, place) => {
      this.#flights.set(text, { flight, place })
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

const aborted = (signal: AbortSignal | undefined) =>
  new StrataError('aborted', 'The encoding was aborted before it was done.', { cause: signal?.reason })

function assertGoesOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal)
}
