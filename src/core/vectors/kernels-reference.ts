import type { KernelOperations } from './kernel-operations.ts'

const round = Math.fround
const EXP_FLOOR = -80
const LARGEST = 8191
const QUERY_SCALE = 1 / LARGEST
const LOG2_E = round(Math.LOG2E)
const LN2_HIGH = round(0.693359375)
const LN2_LOW = round(-2.1219444e-4)
const EXP_COEFFICIENTS = [
  1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
].map(round)
const EXP_LEADING = round(1.98756915e-4)
// Adding and taking away 1.5 * 2^23 rounds a float32 below 2^22 to the nearest even integer.
const ROUNDER = 12_582_912

const nearest = (x: number) => round(round(x + ROUNDER) - ROUNDER)

/** e^x for x in -80..80 in float32 steps, as exp4 in kernels.as.ts. */
function exp(x: number): number {
  const n = nearest(round(x * LOG2_E))
  const r = round(round(x - round(n * LN2_HIGH)) - round(n * LN2_LOW))
  let p = EXP_LEADING
  for (const coefficient of EXP_COEFFICIENTS) p = round(round(p * r) + coefficient)
  const y = round(round(round(round(p * r) * r) + r) + 1)
  return round(y * 2 ** n)
}

const addLanes = (l: Float32Array) => round(round(l[0]! + l[1]!) + round(l[2]! + l[3]!))

