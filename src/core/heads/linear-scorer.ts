import { log } from '../../util/exact-math.ts'
import { PackedPostings, type PostingsEdit } from '../lexical/packed-postings.ts'
import type { Postings } from '../lexical/postings.ts'
import { queryBytes } from '../vectors/kernel-operations.ts'
import { KernelSpace } from '../vectors/kernel-space.ts'
import { type QuantisedRows, rowSums } from '../vectors/quantised-rows.ts'

// Rows of weights that are summed in one call of the kernel.
const MOST_PICKS = 1024

/** Where the scorer keeps what, as byte offsets in the kernels' memory. */
interface Places {
  readonly vector: number
  readonly query: number
  readonly picks: number
  readonly amounts: number
  /** Of features, then of words. */
  readonly rows: number
  readonly sums: number
  readonly scores: number
}

/** Rows of int8 with their scales in the kernels' memory, as byte offsets. */
export interface HeldRows {
  readonly values: number
  readonly scales: number
  readonly sums: number
}

/** Bytes that `holdRows` takes. */
export const heldBytesOf = ({ values, scales }: QuantisedRows) =>
  values.byteLength + 2 * scales.byteLength + 3 * 16

interface ScorerOptions {
  readonly spareBytes?: number
  readonly hasWords?: boolean
  readonly simd?: boolean
}

/** Rows laid for words, at most 1,024, each to be added `factor` times. */
interface PickedWords {
  readonly places: Int32Array
  readonly count: number
  readonly factor: number
  /** What the words say to all classes alike, before the factor. */
  readonly shared: number
}

// More classes would make a row longer than it takes to add up what it is made of.
const MOST_CLASSES_WITH_WORDS = 704
const WORD_ROW_BYTES = 768 * 1024

/** A head at work: scores a vector and sparse features against all classes. Holds its matrices in kernel memory. */
export class LinearScorer {
  /** Scores of all classes; valid until a scorer is used again. */
  readonly scores: Float64Array
  /** Has `spareBytes` left for the caller. */
  readonly space: KernelSpace
  /** The head that it was made with, where it lives now. */
  readonly head: QuantisedRows
  readonly #dims: number
  readonly #headAt: HeldRows
  readonly #postings: PackedPostings
  readonly #at: Places
  readonly #vector: Float32Array
  readonly #picks: Int32Array
  readonly #amounts: Float32Array
  /** Sums of what is added as float32. */
  readonly #sums: Float32Array
  /** All rows. */
  readonly #rows: Float32Array
  /** Rows that there is room for beside those of features; 0 where they would gain nothing. */
  readonly wordRows: number
  /** The vector scored last. */
  #given: Float32Array = new Float32Array(0)

