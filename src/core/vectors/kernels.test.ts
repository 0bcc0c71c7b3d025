import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { queryBytes } from './kernel-operations.ts'
import { createKernels, type Kernels } from './kernels.ts'
import { rowSums } from './quantised-rows.ts'

const CLASSES = 16
const DIMS = 32

const allKernels = () => [
  createKernels(65_000),
  createKernels(65_000, true, false),
  createKernels(65_000, false),
]

/** Runs `use` on all implementations over the same input and expects the same memory of all. */
function onAll(use: (kernels: Kernels) => void): void {
  const all = allKernels()
  for (const kernels of all) use(kernels)
  expect(all.map(({ simd }) => simd)).toEqual([true, true, false])
  const [relaxed, simd, plain] = all.map(({ buffer }) => new Uint8Array(buffer))
  expect(relaxed).toEqual(plain)
  expect(simd).toEqual(plain)
}

const floats = (length: number, max = 1) =>
  // The sign of zero is not part of the contract, and no weight ever becomes -0.
  fc
    .array(fc.float({ min: Math.fround(-max), max: Math.fround(max), noNaN: true }), {
      minLength: length,
      maxLength: length,
    })
    .map((numbers) => numbers.map((x) => x + 0))

function put(kernels: Kernels, values: readonly number[]): number {
  const at = kernels.allocate(values.length * 4)
  new Float32Array(kernels.buffer, at, values.length).set(values)
  return at
}

function putDoubles(kernels: Kernels, values: readonly number[]): number {
  const at = kernels.allocate(values.length * 8)
  new Float64Array(kernels.buffer, at, values.length).set(values)
  return at
}

/** To the nearest whole number, halves to the even one, as IEEE 754 rounds. */
function roundToEven(x: number): number {
  const floor = Math.floor(x)
  if (x - floor !== 0.5) return Math.round(x)
  return floor % 2 === 0 ? floor : floor + 1
}

