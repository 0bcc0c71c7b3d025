import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LexicalVocabulary, SparseVector } from '../features/lexical-vocabulary.ts'
import { LinearScorer } from '../heads/linear-scorer.ts'
import { quantiseRows } from '../vectors/quantised-rows.ts'
import { postingsFromWeights } from './postings.ts'
import { MOST_WORDS, WordRows } from './word-rows.ts'

const CLASSES = 700
const DIMS = 8
const SCALE = 0.6

const vocabulary = LexicalVocabulary.build([
  ['where', 'is', 'my', 'refund'],
  ['the', 'app', 'crashes', 'when', 'i', 'log', 'in'],
  ['refunds', 'and', 'invoices', '2024'],
])
/** Some features matter to many classes, so that they are rows, some to few. */
const weights = Float32Array.from({ length: vocabulary.size * CLASSES }, (_, i) => {
  const [feature, k] = [Math.floor(i / CLASSES), i % CLASSES]
  return k % (feature % 3 === 0 ? 2 : 97) === feature % 2 ? Math.sin(i) : 0
})
const postings = postingsFromWeights(weights, {
  skip: 0,
  features: vocabulary.size,
  classes: CLASSES,
  stride: CLASSES,
  least: 1e-9,
})
const newScorer = () =>
  new LinearScorer(quantiseRows(new Float32Array(CLASSES * DIMS), DIMS), postings, { hasWords: true })

function scoresOf(scorer: LinearScorer, rows: WordRows, words: readonly string[]): number[] {
  scorer.scoreVector(new Float32Array(DIMS))
  rows.addTo(
    words.map((word) => rows.wordOf(word)),
    words.length,
    SCALE,
  )
  return [...scorer.scores]
}

const known = ['where', 'refund', 'refunding', 'app', 'crash', 'log', 'in', 'the', 'invoice']
const anyWord = fc.oneof(
  fc.constantFrom(...known),
  fc.integer({ min: 0, max: 30 }).map(String),
  // So many different words that there are not rows for all, so few that each comes again.
  fc
    .string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: 2, maxLength: 2 })
    .map((end) => `refund${end}`),
)
const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.array(anyWord, { maxLength: 12 }) },
  { weight: 1, arbitrary: fc.array(anyWord, { minLength: MOST_WORDS - 20, maxLength: MOST_WORDS }) },
)

test('words say what their features say, one by one', () => {
  fc.assert(
    fc.property(anyText, (words) => {
      const scorer = newScorer()
      const scores = scoresOf(scorer, new WordRows(vocabulary, scorer), words)
      const sparse = new SparseVector()
      vocabulary.vectorise(words, SCALE, sparse)
      scorer.scoreVector(new Float32Array(DIMS))
      scorer.addSparse(sparse.ids, sparse.values, 0, sparse.count)
      scores.forEach((score, k) => {
        expect(score).toBeCloseTo(scorer.scores[k]!, 4)
      })
    }),
    { numRuns: 40 },
  )
})

test('what was scored before has no influence, to the bit, even when rows have run out', () => {
  const used = newScorer()
  const usedRows = new WordRows(vocabulary, used)
  expect(used.wordRows).toBeGreaterThan(2 * MOST_WORDS)
  fc.assert(
    fc.property(anyText, (words) => {
      const fresh = newScorer()
      const expected = scoresOf(fresh, new WordRows(vocabulary, fresh), words)
      // Twice, as a word is kept from the second time on.
      expect(scoresOf(used, usedRows, words)).toEqual(expected)
      expect(scoresOf(used, usedRows, words)).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})
