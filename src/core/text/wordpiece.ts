import { unitAt } from '../../util/unit-at.ts'
import {
  type CharacterClass,
  CharacterPages,
  classOf,
  foldOf,
  IDEOGRAPH,
  LETTER,
  PUNCTUATION,
  REMOVED,
  SPACE,
} from './characters.ts'
import { PieceTrie } from './piece-trie.ts'

interface WordPieceOptions {
  /** Id of a word that cannot be put together from the vocabulary. */
  readonly unknownId: number
  /** A longer word, in code points of its folded form, is unknown. Default 100. */
  readonly maxWordLength?: number
}

// A folded character is a number: its class in the low three bits, above them the symbol of the trie (0: in no
// entry), or for SEVERAL the place of its symbols.
const CLASS_BITS = 3
const CLASS_MASK = 7
const SEVERAL = 5
const HANGUL = 6

// Hangul syllables are composed of two or three jamo by arithmetic (Unicode, section 3.12).
const HANGUL_FIRST = 0xac00
const LEADING_FIRST = 0x1100
const VOWEL_FIRST = 0x1161
const TRAILING_BASE = 0x11a7
const VOWELS = 21
const TRAILINGS = 28
const isHangulSyllable = (codePoint: number) => codePoint >= HANGUL_FIRST && codePoint <= 0xd7a3

/**
 * BERT's uncased tokenisation: control characters dropped, ideographs and punctuation apart, accents stripped, lower
 * case, then the longest vocabulary entry first. Special tokens are neither added nor recognised.
 * @remarks Linear in the text: every step of every word is bounded by the longest entry. No cache, nothing that grows.
 * @see Devlin et al., 2019, "BERT"; Wu et al., 2016, "Google's Neural Machine Translation System", section 4.1
 */
export class WordPiece {
  readonly #trie: PieceTrie
  readonly #unknownId: number
  readonly #maxWordLength: number
  readonly #pages: CharacterPages
  readonly #firstPage: Uint32Array
  readonly #several: number[][] = []
  readonly #word: Uint16Array

  /**
   * @param vocabulary all entries, the place being the id; entries that continue a word begin with `##`
   * @throws RangeError when an entry occurs twice or the vocabulary is too large for the trie
   */
  constructor(vocabulary: readonly string[], options: WordPieceOptions) {
    this.#trie = new PieceTrie(vocabulary)
    this.#unknownId = options.unknownId
    this.#maxWordLength = options.maxWordLength ?? 100
    this.#word = new Uint16Array(this.#maxWordLength)
    this.#pages = new CharacterPages((codePoint) => this.#describe(codePoint))
    this.#firstPage = this.#pages.page(0)
  }

  #describe(codePoint: number): number {
    const characterClass: CharacterClass = classOf(codePoint)
    if (characterClass === REMOVED || characterClass === SPACE) return characterClass
    if (isHangulSyllable(codePoint)) return HANGUL
    const folded = foldOf(codePoint)
    if (typeof folded === 'number') return characterClass | (this.#trie.symbolOf(folded) << CLASS_BITS)
    this.#several.push(folded.map((part) => this.#trie.symbolOf(part)))
    return SEVERAL | ((this.#several.length - 1) << CLASS_BITS)
  }

  /**
   * Fills `into` with the token ids of `text`, in order, and returns how many there are.
   * @param into when it is full the rest of the text is not read
   * @remarks About 5 ns a character; allocates nothing; never throws, also for lone surrogates (they are dropped).
   */
  tokenize(text: string, into: Int32Array): number {
    const pages = this.#pages
    const firstPage = this.#firstPage
    const word = this.#word
    const maxWordLength = this.#maxWordLength
    const room = into.length
    const textLength = text.length
    if (room === 0) return 0
    let count = 0
    let length = 0
    for (let at = 0; at < textLength; at++) {
      const unit = unitAt(text, at)
      let character: number
      if (unit < 256) character = firstPage[unit]!
      else if (unit < 0xd800 || unit > 0xdbff) character = pages.page(unit >> 8)[unit & 255]!
      else {
        const codePoint = text.codePointAt(at)!
        character = pages.page(codePoint >> 8)[codePoint & 255]!
        if (codePoint > 0xffff) at++
      }
      const kind = character & CLASS_MASK
      if (kind === LETTER) {
        if (length < maxWordLength) word[length] = character >>> CLASS_BITS
        length++
      } else if (kind === SPACE) {
        if (length > 0) {
          count = this.#split(length, into, count)
          length = 0
          if (count === room) return count
        }
      } else if (kind === PUNCTUATION || kind === IDEOGRAPH) {
        if (length > 0) count = this.#split(length, into, count)
        if (count < room) {
          word[0] = character >>> CLASS_BITS
          count = this.#split(1, into, count)
        }
        length = 0
        if (count === room) return count
      } else if (kind === SEVERAL) {
        for (const symbol of this.#several[character >>> CLASS_BITS]!) {
          if (length < maxWordLength) word[length] = symbol
          length++
        }
      } else if (kind === HANGUL) {
        const syllable = unit - HANGUL_FIRST
        const trailing = syllable % TRAILINGS
        const leading = (syllable - trailing) / TRAILINGS
        length = this.#push(LEADING_FIRST + Math.floor(leading / VOWELS), length)
        length = this.#push(VOWEL_FIRST + (leading % VOWELS), length)
        if (trailing > 0) length = this.#push(TRAILING_BASE + trailing, length)
      }
    }
    if (length > 0) count = this.#split(length, into, count)
    return count
  }

  #push(codePoint: number, length: number): number {
    if (length < this.#maxWordLength) this.#word[length] = this.#trie.symbolOf(codePoint)
    return length + 1
  }

  /** Writes the pieces of the word of `length` symbols at `into[count]` and returns the new count; `count < into.length`. */
  #split(length: number, into: Int32Array, count: number): number {
    const trie = this.#trie
    const word = this.#word
    let written = count
    if (length <= this.#maxWordLength) {
      let at = 0
      while (at < length) {
        const end = trie.longest(word, at, length)
        if (end === at) {
          written = count
          break
        }
        // A piece that finds no room is lost with the rest of the text, but an unknown word must still be noticed.
        if (written < into.length) into[written++] = trie.matchedId
        at = end
      }
    }
    if (written === count) into[written++] = this.#unknownId
    return written
  }

  /** Id of the entry that is `word`, which must be folded already; -1 when the word has no entry of its own. */
  wordId(word: string): number {
    return this.#trie.wordId(word)
  }
}
