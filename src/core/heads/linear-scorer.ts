import { log } from '../../util/exact-math.ts'
import { densePostings } from '../lexical/dense-postings.ts'
import type { Postings } from '../lexical/postings.ts'
import { createKernels, type Kernels } from '../vectors/kernels.ts'
import type { QuantisedRows } from '../vectors/quantised-rows.ts'

const QUERY_SCALE = 1 / 32767
// Rows of weights that are summed in one call of the kernel.
const MOST_PICKS = 1024
const PADDING_SCORE = -1e4

/** Where the scorer keeps what, as byte offsets in the kernels' memory. */
interface Places {
  readonly vector: number
  readonly query: number
  readonly head: number
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
  readonly kernels: Kernels
  readonly #dims: number
  readonly #scales: Float32Array
  readonly #postings: Postings
  readonly #densePlaces: Int32Array
  readonly #stride: number
  readonly #at: Places
  readonly #vector: Float32Array
  readonly #dots: Int32Array
  readonly #picks: Int32Array
  readonly #amounts: Float32Array
  readonly #sums: Float32Array
  readonly #floats: Float32Array

  /** @param spareBytes left in the kernels' memory for the caller */
  constructor(head: QuantisedRows, postings: Postings, spareBytes = 0, simd = true) {
    const classes = head.scales.length
    const { stride, rows, places } = densePostings(postings, classes)
    this.#dims = head.dims
    this.#scales = head.scales
    this.#postings = postings
    this.#densePlaces = places
    this.#stride = stride
    const sizes = {
      vector: head.dims * 4,
      query: head.dims * 2,
      head: head.values.length,
      dots: classes * 4,
      picks: MOST_PICKS * 4,
      amounts: MOST_PICKS * 4,
      rows: rows.byteLength,
      sums: stride * 4,
      floats: stride * 4,
    }
    const bytes = Object.values(sizes).reduce((sum, size) => sum + size + 16, spareBytes)
    this.kernels = createKernels(bytes, simd)
    const { buffer } = this.kernels
    this.#at = Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [name, this.kernels.allocate(size)]),
    ) as unknown as Places
    new Int8Array(buffer, this.#at.head, head.values.length).set(head.values)
    new Float32Array(buffer, this.#at.rows, rows.length).set(rows)
    this.#vector = new Float32Array(buffer, this.#at.vector, head.dims)
    this.#dots = new Int32Array(buffer, this.#at.dots, classes)
    this.#picks = new Int32Array(buffer, this.#at.picks, MOST_PICKS)
    this.#amounts = new Float32Array(buffer, this.#at.amounts, MOST_PICKS)
    this.#sums = new Float32Array(buffer, this.#at.sums, stride)
    this.#floats = new Float32Array(buffer, this.#at.floats, stride)
    this.scores = new Float64Array(classes)
  }

  /** Sets `scores` to those of a vector of unit length. */
  scoreVector(vector: Float32Array): void {
    const { scores } = this
    const dots = this.#dots
    const scales = this.#scales
    this.#vector.set(vector)
    this.kernels.quantise(this.#at.vector, this.#dims, this.#at.query)
    this.dotRows(this.#at.head, scores.length, this.#at.dots)
    for (let k = 0; k < scores.length; k++) scores[k] = dots[k]! * scales[k]! * QUERY_SCALE
  }

  /** Dot products of the vector scored last, times 32767, with rows of int8 in the kernels' memory. */
  dotRows(rows: number, count: number, out: number): void {
    this.kernels.dotRows(this.#at.query, rows, count, this.#dims, out)
  }

  /** Adds to `scores` what sparse features `ids[from..to)` with `values` say. */
  addSparse(ids: Int32Array, values: Float32Array, from: number, to: number): void {
    const { scores } = this
    const { offsets, routes, weights, shared } = this.#postings
    const places = this.#densePlaces
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
    for (let k = 0; k < scores.length; k++) scores[k] = scores[k]! + toAll
  }

  #addRows(picked: number): void {
    const { scores } = this
    const { picks, amounts, rows, sums } = this.#at
    const summed = this.#sums
    this.kernels.sumRows(picks, amounts, picked, rows, this.#stride, sums)
    for (let k = 0; k < scores.length; k++) scores[k] = scores[k]! + summed[k]!
  }

  /** log of the sum of e^(factor * score) over scores[0..count), in float32 steps: within 1e-6 of the exact one. */
  logSumExp(count: number, factor = 1): number {
    const { scores } = this
    const floats = this.#floats
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
    return offset * factor + log(this.kernels.sumExp(this.#at.floats, padded, offset, factor))
  }
}
