import { exp, log } from '../../util/exact-math.ts'
import { seededRandom, shuffle } from '../../util/random.ts'
import type { Postings } from '../lexical/postings.ts'
import { createKernels, type Kernels } from '../vectors/kernels.ts'
import type { ClassSupports } from './class-supports.ts'
import type { TrainingRows } from './softmax-regression.ts'

/** What one row is solved over: its own class, its rivals, and all other classes as one. A multiple of 8 for the kernel. */
const ARENA = 16
export const MOST_RIVALS = ARENA - 2
const REST = ARENA - 1
// Rivals that hold a share of at least e^-7 of a row are kept in its arena before new ones, but for a few places.
const KEPT_LOG = -7
const FRESH_RIVALS = 5
const EMPTY_LOG = -80
const PADDING_SCORE = -1e4
const NEGLIGIBLE = 1e-5
const NOBODY = -1

/**
 * Multinomial logistic regression for very many classes: the problem and the steps of `SoftmaxRegression`, but each
 * row is solved over its own class, the 14 that come nearest to it, and one stand-in for all others, whose share of
 * the row is known from the last search for rivals; and each class has weights for the sparse features of its
 * support only. Memory and time grow with rows + classes instead of rows * classes.
 *
 * Without the stand-in the rivals take blame that a full fit spreads over all classes: 1.1 points of accuracy at
 * 150 routes x 10 examples. With it, and supports of all features of a class's rows, the accuracy is that of the full fit (docs/speed.md).
 * @see Jean et al. 2015, "On using very large target vocabulary for neural machine translation" (sampled softmax)
 */
export class RivalSoftmax {
  readonly rows: TrainingRows
  /** dense[class * dims + d] */
  readonly dense: Float32Array
  readonly #supports: ClassSupports
  /** Weight of each entry of the supports. */
  readonly #sparse: Float32Array
  readonly #cost: number
  readonly #norms: Float32Array
  /** arena[row * ARENA]: the row's class, then its rivals; -1 where there is none, and for the stand-in. */
  readonly #arena: Int32Array
  /** Log of the share of the row that each member of its arena holds. */
  readonly #logs: Float32Array
  /** log of the sum of e^score over the classes that are not in the row's arena. */
  readonly #rest: Float32Array
  readonly #kernels: Kernels
  readonly #at: { scores: number; logs: number; delta: number; scratch: number }
  readonly #scores: Float32Array
  readonly #rowLogs: Float32Array
  readonly #delta: Float32Array
  /** The sparse part of the row in hand, by feature. */
  readonly #values: Float32Array

