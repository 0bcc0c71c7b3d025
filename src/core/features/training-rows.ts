import type { Encoder } from '../../contracts/index.ts'
import type { TrainingRows } from '../heads/softmax-regression.ts'
import type { TrainingText } from '../training-texts.ts'
import { LexicalVocabulary, SparseVector } from './lexical-vocabulary.ts'
import { lexicalWords, QueryFeatures } from './query-features.ts'

/** Training rows with what is needed to score new texts in the same space. */
export interface FeaturisedTexts {
  readonly rows: TrainingRows
  readonly vocabulary: LexicalVocabulary
}

/** Class of the background texts: the one after the last route. */
const backgroundClass = (routes: number) => routes

// A few milliseconds of work.
const TEXTS_A_REPORT = 1000

/**
 * Encodes every text and builds the vocabulary from all of them.
 * @param routes number of routes; texts of route -1 become class `routes`
 * @param onTexts told now and then how many texts are done, of twice as many as there are: each is read twice, since
 *   keeping the words of 100,000 texts from one reading to the next would take more memory than it saves time
 */
export function featuriseTexts(
  texts: readonly TrainingText[],
  routes: number,
  encoder: Encoder,
  lexicalScale: number,
  onTexts: (done: number) => void = () => {},
): FeaturisedTexts {
  // Generic texts must not swell the vocabulary: what only they say is no evidence for any route.
  const own = texts.filter(({ kind }) => kind !== 'generic')
  const vocabulary = LexicalVocabulary.build(wordsOf(own, onTexts))
  const features = new QueryFeatures(encoder)
  const dims = encoder.dimensions
  const dense = new Float32Array(texts.length * dims)
  const offsets = new Int32Array(texts.length + 1)
  const sparse = new SparseVector()
  texts.forEach((text, row) => {
    features.fill(text.text, lexicalWords(text.text), vocabulary, lexicalScale)
    dense.set(features.dense, row * dims)
    sparse.append(features.sparse)
    offsets[row + 1] = sparse.count
    if (row % TEXTS_A_REPORT === 0) onTexts(texts.length + row)
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
      ids: sparse.ids.slice(0, sparse.count),
      values: sparse.values.slice(0, sparse.count),
      labels: Int32Array.from(texts, (text) => (text.route < 0 ? backgroundClass(routes) : text.route)),
      weights: Float32Array.from(texts, (text) => text.weight),
    },
  }
}

function* wordsOf(
  texts: readonly TrainingText[],
  onTexts: (done: number) => void,
): Generator<readonly string[]> {
  for (let row = 0; row < texts.length; row++) {
    if (row % TEXTS_A_REPORT === 0) onTexts(row)
    yield lexicalWords(texts[row]!.text)
  }
}
