import { log } from '../../util/exact-math.ts'
import { ownString } from '../../util/own-string.ts'
import { unitAt } from '../../util/unit-at.ts'

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
const WORD_SALT = 0x1b873593
const PAIR_SALT = 0x2545f491
const SHORTEST_GRAM = 3
const LONGEST_GRAM = 5
// A longer "word" is pasted data; its first part is evidence enough and keeps the work per word bounded.
const LONGEST_WORD = 40
const MOST_KEPT_WORDS = 4096
const LARGEST_SHORT = 0xffff
const HALF_SQRT = Math.SQRT1_2
// "bills" shares half of its n-grams with "bill", "asdf" a ninth with "as".
const LEAST_SHARE_OF_GRAMS = 0.5

/** Avalanches a 32-bit hash (the finaliser of MurmurHash3, Austin Appleby, public domain). */
function finish(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}

const OPENING = 0x3c
const CLOSING = 0x3e
/** Hashes of the character 3- to 5-grams, with boundary marks, of the word hashed last. */
const gramHashes = new Int32Array(3 * LONGEST_WORD)

/** Fills `gramHashes`; returns how many there are. */
function hashGrams(word: string, length: number): number {
  let count = 0
  for (let start = -1; start + SHORTEST_GRAM <= length + 1; start++) {
    const end = Math.min(length + 1, start + LONGEST_GRAM)
    let gram = FNV_OFFSET
    for (let i = start; i < end; i++) {
      const unit = i < 0 ? OPENING : i === length ? CLOSING : unitAt(word, i)
      gram = Math.imul(gram ^ unit, FNV_PRIME)
      if (i - start + 1 >= SHORTEST_GRAM) gramHashes[count++] = finish(gram)
    }
  }
  return count
}

function hashWord(word: string, length: number): number {
  let hash = FNV_OFFSET
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ unitAt(word, i), FNV_PRIME)
  return finish(hash ^ WORD_SALT)
}

const readLength = (word: string) => Math.min(word.length, LONGEST_WORD)

/** As much of a word as is read of it: its first 40 letters. */
export const wordRead = (word: string) => (word.length > LONGEST_WORD ? word.slice(0, LONGEST_WORD) : word)

/** The same as a string of its own, to be kept. */
export const wordKey = (word: string) => ownString(wordRead(word))

const hashPair = (first: number, second: number) => finish(Math.imul(first, 31) ^ second ^ PAIR_SALT)

/** Where the entry of each feature was last put; scratch of whichever vocabulary is at work. */
let places = new Int32Array(0)

/** Hashes of words met lately, in whichever vocabulary: one that never comes again would cost more to keep than to look up. */
const lately = new Int32Array(2048)

/** What one word is in a vocabulary: its own feature (-1 when it has none) and those of its n-grams that have one. */
export interface KnownWord {
  readonly hash: number
  readonly id: number
  readonly grams: readonly number[]
  /** Whether the word, or a good part of what it is made of, occurs in the training texts. */
  readonly isResembled: boolean
}

const NO_GRAMS: readonly number[] = []

/** A sparse vector being filled: `ids[0..count)` with `values[0..count)`. */
export class SparseVector {
  ids = new Int32Array(256)
  values = new Float32Array(256)
  count = 0

  push(id: number, value: number): void {
    if (this.count === this.ids.length) this.reserve(1)
    this.ids[this.count] = id
    this.values[this.count++] = value
  }

  append(other: SparseVector): void {
    this.reserve(other.count)
    this.ids.set(other.ids.subarray(0, other.count), this.count)
    this.values.set(other.values.subarray(0, other.count), this.count)
    this.count += other.count
  }

  /** Makes room for `more` entries, which may replace `ids` and `values`. */
  reserve(more: number): void {
    if (this.count + more <= this.ids.length) return
    const ids = new Int32Array((this.count + more) * 2)
    const values = new Float32Array((this.count + more) * 2)
    ids.set(this.ids)
    values.set(this.values)
    this.ids = ids
    this.values = values
  }
}