  constructor(rows: TrainingRows, cost: number, supports: ClassSupports, simd = true) {
    this.rows = rows
    this.#supports = supports
    this.#cost = cost
    this.dense = new Float32Array(rows.classes * rows.dims)
    this.#sparse = new Float32Array(supports.ids.length)
    this.#values = new Float32Array(rows.sparseSize)
    this.#kernels = createKernels(5 * ARENA * 4 + 256, simd)
    const place = (length: number) => this.#kernels.allocate(length * 4)
    this.#at = { scores: place(ARENA), logs: place(ARENA), delta: place(ARENA), scratch: place(2 * ARENA) }
    const view = (at: number) => new Float32Array(this.#kernels.buffer, at, ARENA)
    this.#scores = view(this.#at.scores)
    this.#rowLogs = view(this.#at.logs)
    this.#delta = view(this.#at.delta)
    this.#arena = new Int32Array(rows.count * ARENA).fill(NOBODY)
    this.#logs = new Float32Array(rows.count * ARENA).fill(EMPTY_LOG)
    this.#rest = new Float32Array(rows.count).fill(PADDING_SCORE)
    this.#norms = new Float32Array(rows.count)
    for (let row = 0; row < rows.count; row++) {
      let squares = 0
      for (let d = row * rows.dims; d < (row + 1) * rows.dims; d++) squares += rows.dense[d]! ** 2
      for (let j = rows.offsets[row]!; j < rows.offsets[row + 1]!; j++) squares += rows.values[j]! ** 2
      this.#norms[row] = squares
      this.#arena[row * ARENA] = rows.labels[row]!
      this.#logs[row * ARENA] = 0
    }
  }

  /** Rivals that hold a share of the row worth keeping, those with the most first; at most nine. */
  keptRivals(row: number): number[] {
    const start = row * ARENA
    const kept: number[] = []
    for (let i = 1; i < REST; i++) if (this.#logs[start + i]! > KEPT_LOG) kept.push(i)
    kept.sort((a, b) => this.#logs[start + b]! - this.#logs[start + a]! || a - b)
    return kept.slice(0, MOST_RIVALS - FRESH_RIVALS).map((i) => this.#arena[start + i]!)
  }

  /**
   * Gives a row its rivals. What those that leave hold of the row goes back to its own class.
   * @param rivals at most 14 different classes other than the row's own
   * @param rest log of the sum of e^score over all classes but these and the row's own
   */
  setRivals(row: number, rivals: readonly number[], rest: number): void {
    const start = row * ARENA
    const before = this.#arena.slice(start + 1, start + REST)
    const logs = this.#logs.slice(start + 1, start + REST)
    let own = exp(this.#logs[start]!)
    this.#spread(row)
    for (let i = 0; i < MOST_RIVALS; i++) {
      if (before[i] === NOBODY || logs[i]! <= EMPTY_LOG || rivals.includes(before[i]!)) continue
      const share = exp(logs[i]!)
      const amount = this.#cost * this.rows.weights[row]! * share
      this.#add(before[i]!, row, amount)
      this.#add(this.rows.labels[row]!, row, -amount)
      own += share
    }
    this.#clear(row)
    this.#logs[start] = log(Math.min(1, own))
    for (let i = 0; i < MOST_RIVALS; i++) {
      const rival = rivals[i] ?? NOBODY
      const place = rival === NOBODY ? -1 : before.indexOf(rival)
      this.#arena[start + 1 + i] = rival
      this.#logs[start + 1 + i] = place < 0 ? EMPTY_LOG : logs[place]!
    }
    this.#rest[row] = rest
  }

  /** Passes over `members` `epochs` times in seeded orders; rows need rivals first. */
  train(members: Int32Array, options: { seed: number; epochs: number; onRow?: () => void }): void {
    const order = members.slice()
    const random = seededRandom(options.seed)
    for (let epoch = 0; epoch < options.epochs; epoch++) {
      shuffle(order, random)
      for (const row of order) {
        this.#step(row)
        options.onRow?.()
      }
    }
  }

  /** The sparse weights by feature. Nothing is shared: a feature speaks for few classes of many. */
  postings(): Postings {
    const { offsets: starts, ids } = this.#supports
    const { sparseSize, classes } = this.rows
    const offsets = new Int32Array(sparseSize + 1)
    for (const id of ids) offsets[id + 1] = offsets[id + 1]! + 1
    for (let id = 0; id < sparseSize; id++) offsets[id + 1] = offsets[id + 1]! + offsets[id]!
    const next = offsets.slice()
    const routes = new Int32Array(ids.length)
    const weights = new Float32Array(ids.length)
    for (let k = 0; k < classes; k++) {
      for (let p = starts[k]!; p < starts[k + 1]!; p++) {
        const place = next[ids[p]!]!
        routes[place] = k
        weights[place] = this.#sparse[p]!
        next[ids[p]!] = place + 1
      }
    }
    return { offsets, routes, weights, shared: new Float32Array(sparseSize) }
  }

  #step(row: number): void {
    const start = row * ARENA
    this.#spread(row)
    for (let i = 0; i < REST; i++) {
      const rival = this.#arena[start + i]!
      this.#scores[i] = rival === NOBODY ? PADDING_SCORE : this.#score(rival, row)
      this.#rowLogs[i] = this.#logs[start + i]!
    }
    this.#scores[REST] = this.#rest[row]!
    this.#rowLogs[REST] = this.#logs[start + REST]!
    const weight = this.#cost * this.rows.weights[row]!
    const moved = this.#kernels.solveRow(
      this.#at.scores,
      this.#at.logs,
      ARENA,
      weight * this.#norms[row]!,
      weight,
      NEGLIGIBLE,
      this.#at.scratch,
      this.#at.delta,
    )
    if (moved > 0) {
      for (let i = 0; i < REST; i++) {
        if (this.#delta[i] !== 0) this.#add(this.#arena[start + i]!, row, this.#delta[i]!)
      }
      this.#logs.set(this.#rowLogs, start)
    }
    this.#clear(row)
  }

  #spread(row: number): void {
    const { offsets, ids, values } = this.rows
    for (let j = offsets[row]!; j < offsets[row + 1]!; j++) {
      this.#values[ids[j]!] = this.#values[ids[j]!]! + values[j]!
    }
  }

  #clear(row: number): void {
    const { offsets, ids } = this.rows
    for (let j = offsets[row]!; j < offsets[row + 1]!; j++) this.#values[ids[j]!] = 0
  }

  /** Score of a class for the row that is spread out. */
  #score(k: number, row: number): number {
    const { dims, dense: vectors } = this.rows
    const { dense } = this
    let sum = 0
    for (let d = 0, w = k * dims, x = row * dims; d < dims; d++) sum += dense[w + d]! * vectors[x + d]!
    const { offsets, ids } = this.#supports
    for (let p = offsets[k]!; p < offsets[k + 1]!; p++) sum += this.#sparse[p]! * this.#values[ids[p]!]!
    return sum
  }

  #add(k: number, row: number, amount: number): void {
    const { dims, dense: vectors } = this.rows
    const { dense } = this
    for (let d = 0, w = k * dims, x = row * dims; d < dims; d++) {
      dense[w + d] = dense[w + d]! + amount * vectors[x + d]!
    }
    const { offsets, ids } = this.#supports
    for (let p = offsets[k]!; p < offsets[k + 1]!; p++) {
      const value = this.#values[ids[p]!]!
      if (value !== 0) this.#sparse[p] = this.#sparse[p]! + amount * value
    }
  }
}