describe('relaxed SIMD, SIMD and plain kernels agree bit for bit', () => {
  it('pooling and normalising', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -127, max: 127 }), { minLength: DIMS * 4, maxLength: DIMS * 4 }),
        floats(4),
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }),
        (rows, scales, ids) => {
          onAll((kernels) => {
            const rowsAt = kernels.allocate(rows.length)
            new Int8Array(kernels.buffer, rowsAt, rows.length).set(rows)
            const scalesAt = put(kernels, scales)
            const idsAt = kernels.allocate(ids.length * 4)
            new Int32Array(kernels.buffer, idsAt, ids.length).set(ids)
            const out = kernels.allocate(DIMS * 4)
            kernels.poolRows(idsAt, ids.length, rowsAt, scalesAt, DIMS, out)
          })
        },
      ),
    )
  })

  it('scores of rows, against exact arithmetic, and not a bit beyond them', () => {
    fc.assert(
      fc.property(
        // Dimensions that are and are not whole blocks of sixteen, rows that are and are not whole groups of four.
        fc.constantFrom(8, 16, 24, 32),
        fc.integer({ min: 0, max: 9 }),
        fc.infiniteStream(fc.float({ min: -1, max: 1, noNaN: true })),
        fc.infiniteStream(fc.oneof(fc.integer({ min: -127, max: 127 }), fc.constantFrom(-127, 127))),
        (dims, count, components, values) => {
          const take = <T>(stream: IterableIterator<T>, length: number) =>
            Array.from({ length }, () => stream.next().value as T)
          const vector = take(components, dims)
          const rows = take(values, count * dims)
          const scales = take(components, count + 3)
          const [relaxed, simd, plain] = allKernels().map((kernels) => {
            const v = put(kernels, vector)
            const query = kernels.allocate(queryBytes(dims))
            kernels.quantise(v, dims, query)
            const r = kernels.allocate(rows.length)
            new Int8Array(kernels.buffer, r, rows.length).set(rows)
            const sums = kernels.allocate((count + 3) * 4)
            new Int32Array(kernels.buffer, sums, count).set(
              rowSums({ dims, values: Int8Array.from(rows), scales: new Float32Array(count) }),
            )
            const out = kernels.allocate((count + 1) * 8)
            kernels.scoreRows(query, r, count, dims, put(kernels, scales), sums, out)
            return [...new Float64Array(kernels.buffer, out, count + 1)]
          })
          expect(relaxed).toEqual(plain)
          expect(simd).toEqual(plain)
          const quantised = vector.map((x) => Math.fround(Math.fround(x) * 8191))
          for (let row = 0; row < count; row++) {
            const dot = quantised.reduce((sum, x, d) => sum + roundToEven(x) * rows[row * dims + d]!, 0)
            expect(plain![row]).toBe(((dot * Math.fround(scales[row]!)) / 1) * (1 / 8191))
          }
          expect(plain![count]).toBe(0)
        },
      ),
    )
  })

  it('sums of weighted rows, against double precision', () => {
    fc.assert(
      fc.property(
        floats(3 * 64),
        fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 9 }),
        floats(9, 2),
        (rows, picks, amounts) => {
          let got: number[] = []
          onAll((kernels) => {
            const rowsAt = put(kernels, rows)
            const amountsAt = put(kernels, amounts)
            const picksAt = kernels.allocate(picks.length * 4)
            new Int32Array(kernels.buffer, picksAt, picks.length).set(picks)
            const out = kernels.allocate(64 * 4)
            kernels.sumRows(picksAt, amountsAt, picks.length, rowsAt, 64, out)
            got = [...new Float32Array(kernels.buffer, out, 64)]
          })
          got.forEach((sum, k) => {
            expect(sum).toBeCloseTo(
              picks.reduce((total, row, i) => total + amounts[i]! * rows[row * 64 + k]!, 0),
              5,
            )
          })
        },
      ),
    )
  })

  it('sums added to scores, and what goes to all', () => {
    fc.assert(
      fc.property(floats(DIMS), floats(DIMS, 9), fc.double({ min: -1, max: 1 }), (sums, before, toAll) => {
        let got: number[] = []
        onAll((kernels) => {
          const scores = putDoubles(kernels, before)
          kernels.addSums(put(kernels, sums), DIMS, toAll, scores)
          got = [...new Float64Array(kernels.buffer, scores, DIMS)]
        })
        expect(got).toEqual(before.map((score, k) => score + sums[k]! + toAll))
      }),
    )
  })

  it('the largest score and sums of exponentials, against double precision', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -40, max: 40, noNaN: true }), { minLength: 1, maxLength: 11 }),
        fc.float({ min: Math.fround(0.1), max: 4, noNaN: true }),
        (scores, factor) => {
          const largest = Math.max(...scores)
          let got = 0
          onAll((kernels) => {
            // What lies behind the scores belongs to others.
            const at = putDoubles(kernels, [...scores, 99, 99, 99])
            expect(kernels.largest(at, scores.length)).toBe(largest)
            const reached = kernels.reachedByFour(at, scores.length)
            const reaching = scores.filter((score) => score >= reached).length
            expect(reaching).toBeGreaterThanOrEqual(Math.min(4, scores.length))
            put(kernels, [reached])
            got = kernels.sumExp(at, scores.length, Math.fround(largest), factor)
            put(kernels, [got])
          })
          const exact = scores.reduce((sum, x) => sum + Math.exp((x - largest) * factor), 0)
          expect(Math.abs(got / exact - 1)).toBeLessThan(5e-5)
        },
      ),
    )
  })

  it('forward, update and the dual step', () => {
    fc.assert(
      fc.property(
        floats(DIMS),
        floats((DIMS + 4) * CLASSES),
        floats(2),
        floats(CLASSES, 20),
        fc.float({ min: Math.fround(0.1), max: 60, noNaN: true }),
        (dense, weights, values, logs, curvature) => {
          onAll((kernels) => {
            const x = put(kernels, dense)
            const w = put(kernels, weights)
            const v = put(kernels, values)
            const ids = kernels.allocate(8)
            new Int32Array(kernels.buffer, ids, 2).set([1, 3])
            const z = kernels.allocate(CLASSES * 4)
            kernels.forwardRow(x, DIMS, ids, v, 2, w, CLASSES, z)
            const y = put(
              kernels,
              logs.map((log) => Math.min(0, log)),
            )
            const delta = kernels.allocate(CLASSES * 4)
            kernels.solveRow(z, y, CLASSES, curvature, 30, 1e-7, kernels.allocate(CLASSES * 8), delta)
            kernels.updateRow(x, DIMS, ids, v, 2, w, CLASSES, delta)
          })
        },
      ),
    )
  })
})

describe('solveRow', () => {
  it('finds the distribution that satisfies log a + c a = z + c a0 - mu', () => {
    fc.assert(
      fc.property(floats(CLASSES, 8), fc.integer({ min: 0, max: CLASSES - 1 }), (scores, label) => {
        const kernels = createKernels(4096)
        const z = put(kernels, scores)
        const y = put(
          kernels,
          scores.map((_, k) => (k === label ? 0 : -80)),
        )
        const curvature = 50
        const delta = kernels.allocate(CLASSES * 4)
        kernels.solveRow(z, y, CLASSES, curvature, 30, 0, kernels.allocate(CLASSES * 8), delta)
        const logs = [...new Float32Array(kernels.buffer, y, CLASSES)]
        const alphas = logs.map(Math.exp)
        expect(alphas.reduce((a, b) => a + b)).toBeCloseTo(1, 2)
        const mus = logs.map(
          (log, k) => scores[k]! + curvature * (k === label ? 1 : 0) - log - curvature * alphas[k]!,
        )
        for (const mu of mus) expect(mu).toBeCloseTo(mus[0]!, 1)
      }),
    )
  })
})
