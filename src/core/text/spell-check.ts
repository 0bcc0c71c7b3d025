import { SpellingCorrector } from './spelling.ts'
import { SpellingIndex } from './spelling-index.ts'
import { splitWords, type Words } from './words.ts'

// A message of many unknown words is another language or noise; looking them all up would only cost time.
const MOST_ATTEMPTS = 24
// In a long text one slip matters less, and there are many.
const MOST_ATTEMPTS_IN_LONG = 8
const LONG_TEXT_WORDS = 100

const SHORTEST_KNOWN = 3
const SHORT_WORD = /^(?:[ai]|[a-z]{2})$/

/** A text as it will be scored. */
export interface CheckedText {
  readonly text: string
  /** Words of `text`, as `splitWords` gives them. */
  readonly words: readonly string[]
  readonly corrections: readonly { readonly from: string; readonly to: string }[]
}

const NO_CORRECTIONS: readonly never[] = []
const generalIndexes = new WeakMap<readonly string[], SpellingIndex>()

/** One index of an encoder's words serves all route sets. */
function generalIndex(commonWords: readonly string[]): SpellingIndex {
  let index = generalIndexes.get(commonWords)
  if (!index) {
    index = new SpellingIndex(commonWords, 1)
    generalIndexes.set(commonWords, index)
  }
  return index
}

/** Corrects the spelling of queries towards the words of a route set, then towards those of the language. */
export class SpellCheck {
  readonly #corrector: SpellingCorrector

  /** @param texts all texts of the route set */
  constructor(texts: Iterable<string>, commonWords: readonly string[] = NO_CORRECTIONS) {
    const counts = new Map<string, number>()
    for (const text of texts)
      for (const word of splitWords(text).words) counts.set(word, (counts.get(word) ?? 0) + 1)
    const own = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word)
    this.#corrector = new SpellingCorrector(own, generalIndex(commonWords))
  }

  /** Whether the word is one of the route set or of the language; nobody can say of words of one or two letters. */
  isKnown(word: string): boolean {
    return word.length < SHORTEST_KNOWN ? SHORT_WORD.test(word) : this.#corrector.isKnown(word)
  }

  /**
   * The text with its misspelt words replaced.
   * @param isOwnWord quick first answer to whether a word occurs in the route set
   */
  check(text: string, isOwnWord: (word: string) => boolean): CheckedText {
    const split = splitWords(text)
    let corrections: { from: string; to: string }[] | undefined
    let places: number[] | undefined
    let attempts = split.words.length > LONG_TEXT_WORDS ? MOST_ATTEMPTS - MOST_ATTEMPTS_IN_LONG : 0
    for (let i = 0; i < split.words.length; i++) {
      const word = split.words[i]!
      if (word.length < 4 || isOwnWord(word)) continue
      if (++attempts > MOST_ATTEMPTS) break
      const to = this.#corrector.correct(word)
      if (to === null) continue
      corrections ??= []
      places ??= []
      corrections.push({ from: word, to })
      places.push(i)
    }
    if (!corrections || !places) return { text, words: split.words, corrections: NO_CORRECTIONS }
    return { ...replaceWords(text, split, places, corrections), corrections }
  }
}

function replaceWords(
  text: string,
  split: Words,
  places: readonly number[],
  corrections: readonly { to: string }[],
): { text: string; words: string[] } {
  const words = [...split.words]
  let replaced = ''
  let from = 0
  places.forEach((place, i) => {
    words[place] = corrections[i]!.to
    replaced += text.slice(from, split.starts[place]) + corrections[i]!.to
    from = split.ends[place]!
  })
  return { text: replaced + text.slice(from), words }
}
