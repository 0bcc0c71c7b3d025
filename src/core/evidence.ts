import type { Encoder } from '../contracts/index.ts'
import { type KnownWord, LexicalVocabulary, SparseVector } from './features/lexical-vocabulary.ts'
import { type HeldRows, heldBytesOf, LinearScorer } from './heads/linear-scorer.ts'
import type { PostingsEdit } from './lexical/packed-postings.ts'
import type { Postings } from './lexical/postings.ts'
import { MOST_WORDS, type RowWord, WordRows } from './lexical/word-rows.ts'
import type { SnapshotData } from './snapshot-data.ts'

/** Routes whose examples are searched for the nearest (see `reachedByFour`), and examples after which the search stops. */
const NEAR_ROUTES = 4
export const NEAR_EXAMPLES = 240
const NEAREST = 5

/** The routes with the highest scores, best first; equal scores in the order of `ranks`. */
export class TopRoutes {
  readonly routes: Int32Array
  count = 0
  readonly #ranks: Int32Array
  /** Scores of `routes`. */
  readonly #best: Float64Array

  /**
   * @param ranks place of each route among all in order of name
   * @param most how many routes to find
   */
  constructor(ranks: Int32Array, most = NEAR_ROUTES) {
    this.#ranks = ranks
    this.routes = new Int32Array(most)
    this.#best = new Float64Array(most)
  }

  /** @param reached a score that as many routes reach as are looked for, if one is known: the others need no second look */
  fill(scores: Float64Array, routes: number, reached = Number.NEGATIVE_INFINITY): void {
    const top = this.routes
    const best = this.#best
    const ranks = this.#ranks
    const most = top.length
    let count = 0
    // Nearly every route of a large set is behind the last one of the best.
    let last = reached
    for (let k = 0; k < routes; k++) {
      const score = scores[k]!
      if (score < last) continue
      let place = count
      while (place > 0) {
        const ahead = best[place - 1]!
        if (score < ahead || (score === ahead && ranks[k]! > ranks[top[place - 1]!]!)) break
        place--
      }
      if (place === most) continue
      if (count < most) count++
      for (let i = count - 1; i > place; i--) {
        best[i] = best[i - 1]!
        top[i] = top[i - 1]!
      }
      best[place] = score
      top[place] = k
      if (count === most) last = best[most - 1]!
    }
    this.count = count
  }
}

/** The place of each name among all in order of UTF-16 code units. */
export function nameRanks(names: readonly string[]): Int32Array {
  const ranks = new Int32Array(names.length)
  const order = [...names.keys()].sort((a, b) => (names[a]! < names[b]! ? -1 : 1))
  order.forEach((route, rank) => {
    ranks[route] = rank
  })
  return ranks
}

/** The mean of the largest five of a stream of similarities. */
export class NearestMean {
  readonly #largest = new Float64Array(NEAREST)
  #count = 0

  clear(): void {
    this.#count = 0
  }