  /**
   * @param options.spareBytes left in the kernels' memory for the caller
   * @param options.hasWords whether rows will be laid for words
   */
  constructor(
    head: QuantisedRows,
    postings: Postings,
    { spareBytes = 0, hasWords = false, simd = true }: ScorerOptions = {},
  ) {
    const classes = head.scales.length
    const packed = new PackedPostings(postings, classes)
    const hasRows = packed.rowCount > 0
    this.wordRows =
      hasWords && hasRows && classes <= MOST_CLASSES_WITH_WORDS
        ? Math.floor(WORD_ROW_BYTES / (packed.stride * 4))
        : 0
    const rowFloats = (packed.rowCount + this.wordRows) * packed.stride
    this.#dims = head.dims
    this.#postings = packed
    const sizes = {
      vector: head.dims * 4,
      query: queryBytes(head.dims),
      picks: hasRows ? MOST_PICKS * 4 : 0,
      amounts: hasRows ? MOST_PICKS * 4 : 0,
      rows: rowFloats * 4,
      sums: packed.stride * 4,
      scores: packed.stride * 8,
    }
    const bytes = Object.values(sizes).reduce((sum, size) => sum + size + 16, heldBytesOf(head) + spareBytes)
    this.space = new KernelSpace(bytes + 16, !hasRows, simd)
    const { buffer } = this.space.kernels
    this.#at = Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [name, this.space.allocate(size)]),
    ) as unknown as Places
    const held = this.holdRows(head)
    this.#headAt = held.at
    this.head = held.rows
    this.#rows = new Float32Array(buffer, this.#at.rows, rowFloats)
    packed.layRows(postings, this.#rows.subarray(0, packed.rowCount * packed.stride))
    this.#vector = new Float32Array(buffer, this.#at.vector, head.dims)
    this.#picks = new Int32Array(buffer, this.#at.picks, hasRows ? MOST_PICKS : 0)
    this.#amounts = new Float32Array(buffer, this.#at.amounts, hasRows ? MOST_PICKS : 0)
    this.#sums = new Float32Array(buffer, this.#at.sums, classes)
    this.scores = new Float64Array(buffer, this.#at.scores, classes)
  }

  /** Moves rows to the kernels' memory, for `scoreRows`. */
  holdRows(rows: QuantisedRows): { readonly at: HeldRows; readonly rows: QuantisedRows } {
    const values = this.space.hold(rows.values)
    const scales = this.space.hold(rows.scales)
    const sums = this.space.hold(rowSums(rows))
    return {
      at: { values: values.at, scales: scales.at, sums: sums.at },
      rows: { ...rows, values: values.values, scales: scales.values },
    }
  }

  /** The postings that it was made with, put together anew, after an edit if one is given. */
  postings(edit?: PostingsEdit): Postings {
    return this.#postings.unpack(edit)
  }

  /** Sets `scores` to those of a vector of unit length, which must stay as it is as long as `scoreRows` is asked about it. */
  scoreVector(vector: Float32Array): void {
    this.#given = vector
    this.space.enter()
    this.#quantise()
    const { values, scales, sums } = this.#headAt
    const { query, scores } = this.#at
    this.space.kernels.scoreRows(query, values, this.scores.length, this.#dims, scales, sums, scores)
  }

  #quantise(): void {
    this.#vector.set(this.#given)
    this.space.kernels.quantise(this.#at.vector, this.#dims, this.#at.query)
  }

  /** Cosines of the vector scored last with `count` of the rows held, from row `first` on, as float64 at `out`. */
  scoreRows({ values, scales, sums }: HeldRows, first: number, count: number, out: number): void {
    if (this.space.enter()) this.#quantise()
    this.space.kernels.scoreRows(
      this.#at.query,
      values + first * this.#dims,
      count,
      this.#dims,
      scales + first * 4,
      sums + first * 4,
      out,
    )
  }

  /** Adds to `scores` what sparse features `ids[from..to)` with `values` say, and the words that rows were laid for. */
  addSparse(ids: Int32Array, values: Float32Array, from: number, to: number, words?: PickedWords): void {
    if (this.#postings.rowCount > 0) this.#addWithRows(ids, values, from, to, words)
    else this.#addLists(ids, values, from, to)
  }

  #addWithRows(
    ids: Int32Array,
    values: Float32Array,
    from: number,
    to: number,
    words: PickedWords | undefined,
  ): void {
    const { scores } = this
    const { offsets, routes, weights, shared, places, rowCount } = this.#postings
    const picks = this.#picks
    const amounts = this.#amounts
    let picked = 0
    let toAll = 0
    for (let j = from; j < to; j++) {
      const feature = ids[j]!
      const value = values[j]!
      toAll += value * shared[feature]!
      const place = places[feature]!
      if (place >= 0) {
        picks[picked] = place
        amounts[picked++] = value
        if (picked === MOST_PICKS) {
          this.#addRows(picked, 0)
          picked = 0
        }
        continue
      }
      const end = offsets[feature + 1]!
      for (let p = offsets[feature]!; p < end; p++) {
        const k = routes[p]!
        scores[k] = scores[k]! + value * weights[p]!
      }
    }
    if (words) {
      if (picked + words.count > MOST_PICKS) {
        this.#addRows(picked, 0)
        picked = 0
      }
      toAll += words.factor * words.shared
      for (let j = 0; j < words.count; j++) {
        picks[picked] = rowCount + words.places[j]!
        amounts[picked++] = words.factor
      }
    }
    this.#addRows(picked, toAll)
  }

  #addRows(picked: number, toAll: number): void {
    const { kernels } = this.space
    const { picks, amounts, rows, sums, scores } = this.#at
    const { stride } = this.#postings
    kernels.sumRows(picks, amounts, picked, rows, stride, sums)
    kernels.addSums(sums, stride, toAll, scores)
  }

  /**
   * Lays at a place of `wordRows` the sum of what features say.
   * @param ids at most 1,024
   * @returns what they say to all classes alike
   */
  layWordRow(place: number, ids: ArrayLike<number>, values: Float32Array): number {
    const { offsets, routes, weights, shared, places, rowCount, stride } = this.#postings
    const picks = this.#picks
    const amounts = this.#amounts
    let picked = 0
    let toAll = 0
    for (let j = 0; j < ids.length; j++) {
      const feature = ids[j]!
      toAll += values[j]! * shared[feature]!
      if (places[feature]! < 0) continue
      picks[picked] = places[feature]!
      amounts[picked++] = values[j]!
    }
    const first = (rowCount + place) * stride
    const { kernels } = this.space
    kernels.sumRows(
      this.#at.picks,
      this.#at.amounts,
      picked,
      this.#at.rows,
      stride,
      this.#at.rows + first * 4,
    )
    const rows = this.#rows
    for (let j = 0; j < ids.length; j++) {
      const feature = ids[j]!
      if (places[feature]! >= 0) continue
      const end = offsets[feature + 1]!
      for (let p = offsets[feature]!; p < end; p++) {
        const k = first + routes[p]!
        rows[k] = rows[k]! + values[j]! * weights[p]!
      }
    }
    return toAll
  }

  /** The same without rows. Long lists are summed in float32 and up to `MOST_PICKS` at a time, as rows are: same bits. */
  #addLists(ids: Int32Array, values: Float32Array, from: number, to: number): void {
    const { scores } = this
    const { offsets, routes, weights, shared, longAbove } = this.#postings
    const sums = this.#sums
    sums.fill(0)
    let picked = 0
    let toAll = 0
    for (let j = from; j < to; j++) {
      const feature = ids[j]!
      const value = values[j]!
      toAll += value * shared[feature]!
      const start = offsets[feature]!
      const end = offsets[feature + 1]!
      if (end - start <= longAbove) {
        for (let p = start; p < end; p++) {
          const k = routes[p]!
          scores[k] = scores[k]! + value * weights[p]!
        }
        continue
      }
      for (let p = start; p < end; p++) {
        const k = routes[p]!
        sums[k] = sums[k]! + Math.fround(value * weights[p]!)
      }
      if (++picked === MOST_PICKS) {
        this.#addSums(0)
        sums.fill(0)
        picked = 0
      }
    }
    this.#addSums(toAll)
  }

  #addSums(toAll: number): void {
    this.space.kernels.addSums(this.#at.sums, this.#postings.stride, toAll, this.#at.scores)
  }

  /** A score that at least four of scores[0..count) reach; with fewer one that all do. */
  reachedByFour(count: number): number {
    return this.space.kernels.reachedByFour(this.#at.scores, count)
  }

  /** log of the sum of e^(factor * score) over scores[0..count), in float32 steps: within 1e-6 of the exact one. */
  logSumExp(count: number, factor = 1): number {
    if (count === 0) return Number.NEGATIVE_INFINITY
    const { kernels } = this.space
    const offset = Math.fround(kernels.largest(this.#at.scores, count))
    return offset * factor + log(kernels.sumExp(this.#at.scores, count, offset, factor))
  }
}
