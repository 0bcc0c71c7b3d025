import { describe, expect, test } from 'vitest'
import {
  classOf,
  compatibleFoldOf,
  type Fold,
  foldOf,
  IDEOGRAPH,
  LETTER,
  PUNCTUATION,
  REMOVED,
  SPACE,
} from './characters.ts'

// Blocks that every supported Unicode version describes alike.
const SETTLED_BLOCKS = [
  [0x00, 0x24f], // Latin
  [0x250, 0x2af], // phonetic
  [0x300, 0x36f], // combining marks
  [0x370, 0x3ff], // Greek
  [0x400, 0x52f], // Cyrillic
  [0x5d0, 0x5ea], // Hebrew
  [0x620, 0x6ff], // Arabic
  [0x904, 0x94d], // Devanagari
  [0xe01, 0xe3a], // Thai
  [0x10a0, 0x10ff], // Georgian
  [0x1e00, 0x1fff], // Latin and Greek, extended
  [0x2000, 0x2065], // general punctuation
  [0x20a0, 0x20b9], // currencies
  [0x2100, 0x23ff], // letterlike, arrows, mathematics
  [0x2500, 0x26ff], // symbols
  [0x3000, 0x30ff], // kana
  [0xff01, 0xffef], // full-width
  [0x10400, 0x1044f], // Deseret
  [0x1f300, 0x1f5ff], // pictures
] as const
const ASCII_SYMBOLS = /[$+<=>^`|~]/

function expectedClass(codePoint: number): number {
  const character = String.fromCodePoint(codePoint)
  if (/[\t\n\r]/.test(character) || /\p{Zs}|[\u2028\u2029]/u.test(character)) return SPACE
  const folded = character.normalize('NFD').replaceAll(/\p{Mn}/gu, '')
  if (folded === '' || /[\p{Cc}\p{Cf}\p{Co}]/u.test(character)) return REMOVED
  return ASCII_SYMBOLS.test(folded) || /\p{P}/u.test(folded) ? PUNCTUATION : LETTER
}

const asText = (fold: Fold) => String.fromCodePoint(...(typeof fold === 'number' ? [fold] : fold))

describe('the character table', () => {
  test.each(SETTLED_BLOCKS)('says what Unicode says from %i to %i', (first, last) => {
    const wrong: string[] = []
    for (let codePoint = first; codePoint <= last; codePoint++) {
      const character = String.fromCodePoint(codePoint)
      if (/\p{Cn}/u.test(character)) continue
      const characterClass = classOf(codePoint)
      if (characterClass !== expectedClass(codePoint)) wrong.push(`class of ${codePoint.toString(16)}`)
      if (characterClass !== LETTER && characterClass !== PUNCTUATION) continue
      const fold = character
        .normalize('NFD')
        .replaceAll(/\p{Mn}/gu, '')
        .toLowerCase()
      if (asText(foldOf(codePoint)) !== fold) wrong.push(`fold of ${codePoint.toString(16)}`)
    }
    expect(wrong).toEqual([])
  })

  test.each([
    ['the first Chinese character', 0x4e00, IDEOGRAPH],
    ['a rare Chinese character', 0x20000, IDEOGRAPH],
    ['a Hangul syllable', 0xac00, LETTER],
    ['an emoji', 0x1f600, LETTER],
    ['a lone surrogate', 0xd800, REMOVED],
    ['the last lone surrogate', 0xdfff, REMOVED],
    ['the replacement character', 0xfffd, REMOVED],
    ['a private character', 0xe000, REMOVED],
    ['a variation selector', 0xfe0f, REMOVED],
    ['the last code point', 0x10ffff, LETTER],
  ])('reads %s', (_, codePoint, expected) => {
    expect(classOf(codePoint)).toBe(expected)
  })

  test('folds a capital sigma alike everywhere in a word', () => {
    expect(foldOf(0x3a3)).toBe(0x3c3)
    expect(foldOf(0x3c2)).toBe(0x3c2)
  })

  test('folds a compatibility ideograph to the unified one', () => {
    expect(foldOf(0xf900)).toBe(0x8c48)
  })

  test('reads compatibility forms as what they stand for', () => {
    const read = (text: string) =>
      Array.from(text, (c) => asText(compatibleFoldOf(c.codePointAt(0)!))).join('')
    expect(read('Ｒｅｆｕｎｄ ﬁ ① ² ™ 𝓪 Ⅷ')).toBe('refund fi 1 2 tm a viii')
  })
})
