import {
  type KnownWord,
  type LexicalVocabulary,
  SparseVector,
  wordKey,
  wordRead,
} from '../features/lexical-vocabulary.ts'
import type { LinearScorer } from '../heads/linear-scorer.ts'

/** Longer texts have so many words that are met once that rows would not pay for being laid. */
export const MOST_WORDS = 128
const MOST_KEPT_WORDS = 8192
const DOOR = 4096
const NOWHERE = -1

/** A word with the row of what its n-grams say. */
export interface RowWord extends KnownWord {
  readonly isKept: boolean
  /** Where the row of its n-grams is, or -1. */
  place: number
  /** What its n-grams say to all classes alike. */
  shared: number
}

/**
 * Scores words with the sums of what their n-grams say kept in memory, one row of weights a word: nine features of ten
 * are n-grams, and the words of a language are few. What is kept has no influence on any score.
 */
export class WordRows {
  readonly #vocabulary: LexicalVocabulary
  readonly #scorer: LinearScorer
  /** Words that were met twice. */
  readonly #kept = new Map<string, RowWord>()
  /** Hashes of words met once: many, as numbers and names, never come again and would only crowd out others. */
  readonly #door = new Int32Array(DOOR)
  /** The word of each row in use; the first rows belong to no word for longer than a text. */
  readonly #owners: (RowWord | null)[] = new Array(MOST_WORDS).fill(null)
  /** The text in which each row was last used, and whether the hand has passed since. */
  readonly #usedIn: Float64Array
  readonly #isRecent: Uint8Array
  #text = 0
  #hand = MOST_WORDS
  readonly #sparse = new SparseVector()
  readonly #grams = new SparseVector()
  readonly #rarities = new Float32Array(128)
  readonly #picked = { places: new Int32Array(MOST_WORDS), count: 0, factor: 0, shared: 0 }

  /** @param scorer that has room for more than twice `MOST_WORDS` rows */
  constructor(vocabulary: LexicalVocabulary, scorer: LinearScorer) {
    this.#vocabulary = vocabulary
    this.#scorer = scorer
    this.#usedIn = new Float64Array(scorer.wordRows).fill(NOWHERE)
    this.#isRecent = new Uint8Array(scorer.wordRows)
  }

  /** What a word is in the vocabulary, for `addTo`. */
  wordOf(word: string): RowWord {
    return this.#kept.get(wordRead(word)) ?? this.#meet(word)
  }

  #meet(word: string): RowWord {
    const known = this.#vocabulary.describe(word)
    const at = known.hash & (DOOR - 1)
    const isKept = this.#door[at] === known.hash
    this.#door[at] = known.hash
    const row = { ...known, isKept, place: NOWHERE, shared: 0 }
    if (!isKept) return row
    if (this.#kept.size >= MOST_KEPT_WORDS) this.#kept.clear()
    this.#kept.set(wordKey(word), row)
    return row
  }

  /** Adds to the scores what `words[0..count)` say, at most `MOST_WORDS`; `scale` as in `LexicalVocabulary.vectorise`. */
  addTo(words: readonly RowWord[], count: number, scale: number): void {
    const sparse = this.#sparse
    this.#vocabulary.fillWords(words, count, scale, sparse)
    this.#grams.count = 0
    const picked = this.#picked
    picked.factor = this.#vocabulary.addGrams(words, count, scale, this.#grams)
    this.#pick(words, count)
    this.#scorer.addSparse(sparse.ids, sparse.values, 0, sparse.count, picked)
  }

  #pick(words: readonly RowWord[], count: number): void {
    const { places } = this.#picked
    const text = ++this.#text
    let picked = 0
    let shared = 0
    for (let i = 0; i < count; i++) {
      const word = words[i]!
      if (word.grams.length === 0) continue
      if (word.isKept) {
        if (word.place === NOWHERE) this.#lay(word, this.#takePlace(word))
        this.#usedIn[word.place] = text
        this.#isRecent[word.place] = 1
      } else this.#lay(word, picked)
      places[picked++] = word.place
      shared += word.shared
    }
    this.#picked.count = picked
    this.#picked.shared = shared
  }

  #lay(word: RowWord, place: number): void {
    const rarities = this.#rarities
    const { inverseFrequencies } = this.#vocabulary
    for (let j = 0; j < word.grams.length; j++) rarities[j] = inverseFrequencies[word.grams[j]!]!
    word.place = place
    word.shared = this.#scorer.layWordRow(place, word.grams, rarities)
  }

  /** A free row, else the next that was not used since the hand last passed it, nor in the text that is being scored. */
  #takePlace(word: RowWord): number {
    const place = this.#owners.length < this.#scorer.wordRows ? this.#owners.length : this.#freePlace()
    this.#owners[place] = word
    return place
  }

  #freePlace(): number {
    const { wordRows } = this.#scorer
    for (;;) {
      const place = this.#hand
      this.#hand = place + 1 === wordRows ? MOST_WORDS : place + 1
      if (this.#usedIn[place] === this.#text) continue
      if (this.#isRecent[place] === 1) {
        this.#isRecent[place] = 0
        continue
      }
      this.#owners[place]!.place = NOWHERE
      return place
    }
  }
}
