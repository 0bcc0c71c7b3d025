import type { Encoder } from '../../contracts/index.ts'
import type { TrainingRows } from '../heads/softmax-regression.ts'
import type { TrainingText } from '../training-texts.ts'
import { LexicalVocabulary } from './lexical-vocabulary.ts'
import { lexicalWords, QueryFeatures } from './query-features.ts'

/** Training rows with what is needed to score new texts in the same space. */
export interface FeaturisedTexts {
  readonly rows: TrainingRows
  readonly vocabulary: LexicalVocabulary
}

/** Class of the background texts: the one after the last route. */
export const backgroundClass = (routes: number) => routes

/**
 * Encodes every text and builds the vocabulary from all of them.
 * @param routes number of routes; texts of route -1 become class `routes`
 */
export function featuriseTexts(
  texts: readonly TrainingText[],
  routes: number,
  encoder: Encoder,
  lexicalScale: number,
): FeaturisedTexts {
  const words = texts.map((text) => lexicalWords(text.text))
  const vocabulary = LexicalVocabulary.build(words)
  const features = new QueryFeatures(encoder)
  const dims = encoder.dimensions
  const dense = new Float32Array(texts.length * dims)
  const offsets = new Int32Array(texts.length + 1)
  const chunks: { ids: Int32Array; values: Float32Array }[] = []
  texts.forEach((text, row) => {
    features.fill(text.text, words[row]!, vocabulary, lexicalScale)
    dense.set(features.dense, row * dims)
    const { ids, values, count } = features.sparse
    chunks.push({ ids: ids.slice(0, count), values: values.slice(0, count) })
    offsets[row + 1] = offsets[row]! + count
  })
  const total = offsets[texts.length]!
  const ids = new Int32Array(total)
  const values = new Float32Array(total)
  chunks.forEach((chunk, row) => {
    ids.set(chunk.ids, offsets[row]!)
    values.set(chunk.values, offsets[row]!)
  })
  const hasBackground = texts.some((text) => text.route < 0)
  return {
    vocabulary,
    rows: {
      count: texts.length,
      dims,
      sparseSize: vocabulary.size,
      classes: routes + (hasBackground ? 1 : 0),
      dense,
      offsets,
      ids,
      values,
      labels: Int32Array.from(texts, (text) => (text.route < 0 ? backgroundClass(routes) : text.route)),
      weights: Float32Array.from(texts, (text) => text.weight),
    },
  }
}
