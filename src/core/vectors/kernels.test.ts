import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKernels, type Kernels } from './kernels.ts'

const CLASSES = 16
const DIMS = 32

/** Runs `use` on both implementations over the same input and returns both memories. */
function onBoth(use: (kernels: Kernels) => void): [Uint8Array, Uint8Array] {
  const both = [createKernels(65_000, true), createKernels(65_000, false)] as const
  for (const kernels of both) use(kernels)
  expect(both[0].simd).toBe(true)
  return [new Uint8Array(both[0].buffer), new Uint8Array(both[1].buffer)]
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

describe('SIMD and plain kernels agree bit for bit', () => {
  it('pooling, normalising and quantising', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -127, max: 127 }), { minLength: DIMS * 4, maxLength: DIMS * 4 }),
        floats(4),
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }),
        (rows, scales, ids) => {
          const [simd, plain] = onBoth((kernels) => {
            const rowsAt = kernels.allocate(rows.length)
            new Int8Array(kernels.buffer, rowsAt, rows.length).set(rows)
            const scalesAt = put(kernels, scales)
            const idsAt = kernels.allocate(ids.length * 4)
            new Int32Array(kernels.buffer, idsAt, ids.length).set(ids)
            const out = kernels.allocate(DIMS * 4)
            kernels.poolRows(idsAt, ids.length, rowsAt, scalesAt, DIMS, out)
            kernels.quantise(out, DIMS, kernels.allocate(DIMS * 2))
          })
          expect(simd).toEqual(plain)
        },
      ),
    )
  })

  it('integer dot products, against 64-bit arithmetic', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -32767, max: 32767 }), { minLength: DIMS, maxLength: DIMS }),
        fc.array(fc.integer({ min: -127, max: 127 }), { minLength: DIMS * 3, maxLength: DIMS * 3 }),
        (query, rows) => {
          let got: number[] = []
          const [simd, plain] = onBoth((kernels) => {
            const q = kernels.allocate(DIMS * 2)
            new Int16Array(kernels.buffer, q, DIMS).set(query)
            const r = kernels.allocate(rows.length)
            new Int8Array(kernels.buffer, r, rows.length).set(rows)
            const out = kernels.allocate(12)
            kernels.dotRows(q, r, 3, DIMS, out)
            got = [...new Int32Array(kernels.buffer, out, 3)]
          })
          expect(simd).toEqual(plain)
          expect(got).toEqual(
            [0, 1, 2].map((r) => query.reduce((sum, x, d) => sum + x * rows[r * DIMS + d]!, 0)),
          )
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
          const [simd, plain] = onBoth((kernels) => {
            const rowsAt = put(kernels, rows)
            const amountsAt = put(kernels, amounts)
            const picksAt = kernels.allocate(picks.length * 4)
            new Int32Array(kernels.buffer, picksAt, picks.length).set(picks)
            const out = kernels.allocate(64 * 4)
            kernels.sumRows(picksAt, amountsAt, picks.length, rowsAt, 64, out)
            got = [...new Float32Array(kernels.buffer, out, 64)]
          })
          expect(simd).toEqual(plain)
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

  it('sums of exponentials, against double precision', () => {
    fc.assert(
      fc.property(
        floats(DIMS, 40),
        fc.float({ min: Math.fround(0.1), max: 4, noNaN: true }),
        (scores, factor) => {
          const largest = Math.max(...scores)
          let got = 0
          const [simd, plain] = onBoth((kernels) => {
            got = kernels.sumExp(put(kernels, scores), DIMS, largest, factor)
            put(kernels, [got])
          })
          expect(simd).toEqual(plain)
          const exact = scores.reduce((sum, x) => sum + Math.exp((x - largest) * factor), 0)
          expect(Math.abs(got / exact - 1)).toBeLessThan(2e-5)
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
          const [simd, plain] = onBoth((kernels) => {
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
          expect(simd).toEqual(plain)
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
