import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitWords } from './words.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.string({ unit: fc.constantFrom(..."aB1 é漢한😀👍🏽🇩🇪'’.-ﬁ①\u0301\u200d\ufe0f", '\ud83d') }),
)

describe('splitWords', () => {
  test.each([
    ['lower-cases', 'Where IS it', ['where', 'is', 'it']],
    ['joins at apostrophes', "What's John’s? I DON'T", ['whats', 'johns', 'i', 'dont']],
    ['takes quotation marks for separators', "'tis 'quoted' ‘so’", ['tis', 'quoted', 'so']],
    ['takes two apostrophes for a separator', "can''t can’’t", ['can', 't', 'can', 't']],
    ['strips accents, composed or not', 'Café naïve e\u0301te\u0301', ['cafe', 'naive', 'ete']],
    ['keeps digits', 'order 12-34 401k', ['order', '12', '34', '401k']],
    ['splits at punctuation', 'e-mail/phone_number, now...', ['e', 'mail', 'phone', 'number', 'now']],
    ['takes each emoji for a word', 'ok👍👍🏽no', ['ok', '👍', '👍', 'no']],
    ['keeps the letters of a flag together', '🇩🇪🇫🇷', ['🇩🇪', '🇫🇷']],
    ['takes each Chinese character for a word', '退款a', ['退', '款', 'a']],
    ['leaves Hangul whole', '환불 해주세요', ['환불', '해주세요']],
    ['reads full-width and other forms', 'ＯＫ ﬁne ① m² ℡', ['ok', 'fine', '1', 'm2', 'tel']],
    ['takes currency signs for words', '€50', ['€', '50']],
    ['drops invisible characters inside a word', 're\u00adfund\u200b', ['refund']],
    ['drops lone surrogates', 'a\ud800b', ['ab']],
    ['has nothing to say of an empty text', ' .\n', []],
  ])('%s', (_, text, expected) => {
    expect(splitWords(text).words).toEqual(expected)
  })

  test('says where each word stands', () => {
    const text = "It's é😀"
    const { words, starts, ends } = splitWords(text)
    expect(words.map((word, index) => [word, text.slice(starts[index], ends[index])])).toEqual([
      ['its', "It's"],
      ['e', 'é'],
      ['😀', '😀'],
    ])
  })

  test('gives words with increasing offsets inside the text, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { words, starts, ends } = splitWords(text)
        expect(starts.length).toBe(words.length)
        expect(ends.length).toBe(words.length)
        let end = 0
        words.forEach((word, index) => {
          expect(word).not.toBe('')
          expect(starts[index]).toBeGreaterThanOrEqual(end)
          end = ends[index]!
          expect(end).toBeGreaterThan(starts[index]!)
        })
        expect(end).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 1_000 },
    )
  })

  test('reads ASCII like the same text after a character of another script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        const { words, starts, ends } = splitWords(`漢${text}`)
        expect({
          words: words.slice(1),
          starts: starts.slice(1).map((start) => start - 1),
          ends: ends.slice(1).map((end) => end - 1),
        }).toEqual(splitWords(text))
      }),
      { numRuns: 1_000 },
    )
  })

  test('reads its own words again as they are', () => {
    expect(splitWords('\u0149').words).toEqual(['n'])
    fc.assert(
      fc.property(anyText, (text) => {
        const { words } = splitWords(text)
        expect(splitWords(words.join(' ')).words).toEqual(words)
      }),
      { numRuns: 1_000 },
    )
  })
})
