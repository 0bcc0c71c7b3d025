import { log } from '../../util/exact-math.ts'
import { PackedPostings, type PostingsEdit } from '../lexical/packed-postings.ts'
import type { Postings } from '../lexical/postings.ts'
import { KernelSpace } from '../vectors/kernel-space.ts'
import type { QuantisedRows } from '../vectors/quantised-rows.ts'

const QUERY_SCALE = 1 / 32767
// Rows of weights that are summed in one call of the kernel.
const MOST_PICKS = 1024
const PADDING_SCORE = -1e4

/** Where the scorer keeps what, as byte offsets in the kernels' memory. */
interface Places {
  readonly vector: number
  readonly query: number
  readonly dots: number
  readonly picks: number
  readonly amounts: number
  readonly rows: number
  readonly sums: number
  readonly floats: number
}

/** A head at work: scores a vector and sparse features against all classes. Holds its matrices in kernel memory. */
export class LinearScorer {
  /** Scores of all classes; valid until the next call. */
  readonly scores: Float64Array
  /** Has `spareBytes` left for the caller. */
  readonly space: KernelSpace
  /** The head that it was made with, its rows where they live now. */
  readonly head: QuantisedRows
  readonly #dims: number
  readonly #scales: Float32Array
  readonly #headAt: number
  readonly #postings: PackedPostings
  readonly #at: Places
  readonly #vector: Float32Array
  readonly #dots: Int32Array
  readonly #picks: Int32Array
  readonly #amounts: Float32Array
  readonly #sums: Float32Array
  readonly #floats: Float32Array
  /** The vector scored last. */
  #given: Float32Array = new Float32Array(0)

  /** @param spareBytes left in the kernels' memory for the caller */
  constructor(head: QuantisedRows, postings: Postings, spareBytes = 0, simd = true) {
    const classes = head.scales.length
    const packed = new PackedPostings(postings, classes)
    const hasRows = packed.rowCount > 0
    this.#dims = head.dims
    this.#scales = head.scales
    this.#postings = packed
    const sizes = {
      vector: head.dims * 4,
      query: head.dims * 2,
      dots: classes * 4,
      picks: hasRows ? MOST_PICKS * 4 : 0,
      amounts: hasRows ? MOST_PICKS * 4 : 0,
      rows: packed.rowCount * packed.stride * 4,
      sums: packed.stride * 4,
      floats: packed.stride * 4,
    }
    const bytes = Object.values(sizes).reduce((sum, size) => sum + size + 16, head.values.length + spareBytes)
    this.space = new KernelSpace(bytes + 16, !hasRows, simd)
    const { buffer } = this.space.kernels
    this.#at = Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [name, this.space.allocate(size)]),
    ) as unknown as Places
    const { at, values } = this.space.hold(head.values)
    this.#headAt = at
    this.head = { ...head, values }
    packed.layRows(postings, new Float32Array(buffer, this.#at.rows, packed.rowCount * packed.stride))
    this.#vector = new Float32Array(buffer, this.#at.vector, head.dims)
    this.#dots = new Int32Array(buffer, this.#at.dots, classes)
    this.#picks = new Int32Array(buffer, this.#at.picks, hasRows ? MOST_PICKS : 0)
    this.#amounts = new Float32Array(buffer, this.#at.amounts, hasRows ? MOST_PICKS : 0)
    this.#sums = new Float32Array(buffer, this.#at.sums, packed.stride)
    this.#floats = new Float32Array(buffer, this.#at.floats, packed.stride)
    this.scores = new Float64Array(classes)
  }

  /** The postings that it was made with, put together anew, after an edit if one is given. */
  postings(edit?: PostingsEdit): Postings {
    return this.#postings.unpack(edit)
  }

  /** Sets `scores` to those of a vector of unit length, which must stay as it is as long as `dotRows` is asked about it. */
  scoreVector(vector: Float32Array): void {
    const { scores } = this
    const dots = this.#dots
    const scales = this.#scales
    this.#given = vector
    this.space.enter()
    this.#quantise()
    this.space.kernels.dotRows(this.#at.query, this.#headAt, scores.length, this.#dims, this.#at.dots)
    for (let k = 0; k < scores.length; k++) scores[k] = dots[k]! * scales[k]! * QUERY_SCALE
  }

  #quantise(): void {
    this.#vector.set(this.#given)
    this.space.kernels.quantise(this.#at.vector, this.#dims, this.#at.query)
  }

  /** Dot products of the vector scored last, times 32767, with rows of int8 in the kernels' memory. */
  dotRows(rows: number, count: number, out: number): void {
    if (this.space.enter()) this.#quantise()
    this.space.kernels.dotRows(this.#at.query, rows, count, this.#dims, out)
  }

  /** Adds to `scores` what sparse features `ids[from..to)` with `values` say. */
  addSparse(ids: Int32Array, values: Float32Array, from: number, to: number): void {
    const { scores } = this
    const toAll =
      this.#postings.rowCount > 0
        ? this.#addWithRows(ids, values, from, to)
        : this.#addLists(ids, values, from, to)
    for (let k = 0; k < scores.length; k++) scores[k] = scores[k]! + toAll
  }

  /** @returns what the features say to all classes alike */
  #addWithRows(ids: Int32Array, values: Float32Array, from: number, to: number): number {
    const { scores } = this
    const { offsets, routes, weights, shared, places } = this.#postings
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
          this.#addRows(picked)
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
    if (picked > 0) this.#addRows(picked)
    return toAll
  }

  #addRows(picked: number): void {
    const { picks, amounts, rows, sums } = this.#at
    this.space.kernels.sumRows(picks, amounts, picked, rows, this.#postings.stride, sums)
    this.#addSums()
  }

  #addSums(): void {
    const { scores } = this
    const sums = this.#sums
    for (let k = 0; k < scores.length; k++) scores[k] = scores[k]! + sums[k]!
  }

  /** The same without rows. Long lists are summed in float32 and up to `MOST_PICKS` at a time, as rows are: same bits. */
  #addLists(ids: Int32Array, values: Float32Array, from: number, to: number): number {
    const { scores } = this
    const { offsets, routes, weights, shared, longAbove } = this.#postings
    const sums = this.#sums
    this.space.enter()
    for (let k = 0; k < scores.length; k++) sums[k] = 0
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
        this.#addSums()
        sums.fill(0)
        picked = 0
      }
    }
    if (picked > 0) this.#addSums()
    return toAll
  }

  /** log of the sum of e^(factor * score) over scores[0..count), in float32 steps: within 1e-6 of the exact one. */
  logSumExp(count: number, factor = 1): number {
    const { scores } = this
    const floats = this.#floats
    this.space.enter()
    let largest = Number.NEGATIVE_INFINITY
    for (let k = 0; k < count; k++) {
      const score = scores[k]!
      floats[k] = score
      if (score > largest) largest = score
    }
    if (count === 0) return largest
    const padded = (count + 3) & ~3
    for (let k = count; k < padded; k++) floats[k] = PADDING_SCORE
    const offset = Math.fround(largest)
    return offset * factor + log(this.space.kernels.sumExp(this.#at.floats, padded, offset, factor))
  }
}
