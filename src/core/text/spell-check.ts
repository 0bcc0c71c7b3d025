import type { Encoder } from '../../contracts/index.ts'
import type { OwnWords } from './own-words.ts'
import { SpellingCorrector } from './spelling.ts'
import { SpellingIndex } from './spelling-index.ts'
import { splitWords, type Words, wordsOf } from './words.ts'

// A message of many unknown words is another language or noise; looking them all up would only cost time.
const MOST_ATTEMPTS = 24
// In a long text one slip matters less, and there are many.
const MOST_ATTEMPTS_IN_LONG = 8
const LONG_TEXT_WORDS = 100
const LONG_TEXT = 1000

const SHORTEST_KNOWN = 3
const SHORT_WORD = /^(?:[ai]|[a-z]{2})$/

/** A text as it will be scored. */
export interface CheckedText {
  readonly text: string
  /** Words of `text`, as `splitWords` gives them. */
  readonly words: readonly string[]
  readonly corrections: readonly { readonly from: string; readonly to: string }[]
}

/** A word as the route set knows it; `id` is -1 when it is none of its own. */
interface SeenWord {
  readonly id: number
}

const NO_CORRECTIONS: readonly never[] = []
const NO_WORDS = new SpellingIndex([], 1)
const languages = new WeakMap<Encoder, SpellingIndex>()

/** The words of an encoder's language; one index serves all route sets. */
function languageOf(encoder: Encoder): SpellingIndex {
  let words = languages.get(encoder)
  if (!words) {
    words = encoder.lexicon ? new SpellingIndex(encoder.lexicon, 1) : NO_WORDS
    languages.set(encoder, words)
  }
  return words
}

/** Corrects the spelling of queries towards the words of a route set, then towards those of the language. */
export class SpellCheck {
  /** False with an encoder that lists no words of its language. */
  readonly knowsLanguage: boolean
  readonly #corrector: SpellingCorrector

  /** @param encoder whose lexicon are the words of the language */
  constructor(own: OwnWords, encoder: Encoder) {
    const language = languageOf(encoder)
    this.knowsLanguage = language !== NO_WORDS
    this.#corrector = new SpellingCorrector(own, language)
  }

  /** Whether the word is one of the route set or of the language; nobody can say of words of one or two letters. */
  isKnown(word: string): boolean {
    return word.length < SHORTEST_KNOWN ? SHORT_WORD.test(word) : this.#corrector.isKnown(word)
  }

  /**
   * The text with its misspelt words replaced.
   * @param look what words are to the route set, by their places
   */
  check(text: string, look: (words: readonly string[]) => readonly SeenWord[]): CheckedText {
    // Most short texts need no places, and a long one hardly ever does without.
    const split = text.length > LONG_TEXT ? splitWords(text) : null
    const words = split?.words ?? wordsOf(text)
    const known = look(words)
    let corrections: { from: string; to: string }[] | undefined
    let places: number[] | undefined
    let attempts = words.length > LONG_TEXT_WORDS ? MOST_ATTEMPTS - MOST_ATTEMPTS_IN_LONG : 0
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!
      if (word.length < 4 || known[i]!.id >= 0) continue
      if (++attempts > MOST_ATTEMPTS) break
      const to = this.#corrector.correct(word)
      if (to === null) continue
      corrections ??= []
      places ??= []
      corrections.push({ from: word, to })
      places.push(i)
    }
    if (!corrections || !places) return { text, words, corrections: NO_CORRECTIONS }
    return { ...replaceWords(text, split ?? splitWords(text), places, corrections), corrections }
  }
}

function replaceWords(
  text: string,
  split: Words,
  places: readonly number[],
  corrections: readonly { to: string }[],
): { text: string; words: string[] } {
  const { starts, ends } = split
  const words = [...split.words]
  let replaced = ''
  let from = 0
  places.forEach((place, i) => {
    words[place] = corrections[i]!.to
    replaced += text.slice(from, starts[place]) + corrections[i]!.to
    from = ends[place]!
  })
  return { text: replaced + text.slice(from), words }
}
