/** Turns a text into a vector. The router computes similarities as dot products, so vectors have unit length. */
export interface Encoder {
  /** For people and for messages about a snapshot of another encoder. */
  readonly name: string
  /** Length of every vector, a multiple of 16. */
  readonly dimensions: number
  /** Changes whenever the same text might get another vector; snapshots made with another fingerprint are refused. */
  readonly fingerprint: string
  /**
   * The unit vector of `text`, or the zero vector when nothing in the text is known.
   * @param into a Float32Array of `dimensions` to fill and return, so that a hot path allocates nothing
   * @remarks Synchronous and deterministic: same text, same bits, on every platform.
   */
  encode(text: string, into?: Float32Array): Float32Array
  /**
   * Whole words of the encoder's language, most frequent first; what an unknown word of a query may be a misspelling
   * of. Without it only words of the route set itself are corrected to.
   */
  readonly lexicon?: readonly string[]
}

/** An encoder that has to be waited for: a model that takes milliseconds, or one behind a network. */
export interface AsyncEncoder {
  /** For people and for messages about a snapshot of another encoder. */
  readonly name: string
  /** Length of every vector, a multiple of 16. */
  readonly dimensions: number
  /** Changes whenever the same text might get another vector; snapshots made with another fingerprint are refused. */
  readonly fingerprint: string
  /**
   * The unit vectors of `texts`, in their order; the zero vector where nothing in a text is known.
   * @param texts any number; the encoder divides them into batches as suits it
   * @throws StrataError `encoder_failed` when they cannot be had, `aborted` when `signal` is
   */
  encodeMany(texts: readonly string[], options?: EncodeOptions): Promise<readonly Float32Array[]>
  /** As in `Encoder`. */
  readonly lexicon?: readonly string[]
}

/** How to encode texts that have to be waited for. */
export interface EncodeOptions {
  /** Gives up; the promise then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
}
