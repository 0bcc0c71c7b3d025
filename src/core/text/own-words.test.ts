import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OwnWords } from './own-words.ts'

const word = fc.string({ unit: fc.constantFrom(...'abcde'), minLength: 3, maxLength: 8 })
const text = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '))

/** What anybody can find out about the words. */
function seen(words: OwnWords, asked: readonly string[]) {
  return asked.map((typed) => [words.has(typed), words.nearest(typed, 1), words.nearest(typed, 2)])
}

describe('the words of a route set', () => {
  it('are after any edits what they are when made afresh', () => {
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 12 }),
        fc.array(
          fc.record({ come: fc.array(text, { maxLength: 4 }), gone: fc.array(fc.nat(), { maxLength: 4 }) }),
          {
            minLength: 1,
            maxLength: 5,
          },
        ),
        fc.array(word, { maxLength: 20 }),
        (texts, edits, asked) => {
          let words = OwnWords.of(texts)
          let present = texts
          for (const { come, gone } of edits) {
            const places = new Set(gone.map((place) => place % Math.max(1, present.length)))
            const taken = present.filter((_, place) => places.has(place))
            words = words.edited(taken, come)
            present = [...present.filter((_, place) => !places.has(place)), ...come]
            expect(seen(words, asked)).toEqual(seen(OwnWords.of(present), asked))
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('stay what they were beside those that an edit makes', () => {
    const words = OwnWords.of(['refund my order', 'refund it'])
    const edited = words.edited(['refund my order'], ['cancel the flight'])
    expect(seen(words, ['refund', 'order', 'flight'])).toEqual([
      [true, null, null],
      [true, null, null],
      [false, null, null],
    ])
    expect(seen(edited, ['order', 'flihgt'])).toEqual([
      [false, null, null],
      [false, 'flight', 'flight'],
    ])
  })

  it('are the same after many edits that bring more new words than there were', () => {
    const letters = 'abcdefghij'
    const wordOf = (n: number) => [...String(n + 10_000)].map((digit) => letters[Number(digit)]).join('')
    let words = OwnWords.of([wordOf(0)])
    for (let n = 1; n <= 400; n++) words = words.edited([], [`${wordOf(n)} ${wordOf(n - 1)}`])
    const fresh = OwnWords.of(
      Array.from({ length: 401 }, (_, n) => (n < 400 ? `${wordOf(n)} ${wordOf(n)}` : wordOf(n))),
    )
    const asked = Array.from({ length: 100 }, (_, n) => `${wordOf(n * 7)}x`)
    expect(seen(words, asked)).toEqual(seen(fresh, asked))
  })
})
