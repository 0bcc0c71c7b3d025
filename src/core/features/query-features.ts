import type { Encoder } from '../../contracts/index.ts'
import { wordsOf } from '../text/words.ts'
import { type LexicalVocabulary, SparseVector } from './lexical-vocabulary.ts'

/**
 * How much the words weigh beside the vector, by mean examples a route: 0.35 at one, 0.6 at ten, 0.85 at a hundred.
 * More examples make single words more trustworthy; chosen by validation inside the training data of CLINC150 and HWU64.
 */
export function lexicalScaleFor(examplesPerRoute: number): number {
  const decades = Math.log10(Math.min(1000, Math.max(1, examplesPerRoute)))
  return Math.round((0.35 + 0.25 * decades) * 1000) / 1000
}

/** Both views of one text, reused from query to query. */
export class QueryFeatures {
  readonly dense: Float32Array
  readonly sparse = new SparseVector()
  readonly #encoder: Encoder

  constructor(encoder: Encoder) {
    this.#encoder = encoder
    this.dense = new Float32Array(encoder.dimensions)
  }

  /** Fills both views. `words` are those of `text` after spelling correction. */
  fill(text: string, words: readonly string[], vocabulary: LexicalVocabulary, lexicalScale: number): void {
    this.#encoder.encode(text, this.dense)
    vocabulary.vectorise(words, lexicalScale, this.sparse)
  }
}

/** The words of a text as the lexical features know them. */
export function lexicalWords(text: string): readonly string[] {
  return wordsOf(text)
}
