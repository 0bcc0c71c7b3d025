import type { AsyncEncoder, EncodeOptions, Encoder } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'

/** Vectors by text, for as long as one decision or one fit takes. */
export type Vectors = Map<string, Float32Array>

const standIns = new WeakMap<AsyncEncoder, StandInEncoder>()

/**
 * Stands in for an encoder that has to be waited for: gives the vectors that are at hand, and notes the texts it has
 * none of. Holds nothing between two calls of `with`, so that it cannot grow.
 */
export class StandInEncoder implements Encoder {
  readonly name: string
  readonly dimensions: number
  readonly fingerprint: string
  readonly lexicon?: readonly string[]
  #vectors: Vectors = new Map()
  #missing = new Set<string>()

  /** @throws StrataError `dimension_mismatch` when the vectors are not of a length that the kernels take */
  constructor(encoder: AsyncEncoder) {
    if (!(encoder.dimensions > 0 && encoder.dimensions % 16 === 0)) {
      throw new StrataError(
        'dimension_mismatch',
        `Expected an encoder whose vectors have a multiple of 16 numbers, got ${encoder.dimensions} from ${encoder.name}. Fill them up with zeros, which changes no similarity, or ask the model for another size.`,
      )
    }
    this.name = encoder.name
    this.dimensions = encoder.dimensions
    this.fingerprint = encoder.fingerprint
    if (encoder.lexicon) this.lexicon = encoder.lexicon
  }

  /** One for all routers of an encoder, so that they share what is worked out once for its lexicon. */
  static for(encoder: AsyncEncoder): StandInEncoder {
    let standIn = standIns.get(encoder)
    if (!standIn) {
      standIn = new StandInEncoder(encoder)
      standIns.set(encoder, standIn)
    }
    return standIn
  }

  encode(text: string, into = new Float32Array(this.dimensions)): Float32Array {
    const vector = this.#vectors.get(text)
    if (vector) into.set(vector)
    else {
      this.#missing.add(text)
      into.fill(0)
    }
    return into
  }

  /** Runs `act`, which must not wait for anything, with these vectors; tells which others it would have needed. */
  with<Result>(vectors: Vectors, act: () => Result): { result: Result; missing: readonly string[] } {
    this.#vectors = vectors
    this.#missing = new Set()
    try {
      const result = act()
      return { result, missing: [...this.#missing] }
    } finally {
      this.#vectors = new Map()
    }
  }
}

/**
 * Encodes the texts that `vectors` lacks, in one call.
 * @throws StrataError `encoder_failed` when what comes back is not a vector for each
 */
export async function addVectors(
  vectors: Vectors,
  texts: Iterable<string>,
  encoder: AsyncEncoder,
  options: EncodeOptions,
): Promise<void> {
  const lacking = [...new Set(texts)].filter((text) => !vectors.has(text))
  if (lacking.length === 0) return
  const made = await encoder.encodeMany(lacking, options)
  const isWhole = made.length === lacking.length
  const wrong = made.find((vector) => vector.length !== encoder.dimensions || !vector.every(Number.isFinite))
  if (!isWhole || wrong) {
    throw new StrataError(
      'encoder_failed',
      `Expected ${lacking.length} vectors of ${encoder.dimensions} finite numbers from the encoder ${encoder.name}, got ${isWhole ? `one of ${wrong?.length}, or with numbers that are not finite` : made.length}.`,
    )
  }
  lacking.forEach((text, place) => {
    vectors.set(text, made[place] as Float32Array)
  })
}

/**
 * What `act` makes of vectors that are all there: it is run, what it lacked is encoded, and it is run again. While there
 * are none at all only the first text is fetched, the message itself, as more often than not that suffices.
 * @param act decides without side effects; it asks for a finite number of texts
 * @param vectors what is at hand; what is encoded is added
 */
export async function settle<Result>(
  standIn: StandInEncoder,
  encoder: AsyncEncoder,
  act: () => Result,
  options: EncodeOptions,
  vectors: Vectors = new Map(),
): Promise<Result> {
  for (;;) {
    const { result, missing } = standIn.with(vectors, act)
    if (missing.length === 0) return result
    await addVectors(vectors, vectors.size === 0 ? missing.slice(0, 1) : missing, encoder, options)
  }
}
