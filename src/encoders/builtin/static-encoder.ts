import type { Encoder } from '../../contracts/index.ts'
import { WordPiece } from '../../core/text/wordpiece.ts'
import { createKernels, type Kernels } from '../../core/vectors/kernels.ts'
import { StrataError } from '../../errors/index.ts'
import type { ModelFile } from './model-file.ts'

/** A text of 32 KiB has at most half as many tokens. */
const MAX_TOKENS = 65_536
const MOST_DIMENSIONS = 4_096
const LEXICON_MINIMUM_LETTERS = 3
const ID_BYTES = MAX_TOKENS * Int32Array.BYTES_PER_ELEMENT

/** Memory for the kernels with room for a weights file, which is then encoded from where it lies. */
export interface ModelMemory {
  readonly kernels: Kernels
  /** Where the file belongs, to be filled before it is parsed. */
  readonly file: Uint8Array
}

/** @param simd false forces plain TypeScript (tests compare the two) */
export function allocateModelMemory(fileBytes: number, simd = true): ModelMemory {
  const outBytes = MOST_DIMENSIONS * Float32Array.BYTES_PER_ELEMENT
  const kernels = createKernels(fileBytes + ID_BYTES + outBytes + 3 * 16, simd)
  return { kernels, file: new Uint8Array(kernels.buffer, kernels.allocate(fileBytes), fileBytes) }
}

/**
 * Encoder whose vector is the unit-length sum of one vector a token, so that encoding is a few look-ups.
 * Same text, same bits, with SIMD or without, on every platform.
 */
export class StaticEncoder implements Encoder {
  /** Name of the weights. */
  readonly name: string
  /** Length of every vector. */
  readonly dimensions: number
  /** SHA-256 of the weights, hex; snapshots name it. */
  readonly fingerprint: string
  /** Tokens that are read of one text; what comes after them has no effect. */
  readonly maxInputTokens = MAX_TOKENS

  readonly #words: WordPiece
  readonly #kernels: Kernels
  readonly #rows: number
  readonly #scales: number
  readonly #ids: number
  readonly #out: number
  readonly #idView: Int32Array
  readonly #outView: Float32Array
  readonly #model: ModelFile

  /**
   * Prepares weights that lie in the memory of kernels already; `createStaticEncoder` puts them there.
   * @param model from `parseModelFile`
   * @param kernels whose memory holds the weights of `model`, and has room for the scratch of a text
   * @throws StrataError `invalid_model` when the vocabulary has an empty entry or one twice
   */
  constructor(model: ModelFile, kernels: Kernels) {
    this.name = model.name
    this.dimensions = model.dimensions
    this.fingerprint = model.fingerprint
    this.#model = model
    try {
      this.#words = new WordPiece(model.vocabulary, model)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new StrataError(
        'invalid_model',
        `Expected a vocabulary of different entries, but: ${error.message}. Fetch the weights file again.`,
      )
    }
    this.#kernels = kernels
    this.#rows = model.rows.byteOffset
    this.#scales = model.scales.byteOffset
    this.#ids = kernels.allocate(ID_BYTES)
    this.#out = kernels.allocate(model.dimensions * Float32Array.BYTES_PER_ELEMENT)
    this.#idView = new Int32Array(kernels.buffer, this.#ids, MAX_TOKENS)
    this.#outView = new Float32Array(kernels.buffer, this.#out, model.dimensions)
  }

  /** Whether the weights are summed by WASM SIMD. */
  get simd(): boolean {
    return this.#kernels.simd
  }

  /**
   * The unit vector of `text`, or the zero vector when it has no word.
   * @param into a Float32Array of `dimensions` to fill and return
   * @throws StrataError `dimension_mismatch` when `into` has another length; never because of the text
   * @remarks About 1 µs for ten words with SIMD, 3 µs without; linear in the text.
   */
  encode(text: string, into?: Float32Array): Float32Array {
    if (into !== undefined && into.length !== this.dimensions) {
      throw new StrataError(
        'dimension_mismatch',
        `Expected an array of ${this.dimensions} numbers to encode into, got ${into.length}. Make it as long as encoder.dimensions.`,
      )
    }
    const count = this.#words.tokenize(text, this.#idView)
    this.#kernels.poolRows(this.#ids, count, this.#rows, this.#scales, this.dimensions, this.#out)
    if (into === undefined) return this.#outView.slice()
    into.set(this.#outView)
    return into
  }

  /** Token ids of `text`, in order; at most `maxInputTokens`. */
  tokenIds(text: string): number[] {
    return Array.from(this.#idView.subarray(0, this.#words.tokenize(text, this.#idView)))
  }

  /**
   * Place of a whole word in the vocabulary, which is roughly by frequency: lower is more frequent; -1 when the word
   * has no entry of its own.
   * @param word in lower case without accents, as `splitWords` gives it
   */
  wordRank(word: string): number {
    return this.#words.wordId(word)
  }

  /** The whole words of at least three letters, most frequent first: about 21,000 for English. Made at each access, in 5 ms. */
  get lexicon(): readonly string[] {
    const isWord = new RegExp(`^\\p{L}{${LEXICON_MINIMUM_LETTERS},}$`, 'u')
    return this.#model.vocabulary.filter((entry) => isWord.test(entry))
  }
}
