import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../util/random.ts'
import { SoftmaxRegression, type TrainingRows } from './softmax-regression.ts'

const DIMS = 16
const SPARSE = 9
const CLASSES = 3
const COST = 3

/** Rows near one of three centres, each with two or three different sparse features. */
function makeRows(count: number, seed: number): TrainingRows {
  const random = seededRandom(seed)
  const dense = new Float32Array(count * DIMS)
  const labels = Int32Array.from({ length: count }, (_, row) => row % CLASSES)
  const offsets = new Int32Array(count + 1)
  const ids: number[] = []
  const values: number[] = []
  for (let row = 0; row < count; row++) {
    for (let d = 0; d < DIMS; d++)
      dense[row * DIMS + d] = (random() - 0.5) / 2 + (d % CLASSES === labels[row] ? 0.3 : 0)
    const features = new Set([labels[row]! * 3, Math.floor(random() * SPARSE), Math.floor(random() * SPARSE)])
    for (const id of features) {
      ids.push(id)
      values.push(0.3 + random() / 2)
    }
    offsets[row + 1] = ids.length
  }
  return {
    count,
    dims: DIMS,
    sparseSize: SPARSE,
    classes: CLASSES,
    dense,
    offsets,
    ids: Int32Array.from(ids),
    values: Float32Array.from(values),
    labels,
    weights: Float32Array.from({ length: count }, (_, row) => (row % 4 === 0 ? 0.7 : 1)),
  }
}

/** A row over all features, dense ones first. */
function whole(rows: TrainingRows, row: number): Float64Array {
  const x = new Float64Array(DIMS + SPARSE)
  x.set(rows.dense.subarray(row * DIMS, (row + 1) * DIMS))
  for (let j = rows.offsets[row]!; j < rows.offsets[row + 1]!; j++) x[DIMS + rows.ids[j]!]! += rows.values[j]!
  return x
}

/** weights[feature][class] that minimise the penalised loss, by plain gradient descent. */
function descend(rows: TrainingRows, members: readonly number[]): number[][] {
  const weights = Array.from({ length: DIMS + SPARSE }, () => new Array<number>(CLASSES).fill(0))
  const inputs = members.map((row) => whole(rows, row))
  const curvature =
    1 + COST * inputs.reduce((sum, x) => sum + x.reduce((squares, value) => squares + value * value, 0), 0)
  for (let iteration = 0; iteration < 2500; iteration++) {
    const gradient = weights.map((row) => [...row])
    members.forEach((row, place) => {
      const x = inputs[place]!
      const scores = Array.from({ length: CLASSES }, (_, k) =>
        x.reduce((sum, value, feature) => sum + value * weights[feature]![k]!, 0),
      )
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0)
      for (let k = 0; k < CLASSES; k++) {
        const residual = Math.exp(scores[k]!) / total - (rows.labels[row] === k ? 1 : 0)
        x.forEach((value, feature) => {
          gradient[feature]![k]! += COST * rows.weights[row]! * residual * value
        })
      }
    })
    weights.forEach((row, feature) => {
      for (let k = 0; k < CLASSES; k++) row[k]! -= (gradient[feature]![k]! * 2) / curvature
    })
  }
  return weights
}

function weightsOf(regression: SoftmaxRegression): number[][] {
  return Array.from({ length: DIMS + SPARSE }, (_, feature) =>
    Array.from({ length: CLASSES }, (_, k) => regression.weights[feature * regression.stride + k]!),
  )
}

function largestDifference(a: readonly number[][], b: readonly number[][]): number {
  return Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i]![j]!))))
}

const members = (count: number, except: readonly number[] = []) =>
  Int32Array.from(Array.from({ length: count }, (_, row) => row).filter((row) => !except.includes(row)))
const thoroughly = { seed: 5, maxEpochs: 3000, tolerance: 1e-5 }

