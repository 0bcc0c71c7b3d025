import type { Encoder } from '../contracts/index.ts'
import { LexicalVocabulary } from './features/lexical-vocabulary.ts'
import { QueryFeatures } from './features/query-features.ts'
import { LinearScorer } from './heads/linear-scorer.ts'
import type { PostingsEdit } from './lexical/packed-postings.ts'
import type { Postings } from './lexical/postings.ts'
import type { SnapshotData } from './snapshot-data.ts'

/** Routes whose examples are searched for the nearest, and examples after which the search stops. */
const NEAR_ROUTES = 8
export const NEAR_EXAMPLES = 240
const NEAREST = 5
const QUERY_SCALE = 1 / 32767

/** The routes with the highest scores, best first; equal scores in the order of `ranks`. */
export class TopRoutes {
  readonly routes = new Int32Array(NEAR_ROUTES)
  count = 0
  readonly #ranks: Int32Array
  /** Scores of `routes`. */
  readonly #best = new Float64Array(NEAR_ROUTES)

  /** @param ranks place of each route among all in order of name */
  constructor(ranks: Int32Array) {
    this.#ranks = ranks
  }

  fill(scores: Float64Array, routes: number): void {
    const top = this.routes
    const best = this.#best
    const ranks = this.#ranks
    let count = 0
    for (let k = 0; k < routes; k++) {
      const score = scores[k]!
      let place = count
      // From the end upwards: nearly every route of a large set is behind the last one and goes no further.
      while (place > 0) {
        const ahead = best[place - 1]!
        if (score < ahead || (score === ahead && ranks[k]! > ranks[top[place - 1]!]!)) break
        place--
      }
      if (place === NEAR_ROUTES) continue
      if (count < NEAR_ROUTES) count++
      for (let i = count - 1; i > place; i--) {
        best[i] = best[i - 1]!
        top[i] = top[i - 1]!
      }
      best[place] = score
      top[place] = k
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
  readonly energy: number
  readonly nearness: number
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
  readonly #features: QueryFeatures
  readonly #linear: LinearScorer
  readonly #at: { examples: number; dots: number }
  readonly #dots: Int32Array
  readonly #nearest = new NearestMean()

  /**
   * @param snapshot nothing that its postings and matrices lie in is kept
   * @param before a scorer whose vocabulary this one may share, if it is the same
   */
  constructor(snapshot: SnapshotData, encoder: Encoder, before?: EvidenceScorer) {
    this.#features = new QueryFeatures(encoder)
    this.routes = snapshot.routeSet.routes.length
    this.top = new TopRoutes(nameRanks(snapshot.routeSet.routes.map((route) => route.name)))
    const { hashes, inverseFrequencies } = snapshot.vocabulary
    this.vocabulary =
      before?.snapshot.vocabulary === snapshot.vocabulary
        ? before.vocabulary
        : new LexicalVocabulary(hashes, inverseFrequencies)
    const { offsets, vectors } = snapshot.examples
    let longest = 0
    for (let r = 0; r < this.routes; r++) longest = Math.max(longest, offsets[r + 1]! - offsets[r]!)
    const spare = vectors.values.length + longest * 4 + 32
    this.#linear = new LinearScorer(snapshot.head, snapshot.postings, spare)
    this.scores = this.#linear.scores
    const { space } = this.#linear
    const dots = space.allocate(longest * 4)
    const { at, values } = space.hold(vectors.values)
    this.#at = { examples: at, dots }
    this.#dots = new Int32Array(space.kernels.buffer, dots, longest)
    const { postings: _, ...rest } = snapshot
    this.snapshot = {
      ...rest,
      head: this.#linear.head,
      examples: { offsets, vectors: { ...vectors, values } },
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

  /** Scores a text whose words (after spelling correction) are given. */
  scoreText(text: string, words: readonly string[]): void {
    this.#features.fill(text, words, this.vocabulary, this.snapshot.lexicalScale)
    this.#linear.scoreVector(this.#features.dense)
    const { ids, values, count } = this.#features.sparse
    this.#linear.addSparse(ids, values, 0, count)
    this.#finish()
  }

  /** Scores a vector that the caller has computed; words have no say then. */
  scoreVector(vector: Float32Array): void {
    this.#linear.scoreVector(vector)
    this.#finish()
  }

  /** log of the sum of e^(factor * score) over all classes, within 1e-6. */
  logSumExp(factor: number): number {
    return this.#linear.logSumExp(this.scores.length, factor)
  }

  keep(): KeptScores {
    return { scores: this.scores.slice(), energy: this.energy, nearness: this.nearness }
  }

  restore({ scores, energy, nearness }: KeptScores): void {
    this.scores.set(scores)
    this.energy = energy
    this.nearness = nearness
    this.top.fill(this.scores, this.routes)
  }

  #finish(): void {
    this.energy = this.#linear.logSumExp(this.routes)
    this.top.fill(this.scores, this.routes)
    this.#nearest.clear()
    this.#eachNearRoute((start, count) => {
      const { scales } = this.snapshot.examples.vectors
      for (let i = 0; i < count; i++) this.#nearest.see(this.#dots[i]! * scales[start + i]! * QUERY_SCALE)
    })
    this.nearness = nearnessOf(
      this.#nearest.mean,
      this.top.count > 0 ? this.snapshot.cohesion[this.top.routes[0]!]! : 0,
    )
  }

  /** Calls back with every example searched (its row over all examples) and its cosine to the query. */
  forNearExamples(see: (example: number, similarity: number, route: number) => void): void {
    const { scales } = this.snapshot.examples.vectors
    this.#eachNearRoute((start, count, route) => {
      for (let i = 0; i < count; i++) see(start + i, this.#dots[i]! * scales[start + i]! * QUERY_SCALE, route)
    })
  }

  /** Calls back for each of the likeliest routes, the dot products of its examples from row `start` being in `#dots`. */
  #eachNearRoute(see: (start: number, count: number, route: number) => void): void {
    const { offsets, vectors } = this.snapshot.examples
    let seen = 0
    for (let place = 0; place < this.top.count && seen < NEAR_EXAMPLES; place++) {
      const route = this.top.routes[place]!
      const start = offsets[route]!
      const count = offsets[route + 1]! - start
      this.#linear.dotRows(this.#at.examples + start * vectors.dims, count, this.#at.dots)
      see(start, count, route)
      seen += count
    }
  }
}
