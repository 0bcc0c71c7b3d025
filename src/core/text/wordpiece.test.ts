import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PieceTrie } from './piece-trie.ts'
import { WordPiece } from './wordpiece.ts'

const VOCABULARY = (
  "[UNK] un ##aff ##able afford a ##a b ##b c ##c cafe ' ! ? 漢 字 σ ##σ ##α ß ᄒ ##ᅡ ##ᆫ ##ab ##abc - 1 ##2 [ ] unk " +
  '😀 ##😀 α = ##x x ##✓ ы'
).split(' ')
const UNKNOWN = '[UNK]'
const wordPiece = new WordPiece(VOCABULARY, { unknownId: 0, maxWordLength: 10 })

function pieces(text: string): string[] {
  const into = new Int32Array(1_000)
  return Array.from(into.subarray(0, wordPiece.tokenize(text, into)), (id) => VOCABULARY[id]!)
}

/** The same by the book, slowly, with the platform's Unicode. */
function slowPieces(text: string, maxWordLength: number): string[] {
  const entries = new Set(VOCABULARY)
  const clean = text
    .replaceAll(/[\t\n\r]/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd]/gu, '')
    .replaceAll(/\p{White_Space}/gu, ' ')
    .replaceAll(/[\u4e00-\u9fff]/g, ' $& ')
  const folded = Array.from(clean.normalize('NFD').replaceAll(/\p{Mn}/gu, ''), (c) => c.toLowerCase()).join(
    '',
  )
  const split = folded.replaceAll(/[!-/:-@[-`{-~]|\p{P}/gu, ' $& ').split(' ')
  return split
    .filter((word) => word !== '')
    .flatMap((word) => {
      const characters = [...word]
      if (characters.length > maxWordLength) return [UNKNOWN]
      const found: string[] = []
      for (let start = 0; start < characters.length; ) {
        let end = characters.length
        const entry = () => (start > 0 ? '##' : '') + characters.slice(start, end).join('')
        while (end > start && !entries.has(entry())) end--
        if (end === start) return [UNKNOWN]
        found.push(entry())
        start = end
      }
      return found
    })
}

const LETTERS = [
  ..."aabcABCxß12σΣςέéá ὰ漢字한 \t\u00a0!?-'=≠[]😀\u0301\u200d\u00ad\ufffd\u0000\u2028ы✓",
  'un',
  'aff',
  'able',
  'cafe',
]
const settledText = fc.array(fc.constantFrom(...LETTERS), { maxLength: 40 }).map((parts) => parts.join(''))

describe('WordPiece', () => {
  test.each([
    ['takes the longest entry first', 'unaffable', ['un', '##aff', '##able']],
    ['prefers a whole word', 'afford', ['afford']],
    ['gives up the whole word when a part is unknown', 'unaffordzz afford', [UNKNOWN, 'afford']],
    ['goes back to a shorter entry when the longer path ends', 'aabb', ['a', '##ab', '##b']],
    ['lower-cases and strips accents', 'CAFÉ Cafe\u0301', ['cafe', 'cafe']],
    ['sets punctuation apart', "a'b!?", ['a', "'", 'b', '!', '?']],
    ['sets Chinese characters apart', 'a漢字b', ['a', '漢', '字', 'b']],
    ['decomposes Hangul', '한', ['ᄒ', '##ᅡ', '##ᆫ']],
    ['lower-cases a final sigma like any other', 'ΣΣ', ['σ', '##σ']],
    ['leaves ß', 'ß', ['ß']],
    ['does not recognise special tokens', '[UNK]', ['[', 'unk', ']']],
    ['drops control characters without splitting', 'a\u0000\u00ad\u200db', ['a', '##b']],
    ['drops lone surrogates', 'a\ud800b \udc00', ['a', '##b']],
    ['splits at every kind of white space', 'a\tb\u00a0c\u2003a\u3000b', ['a', 'b', 'c', 'a', 'b']],
    ['splits a sign whose decomposition is punctuation', 'a≠b', ['a', '=', 'b']],
    ['knows characters outside the first plane', 'a😀', ['a', '##😀']],
    ['reads a word of the greatest length', 'a'.repeat(10), ['a', ...Array(9).fill('##a')]],
    ['does not know a longer word', 'a'.repeat(11), [UNKNOWN]],
    ['counts code points, not units', `a${'😀'.repeat(9)}`, ['a', ...Array(9).fill('##😀')]],
    ['has nothing to say of an empty text', ' \n\u200d', []],
  ])('%s', (_, text, expected) => {
    expect(pieces(text)).toEqual(expected)
  })

  test('stops reading when the array is full', () => {
    const into = new Int32Array(3)
    expect(wordPiece.tokenize('a b unaffable c', into)).toBe(3)
    expect(Array.from(into, (id) => VOCABULARY[id])).toEqual(['a', 'b', 'un'])
    expect(wordPiece.tokenize('a', new Int32Array(0))).toBe(0)
  })

  test('knows which words have an entry of their own', () => {
    expect(wordPiece.wordId('cafe')).toBe(VOCABULARY.indexOf('cafe'))
    expect(wordPiece.wordId('caf')).toBe(-1)
    expect(wordPiece.wordId('able')).toBe(-1)
    expect(wordPiece.wordId('')).toBe(-1)
  })

  test('says which entries of a vocabulary are the same', () => {
    expect(() => new PieceTrie(['a', 'b', 'a'])).toThrow('entries 0 and 2 are the same: "a"')
    expect(() => new PieceTrie(['a', ''])).toThrow('entry 1 is empty')
  })

  test('agrees with a slow implementation by the book', () => {
    fc.assert(
      fc.property(settledText, (text) => {
        expect(pieces(text)).toEqual(slowPieces(text, 10))
      }),
      { numRuns: 2_000 },
    )
  })

  test('never throws and gives known ids, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
        (text) => {
          expect(pieces(text).every((piece) => piece !== undefined)).toBe(true)
        },
      ),
    )
  })

  test('reads two texts with a space between them like each by itself', () => {
    fc.assert(
      fc.property(settledText, settledText, (left, right) => {
        expect(pieces(`${left} ${right}`)).toEqual([...pieces(left), ...pieces(right)])
      }),
    )
  })
})