  see(similarity: number): void {
    if (this.#count === NEAREST && similarity <= this.#largest[NEAREST - 1]!) return
    let place = this.#count < NEAREST ? this.#count++ : NEAREST - 1
    while (place > 0 && similarity > this.#largest[place - 1]!) {
      this.#largest[place] = this.#largest[place - 1]!
      place--
    }
    this.#largest[place] = similarity
  }

  /** Sees the first `count` of them. */
  seeAll(similarities: Float64Array, count: number): void {
    let least = this.#count < NEAREST ? Number.NEGATIVE_INFINITY : this.#largest[NEAREST - 1]!
    for (let i = 0; i < count; i++) {
      const similarity = similarities[i]!
      if (similarity <= least) continue
      this.see(similarity)
      if (this.#count === NEAREST) least = this.#largest[NEAREST - 1]!
    }
  }

  get mean(): number {
    let sum = 0
    for (let i = 0; i < this.#count; i++) sum += this.#largest[i]!
    return this.#count === 0 ? 0 : sum / this.#count
  }
}

/** What remains of a mean cosine when the cohesion of the route it is measured against is made up for. */
export const nearnessOf = (meanCosine: number, cohesion: number) => meanCosine - 0.5 * cohesion

/** A snapshot at work. */
export type LiveSnapshot = Omit<SnapshotData, 'postings'>

/** What a scorer made of one text, to go back to after it has scored others. */
export interface KeptScores {
  readonly scores: Float64Array
  energy: number
  nearness: number
}

/**
 * Scores texts against one snapshot. Holds the snapshot's matrices in kernel memory and the scratch of one query:
 * results are views, valid until the next call.
 */
export class EvidenceScorer {
  readonly vocabulary: LexicalVocabulary
  readonly routes: number
  /** Scores of all classes: the routes, then the background class if there is one. */
  readonly scores: Float64Array
  readonly top: TopRoutes
  /** log sum exp of the routes' scores. */
  energy = 0
  /** Mean cosine of the nearest five examples of the likeliest routes, less half the best route's cohesion. */
  nearness = 0
  /** The snapshot that it was made with, less the postings; matrices are those that it works with, not copies. */
  readonly snapshot: LiveSnapshot
  readonly #ranks: Int32Array
  readonly #encoder: Encoder
  readonly #dense: Float32Array
  #lookedAt: readonly string[] = []
  /** What `look` found; what is left of longer texts behind it means nothing. */
  readonly #known: KnownWord[] = []
  readonly #sparse = new SparseVector()
  readonly #linear: LinearScorer
  /** Null where a set is so small, or so large, that rows of words would gain nothing. */
  readonly #words: WordRows | null
  readonly #at: { readonly examples: HeldRows; readonly cosines: number }
  readonly #cosines: Float64Array
  readonly #nearest = new NearestMean()

  /**
   * @param snapshot nothing that its postings and matrices lie in is kept
   * @param before a scorer whose vocabulary this one may share, if it is the same
   */
  constructor(snapshot: SnapshotData, encoder: Encoder, before?: EvidenceScorer) {
    this.#encoder = encoder
    this.#dense = new Float32Array(encoder.dimensions)
    this.routes = snapshot.routeSet.routes.length
    this.#ranks = nameRanks(snapshot.routeSet.routes.map((route) => route.name))
    this.top = new TopRoutes(this.#ranks)
    const { hashes, inverseFrequencies } = snapshot.vocabulary
    this.vocabulary =
      before?.snapshot.vocabulary === snapshot.vocabulary
        ? before.vocabulary
        : new LexicalVocabulary(hashes, inverseFrequencies)
    const { offsets, vectors } = snapshot.examples
    let longest = 0
    for (let r = 0; r < this.routes; r++) longest = Math.max(longest, offsets[r + 1]! - offsets[r]!)
    const spare = heldBytesOf(vectors) + longest * 8 + 16
    this.#linear = new LinearScorer(snapshot.head, snapshot.postings, {
      spareBytes: spare,
      hasWords: true,
    })
    this.#words = this.#linear.wordRows > 0 ? new WordRows(this.vocabulary, this.#linear) : null
    this.scores = this.#linear.scores
    const { space } = this.#linear
    const cosines = space.allocate(longest * 8)
    const held = this.#linear.holdRows(vectors)
    this.#at = { examples: held.at, cosines }
    this.#cosines = new Float64Array(space.kernels.buffer, cosines, longest)
    const { postings: _, ...rest } = snapshot
    this.snapshot = {
      ...rest,
      head: this.#linear.head,
      examples: { offsets, vectors: held.rows },
    }
  }

  /** The snapshot with its postings, which are put together anew: some milliseconds for a large set. */
  wholeSnapshot(): SnapshotData {
    return { ...this.snapshot, postings: this.postings() }
  }

  /** The postings of the snapshot after an edit. */
  postings(edit?: PostingsEdit): Postings {
    return this.#linear.postings(edit)
  }

  /** What words are to the route set, by their places; valid until the next call. */
  look(words: readonly string[]): readonly KnownWord[] {
    if (words === this.#lookedAt) return this.#known
    this.#lookedAt = words
    const rows = this.#rowsFor(words)
    if (rows) for (let i = 0; i < words.length; i++) this.#known[i] = rows.wordOf(words[i]!)
    else for (let i = 0; i < words.length; i++) this.#known[i] = this.vocabulary.wordOf(words[i]!)
    return this.#known
  }

  #rowsFor(words: readonly string[]): WordRows | null {
    return words.length > MOST_WORDS ? null : this.#words
  }

  /** Scores a text whose words (after spelling correction) are given. */
  scoreText(text: string, words: readonly string[]): void {
    this.#encoder.encode(text, this.#dense)
    this.#linear.scoreVector(this.#dense)
    const { lexicalScale } = this.snapshot
    const known = this.look(words)
    const rows = this.#rowsFor(words)
    if (rows) rows.addTo(known as readonly RowWord[], words.length, lexicalScale)
    else {
      const sparse = this.#sparse
      this.vocabulary.fill(known, words.length, lexicalScale, sparse)
      this.#linear.addSparse(sparse.ids, sparse.values, 0, sparse.count)
    }
    this.#finish()
  }

  /** Scores a vector that the caller has computed; words have no say then. */
  scoreVector(vector: Float32Array): void {
    this.#linear.scoreVector(vector)
    this.#finish()
  }

  /** The routes with the highest scores, best first, as many as asked for, of all that are open. */
  bestRoutes(most: number, isOpen: (route: number) => boolean): number[] {
    const scores = this.scores.map((score, route) => (isOpen(route) ? score : Number.NEGATIVE_INFINITY))
    const best = new TopRoutes(this.#ranks, Math.min(most, this.routes))
    best.fill(scores, this.routes)
    return [...best.routes.subarray(0, best.count)].filter(isOpen)
  }

  /** log of the sum of e^(factor * score) over all classes, within 1e-6. */
  logSumExp(factor: number): number {
    return this.#linear.logSumExp(this.scores.length, factor)
  }

  /** Room for `keep`. */
  roomToKeep(): KeptScores {
    return { scores: new Float64Array(this.scores.length), energy: 0, nearness: 0 }
  }

  keep(into: KeptScores): KeptScores {
    into.scores.set(this.scores)
    into.energy = this.energy
    into.nearness = this.nearness
    return into
  }

  restore({ scores, energy, nearness }: KeptScores): void {
    this.scores.set(scores)
    this.energy = energy
    this.nearness = nearness
    this.top.fill(this.scores, this.routes)
  }

  #finish(): void {
    this.energy = this.#linear.logSumExp(this.routes)
    this.top.fill(this.scores, this.routes, this.#linear.reachedByFour(this.routes))
    this.#nearest.clear()
    for (let place = 0, seen = 0; place < this.top.count && seen < NEAR_EXAMPLES; place++) {
      const count = this.#scoreExamples(this.top.routes[place]!)
      this.#nearest.seeAll(this.#cosines, count)
      seen += count
    }
    this.nearness = nearnessOf(
      this.#nearest.mean,
      this.top.count > 0 ? this.snapshot.cohesion[this.top.routes[0]!]! : 0,
    )
  }

  /** Cosines of the examples of a route to the query, in their order; valid until the next call. */
  similaritiesTo(route: number): Float64Array {
    return this.#cosines.subarray(0, this.#scoreExamples(route))
  }

  /** Puts the cosines of a route's examples to the vector scored last into `#cosines`; returns how many there are. */
  #scoreExamples(route: number): number {
    const { offsets } = this.snapshot.examples
    const count = offsets[route + 1]! - offsets[route]!
    this.#linear.scoreRows(this.#at.examples, offsets[route]!, count, this.#at.cosines)
    return count
  }
}