/**
 * The words, word pairs and character n-grams seen in training, with their inverse document frequencies.
 * Turns the words of a text into one sparse vector: words and pairs in one half, n-grams in the other, each
 * half of length sqrt(1/2), features never seen left out.
 * @see Salton and Buckley 1988, "Term-weighting approaches in automatic text retrieval" (tf-idf)
 */
export class LexicalVocabulary {
  /** Hash of feature `id`, in order of first sight; with `inverseFrequencies` all that needs to be saved. */
  readonly hashes: Int32Array
  readonly inverseFrequencies: Float32Array
  /** Open addressing: one more than the feature of a slot, 0 in an empty one. */
  readonly #slots: Uint16Array | Int32Array
  readonly #mask: number
  readonly #kept = new Map<string, KnownWord>()
  /** Words of the text in hand; what is left of longer texts before it means nothing. */
  readonly #known: KnownWord[] = []

  constructor(hashes: Int32Array, inverseFrequencies: Float32Array) {
    this.hashes = hashes
    this.inverseFrequencies = inverseFrequencies
    let capacity = 16
    while (capacity < hashes.length * 2) capacity *= 2
    this.#mask = capacity - 1
    if (places.length < hashes.length) places = new Int32Array(hashes.length)
    this.#slots = hashes.length > LARGEST_SHORT ? new Int32Array(capacity) : new Uint16Array(capacity)
    for (let id = 0; id < hashes.length; id++) {
      let slot = hashes[id]! & this.#mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
      this.#slots[slot] = id + 1
    }
  }

  /** Collects every feature of the given texts, each a list of words. */
  static build(texts: Iterable<readonly string[]>): LexicalVocabulary {
    const ids = new Map<number, number>()
    const counts: number[] = []
    const lastText: number[] = []
    const hashesOf = new Map<string, { readonly word: number; readonly grams: Int32Array }>()
    let text = 0
    for (const words of texts) {
      const see = (hash: number) => {
        let id = ids.get(hash)
        if (id === undefined) {
          id = counts.length
          ids.set(hash, id)
          counts.push(0)
          lastText.push(-1)
        }
        if (lastText[id] !== text) {
          lastText[id] = text
          counts[id]!++
        }
      }
      let previous = 0
      words.forEach((word, position) => {
        let hashes = hashesOf.get(word)
        if (!hashes) {
          const length = readLength(word)
          hashes = { word: hashWord(word, length), grams: gramHashes.slice(0, hashGrams(word, length)) }
          hashesOf.set(word, hashes)
        }
        see(hashes.word)
        if (position > 0) see(hashPair(previous, hashes.word))
        for (const gram of hashes.grams) see(gram)
        previous = hashes.word
      })
      text++
    }
    const weight = (count: number) => log((1 + text) / (1 + count)) + 1
    return new LexicalVocabulary(Int32Array.from(ids.keys()), Float32Array.from(counts, weight))
  }

  get size(): number {
    return this.hashes.length
  }

