import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SpellingCorrector } from './spelling.ts'
import { editDistance, isSpellable, SpellingIndex } from './spelling-index.ts'

const general = new SpellingIndex(
  ['the', 'what', 'where', 'there', 'phone', 'phones', 'light', 'house', 'order', 'count', 'wound'],
  1,
)
const corrector = new SpellingCorrector(
  new SpellingIndex(['refund', 'flight', 'account', 'balance', 'transaction'], 2),
  general,
)

const shortWord = fc.string({ unit: fc.constantFrom(...'abcde'), minLength: 3, maxLength: 9 })

/** Distance by the recursive definition. */
function slowDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const [restA, restB] = [a.slice(0, -1), b.slice(0, -1)]
  let distance = Math.min(
    slowDistance(restA, b) + 1,
    slowDistance(a, restB) + 1,
    slowDistance(restA, restB) + (a.at(-1) === b.at(-1) ? 0 : 1),
  )
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    distance = Math.min(distance, slowDistance(a.slice(0, -2), b.slice(0, -2)) + 1)
  }
  return distance
}

describe('SpellingCorrector', () => {
  test.each([
    ['a letter too few', 'refnd', 'refund'],
    ['a letter too many', 'refundd', 'refund'],
    ['a wrong letter', 'regund', 'refund'],
    ['two letters swapped', 'refudn', 'refund'],
    ['a missing first letter', 'efund', 'refund'],
    ['a general word', 'hosue', 'house'],
    ['an own word before a general one', 'lfight', 'flight'],
    ['the more frequent of two', 'phonee', 'phone'],
    ['a word that keeps the first letter before a more frequent one', 'wount', 'wound'],
    ['a swap before a more frequent word', 'phonse', 'phones'],
    ['two mistakes in a long own word', 'tranzactoin', 'transaction'],
  ])('corrects %s', (_, typed, meant) => {
    expect(corrector.correct(typed)).toBe(meant)
  })

  test.each([
    ['own words', 'refund'],
    ['general words', 'where'],
    ['contractions', 'dont'],
    ['words of three letters', 'teh'],
    ['words with digits', 'refun1'],
    ['words that resemble none', 'xylophone'],
    ['two mistakes in a short word', 'rfndd'],
    ['two mistakes in a general word', 'xhoouse'],
    ['emoji', '👍👍'],
    ['very long words', 'refund'.repeat(10)],
    ['the empty word', ''],
  ])('leaves %s alone', (_, typed) => {
    expect(corrector.correct(typed)).toBeNull()
  })

  test('knows own and general words', () => {
    expect(['refund', 'where', 'cant', 'refnd'].map((word) => corrector.isKnown(word))).toEqual([
      true,
      true,
      true,
      false,
    ])
  })
})

describe('SpellingIndex', () => {
  test('measures the distance as defined', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abc'), maxLength: 6 }),
        fc.string({ unit: fc.constantFrom(...'abc'), maxLength: 6 }),
        fc.integer({ min: 0, max: 3 }),
        (a, b, limit) => {
          expect(editDistance(a, b, limit)).toBe(Math.min(slowDistance(a, b), limit + 1))
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('finds a word at the distance whenever there is one, and never the word itself', () => {
    fc.assert(
      fc.property(
        fc.array(shortWord, { maxLength: 30 }),
        shortWord,
        fc.constantFrom(1, 2),
        (words, word, distance) => {
          const limit = distance as 1 | 2
          const found = new SpellingIndex(words, limit).nearest(word, limit)
          const near = words.filter((other) => other !== word && editDistance(other, word, limit) <= limit)
          if (near.length === 0) expect(found).toBeNull()
          else expect(near).toContain(found)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('has the words that can be spelt, once each', () => {
    const index = new SpellingIndex(['abc', 'ab', 'abc', 'a1c', 'ÀÉ', 'éàü', 'x'.repeat(41)], 1)
    expect([...Array(index.size).keys()].map((id) => index.wordAt(id))).toEqual(['abc', 'éàü'])
    expect(index.has('abc')).toBe(true)
    expect(index.has('ab')).toBe(false)
  })

  test('takes no word with anything but letters for spellable', () => {
    expect(['abc', 'straße', 'привет', 'ab', 'a b', 'abc1', "don't", '👍👍', 'Abc'].map(isSpellable)).toEqual(
      [true, true, true, false, false, false, false, false, false],
    )
  })

  test('never offers the word itself', () => {
    expect(new SpellingIndex(['abcd', 'abce'], 1).nearest('abcd', 1)).toBe('abce')
  })

  test('is empty without words', () => {
    expect(new SpellingIndex([], 2).nearest('word', 2)).toBeNull()
  })
})
