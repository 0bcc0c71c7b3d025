import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../util/random.ts'
import { type ClassSupports, chooseSupports } from './class-supports.ts'
import { RivalSoftmax } from './rival-softmax.ts'
import { SoftmaxRegression, type TrainingRows } from './softmax-regression.ts'

const DIMS = 16
const SPARSE = 12
const COST = 5
const NOBODY_ELSE = -1e4

/** Rows around a centre of each class, each with a sparse feature of its class and two others. */
function makeRows(count: number, classes: number, seed: number): TrainingRows {
  const random = seededRandom(seed)
  const centres = Float32Array.from({ length: classes * DIMS }, () => random() - 0.5)
  const labels = Int32Array.from({ length: count }, (_, row) => row % classes)
  const dense = Float32Array.from({ length: count * DIMS }, (_, i) => {
    const row = Math.floor(i / DIMS)
    return centres[labels[row]! * DIMS + (i % DIMS)]! * 0.6 + (random() - 0.5) * 0.3
  })
  const ids = new Int32Array(count * 3)
  for (let row = 0; row < count; row++) {
    const chosen = new Set([labels[row]! % SPARSE])
    while (chosen.size < 3) chosen.add(Math.floor(random() * SPARSE))
    ids.set([...chosen], row * 3)
  }
  return {
    count,
    dims: DIMS,
    sparseSize: SPARSE,
    classes,
    dense,
    offsets: Int32Array.from({ length: count + 1 }, (_, row) => row * 3),
    ids,
    values: Float32Array.from(ids, () => 0.2 + random() / 2),
    labels,
    weights: Float32Array.from({ length: count }, (_, row) => (row % 5 === 0 ? 0.7 : 1)),
  }
}

const everyRow = (rows: TrainingRows) => Int32Array.from({ length: rows.count }, (_, row) => row)
const others = (rows: TrainingRows, row: number) =>
  Array.from({ length: rows.classes }, (_, k) => k).filter((k) => k !== rows.labels[row])

/** One weight for each feature and class, features in the order of a full fit. */
function weightsOf(regression: RivalSoftmax): number[] {
  const { rows, dense } = regression
  const { offsets, routes, weights } = regression.postings()
  const all = new Array<number>((DIMS + SPARSE) * rows.classes).fill(0)
  for (let k = 0; k < rows.classes; k++) {
    for (let d = 0; d < DIMS; d++) all[d * rows.classes + k] = dense[k * DIMS + d]!
  }
  for (let feature = 0; feature < SPARSE; feature++) {
    for (let p = offsets[feature]!; p < offsets[feature + 1]!; p++) {
      all[(DIMS + feature) * rows.classes + routes[p]!] = weights[p]!
    }
  }
  return all
}

/** Every class may have a weight for every feature. */
const wholeSupports = ({ classes }: TrainingRows): ClassSupports => ({
  offsets: Int32Array.from({ length: classes + 1 }, (_, k) => k * SPARSE),
  ids: Int32Array.from({ length: classes * SPARSE }, (_, i) => i % SPARSE),
})

function trained(
  rows: TrainingRows,
  epochs: number,
  supports = wholeSupports(rows),
  simd = true,
): RivalSoftmax {
  const regression = new RivalSoftmax(rows, COST, supports, simd)
  for (let row = 0; row < rows.count; row++) regression.setRivals(row, others(rows, row), NOBODY_ELSE)
  regression.train(everyRow(rows), { seed: 3, epochs })
  return regression
}

describe('softmax regression against rivals', () => {
  it('ends where the full fit ends when every class is a rival and has all features', () => {
    const rows = makeRows(30, 5, 1)
    const full = new SoftmaxRegression(rows, COST)
    full.train(everyRow(rows), { seed: 8, maxEpochs: 2000, tolerance: 1e-6 })
    const weights = weightsOf(trained(rows, 2000))
    weights.forEach((weight, i) => {
      const [feature, k] = [Math.floor(i / rows.classes), i % rows.classes]
      expect(Math.abs(weight - full.weights[feature * full.stride + k]!)).toBeLessThan(3e-3)
    })
  })

  it('takes back all that rivals hold of a row when they leave', () => {
    const rows = makeRows(24, 6, 2)
    const regression = trained(rows, 10)
    expect(Math.max(...weightsOf(regression).map(Math.abs))).toBeGreaterThan(0.1)
    for (let row = 0; row < rows.count; row++) regression.setRivals(row, [], NOBODY_ELSE)
    for (const weight of weightsOf(regression)) expect(Math.abs(weight)).toBeLessThan(1e-3)
  })

  it('keeps the rivals that hold most of a row, and never its own class', () => {
    const rows = makeRows(40, 14, 3)
    const regression = trained(rows, 5)
    for (let row = 0; row < rows.count; row++) {
      const kept = regression.keptRivals(row)
      expect(kept.length).toBeGreaterThan(0)
      expect(kept.length).toBeLessThanOrEqual(9)
      expect(new Set(kept).size).toBe(kept.length)
      expect(kept).not.toContain(rows.labels[row])
    }
  })

  it('pushes a class harder against its own rows, the more the other classes come to', () => {
    const rows = makeRows(20, 4, 4)
    const [few, many] = [0, 9].map((rest) => {
      const regression = new RivalSoftmax(rows, COST, wholeSupports(rows))
      for (let row = 0; row < rows.count; row++) regression.setRivals(row, others(rows, row), rest)
      regression.train(everyRow(rows), { seed: 3, epochs: 20 })
      return Math.hypot(...regression.dense)
    })
    expect(many!).toBeGreaterThan(few!)
  })

  it('gives the same bits with and without SIMD', () => {
    const rows = makeRows(24, 6, 5)
    const supports = chooseSupports(rows, 3)
    expect(weightsOf(trained(rows, 4, supports, false))).toEqual(weightsOf(trained(rows, 4, supports, true)))
  })
})

describe('the supports of classes', () => {
  it('are the features strongest in the rows of the class, each once', () => {
    const rows = makeRows(36, 6, 6)
    const { offsets, ids } = chooseSupports(rows, 3)
    for (let k = 0; k < rows.classes; k++) {
      const strengths = new Array<number>(SPARSE).fill(0)
      for (let row = 0; row < rows.count; row++) {
        if (rows.labels[row] !== k) continue
        for (let j = rows.offsets[row]!; j < rows.offsets[row + 1]!; j++) {
          strengths[rows.ids[j]!]! += rows.weights[row]! * rows.values[j]!
        }
      }
      const chosen = [...ids.subarray(offsets[k]!, offsets[k + 1]!)]
      expect(new Set(chosen).size).toBe(3)
      const least = Math.min(...chosen.map((id) => strengths[id]!))
      strengths.forEach((strength, id) => {
        if (!chosen.includes(id)) expect(strength).toBeLessThanOrEqual(least + 1e-6)
      })
    }
  })
})
