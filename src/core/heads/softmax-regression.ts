import { exp } from '../../util/exact-math.ts'
import { seededRandom, shuffle } from '../../util/random.ts'
import { createKernels, type Kernels } from '../vectors/kernels.ts'

/** Training rows: a dense part and a sparse part each, a class, and a weight (1 = one example). */
export interface TrainingRows {
  readonly count: number
  /** Length of the dense part, a multiple of 16. */
  readonly dims: number
  /** Distinct sparse features. */
  readonly sparseSize: number
  readonly classes: number
  /** count * dims. */
  readonly dense: Float32Array
  /** Sparse part of row i: entries offsets[i] to offsets[i + 1] of `ids` and `values`. */
  readonly offsets: Int32Array
  readonly ids: Int32Array
  readonly values: Float32Array
  readonly labels: Int32Array
  readonly weights: Float32Array
}

const EMPTY_LOG = -80
const PADDING_SCORE = -1e4
// Changes of a share smaller than this do not move a decision; leaving them out keeps most classes untouched.
const NEGLIGIBLE = 1e-5

/**
 * Multinomial logistic regression with an L2 penalty, fitted by dual coordinate ascent:
 * minimises 1/2 |W|^2 + cost * sum_i weight_i * (log sum exp(W x_i) - (W x_i)[label_i]).
 * Each step solves one row exactly (Newton on its optimality conditions); no step size, deterministic by seed.
 * Rows can be withdrawn and given back, so that every fold of a cross-validation starts from the whole solution.
 * @see Shalev-Shwartz and Zhang 2013, "Stochastic dual coordinate ascent methods for regularized loss minimization";
 *      Yu, Huang and Lin 2011, "Dual coordinate descent methods for logistic regression and maximum entropy models"
 */
