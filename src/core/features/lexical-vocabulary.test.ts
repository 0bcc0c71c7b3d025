import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LexicalVocabulary, SparseVector } from './lexical-vocabulary.ts'

const LONGEST_WORD = 40

/** Names of the features of a text: words and pairs of neighbours in one list, n-grams in the other. */
function naiveFeatures(text: readonly string[]): { wordsAndPairs: string[]; grams: string[] } {
  const words = text.map((word) => word.slice(0, LONGEST_WORD))
  const wordsAndPairs: string[] = []
  const grams: string[] = []
  words.forEach((word, place) => {
    wordsAndPairs.push(`word ${word}`)
    if (place > 0) wordsAndPairs.push(`pair ${words[place - 1]} ${word}`)
    const marked = `<${word}>`
    for (let length = 3; length <= 5; length++) {
      for (let start = 0; start + length <= marked.length; start++)
        grams.push(`gram ${marked.slice(start, start + length)}`)
    }
  })
  return { wordsAndPairs, grams }
}

/** The vocabulary as a Map of names, slowly. */
class NaiveVocabulary {
  readonly texts: number
  readonly documents = new Map<string, number>()

  constructor(texts: readonly (readonly string[])[]) {
    this.texts = texts.length
    for (const text of texts) {
      const { wordsAndPairs, grams } = naiveFeatures(text)
      for (const name of new Set([...wordsAndPairs, ...grams])) {
        this.documents.set(name, (this.documents.get(name) ?? 0) + 1)
      }
    }
  }

  weight(name: string): number {
    return Math.fround(Math.log((1 + this.texts) / (1 + this.documents.get(name)!)) + 1)
  }

  /** Values of known features, occurrences added up: each half of length scale * sqrt(1/2). */
  vectorise(text: readonly string[], scale: number): number[] {
    const { wordsAndPairs, grams } = naiveFeatures(text)
    return [wordsAndPairs, grams].flatMap((half) => {
      const totals = new Map<string, number>()
      for (const name of half) {
        if (this.documents.has(name)) totals.set(name, (totals.get(name) ?? 0) + this.weight(name))
      }
      const length = Math.hypot(...totals.values())
      return [...totals.values()].map((total) => (total * scale * Math.SQRT1_2) / length)
    })
  }
}

const anyWord = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('pay', 'paid', 'bill', 'the', 'song', 'a', 'zürich', '😀', '支') },
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom(...'abcxyz'), minLength: 1, maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 35, max: 150 }).map((length) => 'long'.repeat(40).slice(0, length)),
  },
)
const anyText = fc.array(anyWord, { maxLength: 8 })
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b)

describe('the lexical vocabulary', () => {
  it('knows the features, and weighs them, as a map of their names would', () => {
    fc.assert(
      fc.property(
        fc.array(anyText, { maxLength: 6 }),
        fc.array(anyText, { minLength: 1, maxLength: 4 }),
        (texts, queries) => {
          const vocabulary = LexicalVocabulary.build(texts)
          const naive = new NaiveVocabulary(texts)
          expect(vocabulary.size).toBe(naive.documents.size)
          expect(sorted(vocabulary.inverseFrequencies)).toStrictEqual(
            sorted([...naive.documents.keys()].map((name) => naive.weight(name))),
          )
          const vector = new SparseVector()
          for (const query of [...texts, ...queries]) {
            vocabulary.vectorise(query, 0.6, vector)
            const values = sorted(vector.values.subarray(0, vector.count))
            const expected = sorted(naive.vectorise(query, 0.6))
            expect(values).toHaveLength(expected.length)
            values.forEach((value, place) => {
              expect(value).toBeCloseTo(expected[place]!, 5)
            })
            for (const word of query) {
              expect(vocabulary.wordOf(word).id >= 0).toBe(
                naive.documents.has(`word ${word.slice(0, LONGEST_WORD)}`),
              )
            }
          }
        },
      ),
    )
  })

  it('gives a feature the same id in every text', () => {
    const vocabulary = LexicalVocabulary.build([['pay', 'bill'], ['song'], ['bill', 'song']])
    const idsOf = (...words: string[]) => {
      const vector = new SparseVector()
      vocabulary.vectorise(words, 1, vector)
      return new Set(vector.ids.subarray(0, vector.count))
    }
    const [pay, bill, song] = [idsOf('pay'), idsOf('bill'), idsOf('song')]
    const together = idsOf('pay', 'song')
    expect([...together].sort()).toStrictEqual([...new Set([...pay, ...song])].sort())
    // The pair has an id of its own.
    expect(idsOf('pay', 'bill').size).toBe(new Set([...pay, ...bill]).size + 1)
  })

  it('is the same made from its two arrays, whatever was looked up before', () => {
    fc.assert(
      fc.property(
        fc.array(anyText, { minLength: 1, maxLength: 5 }),
        fc.array(anyText, { maxLength: 5 }),
        (texts, queries) => {
          const built = LexicalVocabulary.build(texts)
          const loaded = new LexicalVocabulary(built.hashes, built.inverseFrequencies)
          const [a, b] = [new SparseVector(), new SparseVector()]
          for (const query of [...queries, ...texts, ...queries]) {
            built.vectorise(query, 0.5, a)
            loaded.vectorise(query, 0.5, b)
            expect(b.ids.slice(0, b.count)).toStrictEqual(a.ids.slice(0, a.count))
            expect(b.values.slice(0, b.count)).toStrictEqual(a.values.slice(0, a.count))
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('does not depend on how many other words it has seen in queries', () => {
    const vocabulary = LexicalVocabulary.build([['pay', 'the', 'bill']])
    const vectorOf = () => {
      const vector = new SparseVector()
      vocabulary.vectorise(['pay', 'the', 'bill', 'unknown'], 1, vector)
      return [vector.ids.slice(0, vector.count), vector.values.slice(0, vector.count)]
    }
    const before = vectorOf()
    for (let place = 0; place < 45_000; place++) vocabulary.wordOf(`w${place}`)
    expect(vectorOf()).toStrictEqual(before)
  })

  it('is empty for no texts and for texts without words', () => {
    for (const texts of [[], [[]], [[], []]]) {
      const vocabulary = LexicalVocabulary.build(texts)
      const vector = new SparseVector()
      vocabulary.vectorise(['anything'], 1, vector)
      expect([vocabulary.size, vector.count]).toStrictEqual([0, 0])
    }
  })
})