/** The kernels in plain TypeScript: the reference for tests, and what runs where SIMD is missing. */
export function referenceOperations(buffer: ArrayBuffer): KernelOperations {
  const doubles = new Float64Array(buffer)
  const floats = new Float32Array(buffer)
  const ints = new Int32Array(buffer)
  const shorts = new Int16Array(buffer)
  const bytes = new Int8Array(buffer)

  function normalise(vector: number, dims: number): void {
    const start = vector >> 2
    const lanes = new Float32Array(4)
    for (let d = 0; d < dims; d++) {
      const x = floats[start + d]!
      lanes[d & 3] = lanes[d & 3]! + round(x * x)
    }
    const norm = round(Math.sqrt(addLanes(lanes)))
    if (!(norm > 0)) return
    const inverse = round(1 / norm)
    for (let d = 0; d < dims; d++) floats[start + d] = floats[start + d]! * inverse
  }

  return {
    normalise,
    poolRows(ids, count, rows, scales, dims, out) {
      const start = out >> 2
      floats.fill(0, start, start + dims)
      for (let t = 0; t < count; t++) {
        const id = ints[(ids >> 2) + t]!
        const scale = floats[(scales >> 2) + id]!
        const row = rows + id * dims
        for (let d = 0; d < dims; d++) floats[start + d] = floats[start + d]! + round(scale * bytes[row + d]!)
      }
      normalise(out, dims)
    },
    quantise(vector, dims, out) {
      for (let d = 0; d < dims; d++) {
        const scaled = nearest(round(floats[(vector >> 2) + d]! * LARGEST))
        shorts[(out >> 1) + d] = scaled
      }
    },
    scoreRows(query, rows, count, dims, scales, _, out) {
      const q = query >> 1
      for (let r = 0; r < count; r++) {
        const row = rows + r * dims
        let sum = 0
        for (let d = 0; d < dims; d++) sum += shorts[q + d]! * bytes[row + d]!
        doubles[(out >> 3) + r] = sum * floats[(scales >> 2) + r]! * QUERY_SCALE
      }
    },
    largest(scores, count) {
      let most = -Number.MAX_VALUE
      for (let k = 0; k < count; k++) most = Math.max(most, doubles[(scores >> 3) + k]!)
      return most
    },
    reachedByFour(scores, count) {
      const most = new Float64Array(4).fill(-Number.MAX_VALUE)
      for (let k = 0; k < (count & ~3); k++) most[k & 3] = Math.max(most[k & 3]!, doubles[(scores >> 3) + k]!)
      return Math.min(...most)
    },
    sumExp(scores, count, offset, factor) {
      const lanes = new Float32Array(4)
      for (let k = 0; k < count; k++) {
        const x = round(round(round(doubles[(scores >> 3) + k]!) - round(offset)) * round(factor))
        lanes[k & 3] = lanes[k & 3]! + exp(Math.max(x, EXP_FLOOR))
      }
      return addLanes(lanes)
    },
    sumRows(picks, amounts, count, rows, width, out) {
      for (let k = 0; k < width; k++) {
        let sum = 0
        for (let j = 0; j < count; j++) {
          const weight = floats[(rows >> 2) + ints[(picks >> 2) + j]! * width + k]!
          sum = round(sum + round(floats[(amounts >> 2) + j]! * weight))
        }
        floats[(out >> 2) + k] = sum
      }
    },
    addSums(sums, width, toAll, scores) {
      for (let k = 0; k < width; k++) {
        doubles[(scores >> 3) + k] = doubles[(scores >> 3) + k]! + floats[(sums >> 2) + k]! + toAll
      }
    },
    forwardRow(dense, dims, ids, values, nonZeros, weights, classes, out) {
      for (let k = 0; k < classes; k++) {
        let sum = 0
        for (let d = 0; d < dims; d++) {
          sum = round(sum + round(floats[(dense >> 2) + d]! * floats[(weights >> 2) + d * classes + k]!))
        }
        for (let j = 0; j < nonZeros; j++) {
          const w = (weights >> 2) + (dims + ints[(ids >> 2) + j]!) * classes + k
          sum = round(sum + round(floats[(values >> 2) + j]! * floats[w]!))
        }
        floats[(out >> 2) + k] = sum
      }
    },
    updateRow(dense, dims, ids, values, nonZeros, weights, classes, delta) {
      const changes = floats.subarray(delta >> 2, (delta >> 2) + classes)
      for (let k = 0; k < classes; k++) {
        // Eight at a time, as the SIMD code does: where a weight is -0, adding nothing is not the same as skipping.
        if ((k & 7) === 0 && changes.subarray(k, k + 8).every((change) => change === 0)) {
          k += 7
          continue
        }
        const change = changes[k]!
        for (let d = 0; d < dims; d++) {
          const w = (weights >> 2) + d * classes + k
          floats[w] = floats[w]! + round(floats[(dense >> 2) + d]! * change)
        }
        for (let j = 0; j < nonZeros; j++) {
          const w = (weights >> 2) + (dims + ints[(ids >> 2) + j]!) * classes + k
          floats[w] = floats[w]! + round(floats[(values >> 2) + j]! * change)
        }
      }
    },
    solveRow(scores, logs, classes, curvature, weight, negligible, scratch, delta) {
      const z = floats.subarray(scores >> 2, (scores >> 2) + classes)
      const y = floats.subarray(logs >> 2, (logs >> 2) + classes)
      const oldLogs = floats.subarray(scratch >> 2, (scratch >> 2) + classes)
      const targets = floats.subarray((scratch >> 2) + classes, (scratch >> 2) + 2 * classes)
      const change = floats.subarray(delta >> 2, (delta >> 2) + classes)
      const c = round(curvature)
      const w = round(weight)
      const least = round(negligible)
      const lanes = new Float32Array(4)
      for (let k = 0; k < classes; k++) {
        const a = exp(y[k]!)
        oldLogs[k] = y[k]!
        targets[k] = z[k]! + round(c * a)
        lanes[k & 3] = lanes[k & 3]! + round(a * round(z[k]! - y[k]!))
        y[k] = Math.max(y[k]!, -8)
      }
      let mu = addLanes(lanes)
      const mass = new Float32Array(4)
      const slope = new Float32Array(4)
      const pull = new Float32Array(4)
      for (let iteration = 0; iteration < 40; iteration++) {
        mass.fill(0)
        slope.fill(0)
        pull.fill(0)
        for (let k = 0; k < classes; k++) {
          const a = exp(y[k]!)
          const ca = round(c * a)
          const r = round(round(round(targets[k]! - y[k]!) - ca) - mu)
          const ad = round(a / round(1 + ca))
          mass[k & 3] = mass[k & 3]! + a
          slope[k & 3] = slope[k & 3]! + ad
          pull[k & 3] = pull[k & 3]! + round(ad * r)
        }
        const total = addLanes(mass)
        const step = round(round(addLanes(pull) - round(1 - total)) / addLanes(slope))
        mu = round(mu + step)
        for (let k = 0; k < classes; k++) {
          const ca = round(c * exp(y[k]!))
          const r = round(round(round(targets[k]! - y[k]!) - ca) - mu)
          const highest = Math.min(round(targets[k]! - mu), 0)
          y[k] = Math.max(Math.min(round(y[k]! + round(r / round(1 + ca))), highest), EXP_FLOOR)
        }
        if (Math.abs(step) < round(1e-4) && Math.abs(round(total - 1)) < round(1e-4)) break
      }
      lanes.fill(0)
      for (let k = 0; k < classes; k++) {
        const difference = round(exp(oldLogs[k]!) - exp(y[k]!))
        const size = Math.abs(difference)
        if (size >= least) {
          lanes[k & 3] = lanes[k & 3]! + size
          change[k] = w * difference
        } else {
          change[k] = 0
          y[k] = oldLogs[k]!
        }
      }
      return addLanes(lanes)
    },
  }
}