export class SoftmaxRegression {
  readonly rows: TrainingRows
  /** Classes rounded up to a multiple of 8: the stride of `weights`. */
  readonly stride: number
  readonly #kernels: Kernels
  readonly #cost: number
  readonly #onStep: () => void
  readonly #norms: Float32Array
  readonly #at: {
    dense: number
    ids: number
    values: number
    weights: number
    logs: number
    scores: number
    delta: number
    scratch: number
    keptIds: number
    keptValues: number
  }
  readonly #weights: Float32Array
  readonly #logs: Float32Array
  readonly #scores: Float32Array
  readonly #delta: Float32Array
  readonly #keptIds: Int32Array
  readonly #keptValues: Float32Array

  /**
   * Takes 4 bytes for each weight, (dims + sparseSize) * classes, and for each row and class, besides a copy of the
   * rows: 150 routes x 100 examples 73 MB.
   * @param options `simd: false` forces the plain kernels; `onStep` is called before each row that is solved
   */
  constructor(rows: TrainingRows, cost: number, options: { simd?: boolean; onStep?: () => void } = {}) {
    const { simd = true, onStep = () => {} } = options
    this.rows = rows
    this.#cost = cost
    this.#onStep = onStep
    this.stride = (rows.classes + 7) & ~7
    const weightCount = (rows.dims + rows.sparseSize) * this.stride
    let longestRow = 0
    for (let row = 0; row < rows.count; row++) {
      longestRow = Math.max(longestRow, rows.offsets[row + 1]! - rows.offsets[row]!)
    }
    const sparseCount = 2 * (rows.ids.length + longestRow)
    const bytes = 4 * (rows.dense.length + sparseCount + weightCount + (rows.count + 4) * this.stride) + 256
    const kernels = createKernels(bytes, simd)
    this.#kernels = kernels
    const floats = (length: number) => {
      const at = kernels.allocate(length * 4)
      return { at, view: new Float32Array(kernels.buffer, at, length) }
    }
    const dense = floats(rows.dense.length)
    dense.view.set(rows.dense)
    const values = floats(rows.values.length)
    values.view.set(rows.values)
    const ids = kernels.allocate(rows.ids.length * 4)
    new Int32Array(kernels.buffer, ids, rows.ids.length).set(rows.ids)
    const weights = floats(weightCount)
    const logs = floats(rows.count * this.stride)
    const scores = floats(this.stride)
    const delta = floats(this.stride)
    const scratch = floats(2 * this.stride)
    const keptIds = kernels.allocate(longestRow * 4)
    const keptValues = floats(longestRow)
    this.#keptIds = new Int32Array(kernels.buffer, keptIds, longestRow)
    this.#keptValues = keptValues.view
    this.#weights = weights.view
    this.#logs = logs.view
    this.#scores = scores.view
    this.#delta = delta.view
    this.#at = {
      dense: dense.at,
      ids,
      values: values.at,
      weights: weights.at,
      logs: logs.at,
      scores: scores.at,
      delta: delta.at,
      scratch: scratch.at,
      keptIds,
      keptValues: keptValues.at,
    }
    this.#norms = new Float32Array(rows.count)
    for (let row = 0; row < rows.count; row++) {
      let squares = 0
      for (let d = row * rows.dims; d < (row + 1) * rows.dims; d++) squares += rows.dense[d]! ** 2
      for (let j = rows.offsets[row]!; j < rows.offsets[row + 1]!; j++) squares += rows.values[j]! ** 2
      this.#norms[row] = squares
    }
    this.#logs.fill(EMPTY_LOG)
    for (let row = 0; row < rows.count; row++) this.#logs[row * this.stride + rows.labels[row]!] = 0
  }

  /** weights[feature * stride + class], dense features first. A view: it changes with every step. */
  get weights(): Float32Array {
    return this.#weights
  }

  /** Everything that training changes, to come back to later. */
  save(): { weights: Float32Array; logs: Float32Array } {
    return { weights: this.#weights.slice(), logs: this.#logs.slice() }
  }

  restore(saved: { weights: Float32Array; logs: Float32Array }): void {
    this.#weights.set(saved.weights)
    this.#logs.set(saved.logs)
  }

  /** Scores of one training row under the current weights; a view, valid until the next call. */
  scoreRow(row: number): Float32Array {
    const { offsets } = this.rows
    const start = offsets[row]!
    return this.#forward(
      row,
      this.#at.ids + start * 4,
      this.#at.values + start * 4,
      offsets[row + 1]! - start,
    )
  }

  /** Scores of the dense part of a row with `count` sparse entries at the given addresses. */
  #forward(row: number, ids: number, values: number, count: number): Float32Array {
    const { dims, classes } = this.rows
    const dense = this.#at.dense + row * dims * 4
    this.#kernels.forwardRow(dense, dims, ids, values, count, this.#at.weights, this.stride, this.#at.scores)
    return this.#scores.subarray(0, classes)
  }

  /**
   * Scores of a row as a query would have them that shares no feature marked in `leftOut`: those are dropped and
   * the rest of the sparse part is brought back to its length.
   */
  scoreRowWithout(row: number, leftOut: Uint8Array): Float32Array {
    const { ids, values, offsets } = this.rows
    const start = offsets[row]!
    const end = offsets[row + 1]!
    let count = 0
    let before = 0
    let after = 0
    for (let j = start; j < end; j++) {
      before += values[j]! ** 2
      if (leftOut[ids[j]!]) continue
      after += values[j]! ** 2
      this.#keptIds[count] = ids[j]!
      this.#keptValues[count++] = values[j]!
    }
    const stretch = after > 0 ? Math.sqrt(before / after) : 0
    for (let j = 0; j < count; j++) this.#keptValues[j] = this.#keptValues[j]! * stretch
    return this.#forward(row, this.#at.keptIds, this.#at.keptValues, count)
  }

  #applyDelta(row: number): void {
    const { rows } = this
    const start = rows.offsets[row]!
    this.#kernels.updateRow(
      this.#at.dense + row * rows.dims * 4,
      rows.dims,
      this.#at.ids + start * 4,
      this.#at.values + start * 4,
      rows.offsets[row + 1]! - start,
      this.#at.weights,
      this.stride,
      this.#at.delta,
    )
  }

  /** Takes the given rows out of the solution as if they had never been seen. */
  withdraw(withdrawn: Int32Array): void {
    for (const row of withdrawn) {
      const weight = this.#cost * this.rows.weights[row]!
      const start = row * this.stride
      for (let k = 0; k < this.stride; k++) {
        const log = this.#logs[start + k]!
        this.#delta[k] = log <= EMPTY_LOG ? 0 : weight * exp(log)
      }
      this.#delta[this.rows.labels[row]!] = this.#delta[this.rows.labels[row]!]! - weight
      this.#applyDelta(row)
      this.#logs.fill(EMPTY_LOG, start, start + this.stride)
      this.#logs[start + this.rows.labels[row]!] = 0
    }
  }

  /**
   * Passes over `members` until a pass moves the rows' distributions by less than `tolerance` on average
   * (0..2, sum of absolute changes), at most `maxEpochs` times. Returns the passes made.
   */
  train(
    members: Int32Array,
    options: { seed: number; maxEpochs: number; tolerance: number; onEpoch?: (epoch: number) => void },
  ): number {
    const order = members.slice()
    const random = seededRandom(options.seed)
    for (let epoch = 1; epoch <= options.maxEpochs; epoch++) {
      shuffle(order, random)
      let moved = 0
      for (const row of order) moved += this.#step(row)
      options.onEpoch?.(epoch)
      if (moved < options.tolerance * order.length) return epoch
    }
    return options.maxEpochs
  }

  #step(row: number): number {
    this.#onStep()
    this.scoreRow(row)
    this.#scores.fill(PADDING_SCORE, this.rows.classes)
    const weight = this.#cost * this.rows.weights[row]!
    const moved = this.#kernels.solveRow(
      this.#at.scores,
      this.#at.logs + row * this.stride * 4,
      this.stride,
      weight * this.#norms[row]!,
      weight,
      NEGLIGIBLE,
      this.#at.scratch,
      this.#at.delta,
    )
    if (moved > 0) this.#applyDelta(row)
    return moved
  }
}
