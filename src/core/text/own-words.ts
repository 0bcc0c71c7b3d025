import { type Found, isSpellable, SpellingIndex } from './spelling-index.ts'
import { wordsOf } from './words.ts'

const DISTANCE = 2
// Beside so many words, and one for every four that were there, new ones are kept apart; more are worth a new index.
const FEW_NEW_WORDS = 100
const NEW_SHARE = 1 / 4

/** Adds `sign` for every occurrence of a word that can be spelt. */
function countWords(texts: Iterable<string>, sign: 1 | -1, counts: Map<string, number>): void {
  for (const text of texts) {
    for (const word of wordsOf(text)) {
      if (isSpellable(word)) counts.set(word, (counts.get(word) ?? 0) + sign)
    }
  }
}

const compareWords = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/**
 * The words of a route set, ranked by how often they occur, then by themselves. Never changed; an edit makes another
 * that shares what it can, and finds the same as one made afresh.
 */
export class OwnWords {
  /** Of most words, and of those that edits have brought since; the numbers of the latter follow on. */
  readonly #indexes: readonly [SpellingIndex, SpellingIndex]
  /** How often word `id` occurs; 0 for one that edits have taken away. */
  readonly #counts: Int32Array
  /** Rank of word `id`, or -1 for one taken away. */
  readonly #ranks: Int32Array

  private constructor(
    indexes: readonly [SpellingIndex, SpellingIndex],
    counts: Int32Array,
    ranks: Int32Array,
  ) {
    this.#indexes = indexes
    this.#counts = counts
    this.#ranks = ranks
  }

  /** @param texts all texts of the route set */
  static of(texts: Iterable<string>): OwnWords {
    const counts = new Map<string, number>()
    countWords(texts, 1, counts)
    return OwnWords.#fromCounts([...counts])
  }

  static #fromCounts(counts: [word: string, count: number][]): OwnWords {
    counts.sort((a, b) => b[1] - a[1] || compareWords(a[0], b[0]))
    const words = counts.map(([word]) => word)
    return new OwnWords(
      [new SpellingIndex(words, DISTANCE), new SpellingIndex([], DISTANCE)],
      Int32Array.from(counts, ([, count]) => count),
      Int32Array.from(words.keys()),
    )
  }

  /**
   * The words after an edit.
   * @param gone texts, all of them counted here, that are no more
   * @remarks 1 ms at 5,000 words, and 10 ns a character of the texts.
   */
  edited(gone: Iterable<string>, come: Iterable<string>): OwnWords {
    const changes = new Map<string, number>()
    countWords(gone, -1, changes)
    countWords(come, 1, changes)
    const moved: [id: number, by: number][] = []
    const unseen: [word: string, count: number][] = []
    for (const [word, by] of changes) {
      const id = this.#idOf(word)
      if (id >= 0) moved.push([id, by])
      else if (by > 0) unseen.push([word, by])
    }
    const [most, recent] = this.#indexes
    if (recent.size + unseen.length > FEW_NEW_WORDS + most.size * NEW_SHARE) {
      const counts = new Map(Array.from(this.#counts, (count, id) => [this.#wordAt(id), count]))
      for (const [word, by] of changes) counts.set(word, (counts.get(word) ?? 0) + by)
      return OwnWords.#fromCounts([...counts].filter(([, count]) => count > 0))
    }
    const recentWords = Array.from({ length: recent.size }, (_, place) => recent.wordAt(place))
    const counts = new Int32Array(this.#counts.length + unseen.length)
    counts.set(this.#counts)
    for (const [id, by] of moved) counts[id] = counts[id]! + by
    unseen.forEach(([, count], i) => {
      counts[this.#counts.length + i] = count
    })
    const indexes = [
      most,
      unseen.length === 0
        ? recent
        : new SpellingIndex([...recentWords, ...unseen.map(([word]) => word)], DISTANCE),
    ] as const
    const changed = [...moved.map(([id]) => id), ...unseen.map((_, i) => this.#counts.length + i)]
    return new OwnWords(indexes, counts, this.#ranksAfter(indexes, counts, changed))
  }

  /** Ranks by new counts: words whose count is as it was stay in order, the `changed` are put in between. */
  #ranksAfter(
    indexes: readonly [SpellingIndex, SpellingIndex],
    counts: Int32Array,
    changed: readonly number[],
  ): Int32Array {
    const compare = (a: number, b: number) =>
      counts[b]! - counts[a]! || compareWords(wordIn(indexes, a), wordIn(indexes, b))
    const order = new Int32Array(this.#ranks.length).fill(-1)
    for (let id = 0; id < this.#ranks.length; id++) if (this.#ranks[id]! >= 0) order[this.#ranks[id]!] = id
    const isChanged = new Uint8Array(counts.length)
    for (const id of changed) isChanged[id] = 1
    const staying = order.filter((id) => id >= 0 && isChanged[id] === 0)
    const entering = changed.filter((id) => counts[id]! > 0).sort(compare)
    const ranks = new Int32Array(counts.length).fill(-1)
    let from = 0
    entering.forEach((id, earlier) => {
      const place = firstAfter(staying, from, (other) => compare(id, other) < 0)
      for (; from < place; from++) ranks[staying[from]!] = from + earlier
      ranks[id] = place + earlier
    })
    for (; from < staying.length; from++) ranks[staying[from]!] = from + entering.length
    return ranks
  }

  #idOf(word: string): number {
    const [most, recent] = this.#indexes
    const id = most.idOf(word)
    if (id >= 0) return id
    const place = recent.idOf(word)
    return place < 0 ? -1 : most.size + place
  }

  #wordAt(id: number): string {
    return wordIn(this.#indexes, id)
  }

  has(word: string): boolean {
    const id = this.#idOf(word)
    return id >= 0 && this.#ranks[id]! >= 0
  }

  /** As `SpellingIndex.nearest`. */
  nearest(word: string, distance: 1 | 2): string | null {
    const [most, recent] = this.#indexes
    const found: Found = { id: -1, rank: 0, cost: Number.POSITIVE_INFINITY }
    most.search(word, distance, found, this.#ranks)
    if (recent.size > 0) recent.search(word, distance, found, this.#ranks, most.size)
    return found.id < 0 ? null : this.#wordAt(found.id)
  }
}

function wordIn([most, recent]: readonly [SpellingIndex, SpellingIndex], id: number): string {
  return id < most.size ? most.wordAt(id) : recent.wordAt(id - most.size)
}

/** Place of the first of `ids`, from `start` on, that comes after; they are in order. */
function firstAfter(ids: Int32Array, start: number, comesAfter: (id: number) => boolean): number {
  let low = start
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (comesAfter(ids[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}