  #find(hash: number): number {
    let slot = hash & this.#mask
    for (let id = this.#slots[slot]! - 1; id >= 0; id = this.#slots[slot]! - 1) {
      if (this.hashes[id] === hash) return id
      slot = (slot + 1) & this.#mask
    }
    return -1
  }

  /** Looks a word up; about 0.3 µs, so a caller keeps what comes back. */
  describe(word: string): KnownWord {
    const length = readLength(word)
    const hash = hashWord(word, length)
    const all = hashGrams(word, length)
    const slots = this.#slots
    const mask = this.#mask
    const { hashes } = this
    // Plain numbers: a typed array takes three times as long to make.
    let grams: number[] | undefined
    for (let i = 0; i < all; i++) {
      const gram = gramHashes[i]!
      let slot = gram & mask
      let feature = slots[slot]! - 1
      while (feature >= 0 && hashes[feature] !== gram) {
        slot = (slot + 1) & mask
        feature = slots[slot]! - 1
      }
      if (feature < 0) continue
      grams ??= []
      grams.push(feature)
    }
    const id = this.#find(hash)
    const count = grams?.length ?? 0
    return { hash, id, grams: grams ?? NO_GRAMS, isResembled: id >= 0 || count >= LEAST_SHARE_OF_GRAMS * all }
  }

  /** As `describe`, from a bounded memory of words that were met twice within a thousand or two. */
  wordOf(word: string): KnownWord {
    const kept = this.#kept.get(wordRead(word))
    if (kept) return kept
    const known = this.describe(word)
    const place = known.hash & (lately.length - 1)
    const isNew = lately[place] !== known.hash
    lately[place] = known.hash
    if (isNew) return known
    if (this.#kept.size >= MOST_KEPT_WORDS) this.#kept.clear()
    this.#kept.set(wordKey(word), known)
    return known
  }

  /** Fills `into` with the features of `words`, scaled by `scale`. O(words), allocates only for words not in memory. */
  vectorise(words: readonly string[], scale: number, into: SparseVector): void {
    const known = this.#known
    for (let position = 0; position < words.length; position++)
      known[position] = this.wordOf(words[position]!)
    this.fill(known, words.length, scale, into)
  }

  /** As `vectorise`, for `known[0..count)`. */
  fill(known: readonly KnownWord[], count: number, scale: number, into: SparseVector): void {
    this.fillWords(known, count, scale, into)
    const firstGram = into.count
    const factor = this.addGrams(known, count, scale, into)
    for (let i = firstGram; i < into.count; i++) into.values[i] = into.values[i]! * factor
  }

  /** Fills `into` with the first half of the features: words and pairs. */
  fillWords(known: readonly KnownWord[], count: number, scale: number, into: SparseVector): void {
    into.count = 0
    let previous = 0
    for (let position = 0; position < count; position++) {
      const { hash, id } = known[position]!
      if (id >= 0) this.#add(id, into)
      if (position > 0) {
        const pair = this.#find(hashPair(previous, hash))
        if (pair >= 0) this.#add(pair, into)
      }
      previous = hash
    }
    const factor = factorToLength(into, 0, scale * HALF_SQRT)
    for (let i = 0; i < into.count; i++) into.values[i] = into.values[i]! * factor
  }

  /**
   * Adds the other half, n-grams, to `into`, by how often they occur and how rare they are.
   * @returns the factor that scales them
   */
  addGrams(known: readonly KnownWord[], count: number, scale: number, into: SparseVector): number {
    const firstGram = into.count
    for (let position = 0; position < count; position++) this.#addAll(known[position]!.grams, firstGram, into)
    return factorToLength(into, firstGram, scale * HALF_SQRT)
  }

  /** Counts one occurrence of a feature. */
  #add(id: number, into: SparseVector): void {
    // A place left over from another text names an entry that this id does not have, so nothing needs clearing.
    const place = places[id]!
    if (place < into.count && into.ids[place] === id) {
      into.values[place] = into.values[place]! + this.inverseFrequencies[id]!
    } else {
      places[id] = into.count
      into.push(id, this.inverseFrequencies[id]!)
    }
  }

  /** As `add` for each of `features` among the entries from `start` on, in a loop of its own: n-grams are nine features of ten. */
  #addAll(features: readonly number[], start: number, into: SparseVector): void {
    into.reserve(features.length)
    const { ids, values } = into
    const weights = this.inverseFrequencies
    let count = into.count
    for (let j = 0; j < features.length; j++) {
      const id = features[j]!
      const place = places[id]!
      if (place >= start && place < count && ids[place] === id) values[place] = values[place]! + weights[id]!
      else {
        places[id] = count
        ids[count] = id
        values[count++] = weights[id]!
      }
    }
    into.count = count
  }
}

/** What brings the entries from `start` on to the given length. */
function factorToLength({ values, count }: SparseVector, start: number, length: number): number {
  let squares = 0
  for (let i = start; i < count; i++) squares += values[i]! * values[i]!
  return squares === 0 ? 0 : length / Math.sqrt(squares)
}
