import { ownString } from '../../util/own-string.ts'
import { isSpellable } from './spelling-index.ts'

const MINIMUM_LETTERS = 4
const MINIMUM_LETTERS_FOR_TWO_EDITS = 7
// A word of 40 letters has 780 pairs of letters to leave out.
const MAXIMUM_LETTERS_FOR_TWO_EDITS = 16
const MOST_KEPT_WORDS = 4096

/** Contractions as they read without their apostrophe; vocabularies seldom have them and they are no mistakes. */
const CONTRACTIONS = new Set(
  (
    'arent cant couldnt didnt doesnt dont hadnt hasnt havent heres hows isnt itll ive lets shouldnt thats theres ' +
    'theyll theyre theyve wasnt werent whats whens wheres whos wont wouldnt yall youd youll youre youve'
  ).split(' '),
)

/** Words among which those near to a misspelt one are looked for. */
interface KnownWords {
  has(word: string): boolean
  nearest(word: string, distance: 1 | 2): string | null
}

/** Replaces misspelt words by known ones: the route set's own before general ones. */
export class SpellingCorrector {
  readonly #own: KnownWords
  readonly #general: KnownWords
  /** What was found lately: most words that a route set does not know come again. */
  readonly #kept = new Map<string, string | null>()

  /**
   * @param own words of the route set as `splitWords` gives them, the most frequent the nearest; at distance 2
   * @param general words of the language, most frequent first, at distance 1; one index serves all route sets
   */
  constructor(own: KnownWords, general: KnownWords) {
    this.#own = own
    this.#general = general
  }

  isKnown(word: string): boolean {
    return CONTRACTIONS.has(word) || this.#own.has(word) || this.#general.has(word)
  }

  /**
   * The known word that was probably meant by an unknown one of at least 4 letters; null when the word is known,
   * has other characters than letters, or resembles none.
   *
   * In this order: an own word one edit away, a general word one edit away, and for 7 to 16 letters an own word two
   * edits away. Among several the most frequent, those being preferred that keep the first letter or swap two letters.
   * @param word as `splitWords` gives it
   * @remarks Deterministic; 2 to 10 µs for a word that was not met lately, so a caller bounds the corrections of one message.
   */
  correct(word: string): string | null {
    if (word.length < MINIMUM_LETTERS || !isSpellable(word)) return null
    const kept = this.#kept.get(word)
    if (kept !== undefined) return kept
    const found = this.isKnown(word) ? null : this.#search(word)
    if (this.#kept.size >= MOST_KEPT_WORDS) this.#kept.clear()
    this.#kept.set(ownString(word), found)
    return found
  }

  #search(word: string): string | null {
    const close = this.#own.nearest(word, 1) ?? this.#general.nearest(word, 1)
    const mayDifferInTwo =
      word.length >= MINIMUM_LETTERS_FOR_TWO_EDITS && word.length <= MAXIMUM_LETTERS_FOR_TWO_EDITS
    return close ?? (mayDifferInTwo ? this.#own.nearest(word, 2) : null)
  }
}