describe('softmax regression by dual ascent', () => {
  it('finds the weights that slow gradient descent finds', () => {
    for (const seed of [1, 2]) {
      const rows = makeRows(14, seed)
      const regression = new SoftmaxRegression(rows, COST)
      regression.train(members(14), thoroughly)
      expect(largestDifference(weightsOf(regression), descend(rows, [...members(14)]))).toBeLessThan(2e-3)
    }
  })

  it('does not depend on the order of its steps once it has converged', () => {
    const rows = makeRows(20, 4)
    const [a, b] = [11, 12].map((seed) => {
      const regression = new SoftmaxRegression(rows, COST)
      regression.train(members(20), { ...thoroughly, seed })
      return weightsOf(regression)
    })
    expect(largestDifference(a!, b!)).toBeLessThan(2e-3)
  })

  it('gives the same bits with and without SIMD, and every time', () => {
    const rows = makeRows(14, 6)
    const bits = [true, true, false].map((simd) => {
      const regression = new SoftmaxRegression(rows, 30, { simd })
      regression.train(members(14), { seed: 1, maxEpochs: 7, tolerance: 0 })
      return Buffer.from(regression.weights.slice().buffer).toString('hex')
    })
    expect(bits[1]).toBe(bits[0])
    expect(bits[2]).toBe(bits[0])
  })

  it('withdraws rows so that training on ends where training without them ends', () => {
    const rows = makeRows(18, 7)
    const withdrawn = [0, 5, 11]
    const regression = new SoftmaxRegression(rows, COST)
    regression.train(members(18), thoroughly)
    regression.withdraw(Int32Array.from(withdrawn))
    regression.train(members(18, withdrawn), thoroughly)
    const never = new SoftmaxRegression(rows, COST)
    never.train(members(18, withdrawn), thoroughly)
    expect(largestDifference(weightsOf(regression), weightsOf(never))).toBeLessThan(2e-3)
    expect(largestDifference(weightsOf(never), descend(rows, [...members(18, withdrawn)]))).toBeLessThan(2e-3)
  })

  it('leaves nothing behind when every row is withdrawn, and comes back to the bit with what was saved', () => {
    const rows = makeRows(12, 8)
    const regression = new SoftmaxRegression(rows, COST)
    regression.train(members(12), thoroughly)
    const saved = regression.save()
    const before = regression.weights.slice()
    regression.withdraw(members(12))
    expect(Math.max(...regression.weights.map(Math.abs))).toBeLessThan(1e-4)
    regression.restore(saved)
    expect(regression.weights).toStrictEqual(before)
    const onwards = { seed: 2, maxEpochs: 1, tolerance: 0 }
    regression.train(members(12), onwards)
    const trained = regression.weights.slice()
    regression.restore(saved)
    regression.train(members(12), onwards)
    expect(regression.weights).toStrictEqual(trained)
  })

  it('scores a row by its weights, and without features by the rest stretched to the same length', () => {
    const rows = makeRows(9, 9)
    const regression = new SoftmaxRegression(rows, COST)
    regression.train(members(9), thoroughly)
    const weights = weightsOf(regression)
    const leftOut = Uint8Array.from({ length: SPARSE }, (_, id) => (id % 2 === 0 ? 1 : 0))
    const scoreOf = (x: Float64Array, k: number) =>
      x.reduce((sum, value, feature) => sum + value * weights[feature]![k]!, 0)
    for (let row = 0; row < 9; row++) {
      const x = whole(rows, row)
      const scores = [...regression.scoreRow(row)]
      const sparse = x.subarray(DIMS)
      const length = Math.hypot(...sparse)
      sparse.forEach((_, id) => {
        if (leftOut[id]) sparse[id] = 0
      })
      const rest = Math.hypot(...sparse)
      const whole9 = whole(rows, row)
      for (let k = 0; k < CLASSES; k++) expect(scores[k]).toBeCloseTo(scoreOf(whole9, k), 4)
      sparse.forEach((value, id) => {
        sparse[id] = rest === 0 ? 0 : (value * length) / rest
      })
      const without = [...regression.scoreRowWithout(row, leftOut)]
      for (let k = 0; k < CLASSES; k++) expect(without[k]).toBeCloseTo(scoreOf(x, k), 4)
    }
  })

  it('needs no rows', () => {
    const regression = new SoftmaxRegression(makeRows(0, 1), COST)
    expect(regression.train(new Int32Array(0), { seed: 1, maxEpochs: 3, tolerance: 0 })).toBeLessThanOrEqual(
      3,
    )
  })
})
