import fc from 'fast-check'
import { expect, test } from 'vitest'
import { labelWeights } from './label-weights.ts'

const counts = fc.integer({ min: 1, max: 100_000 })

test('strays make up between 15 and 25% of labelled rows, and no row counts more than one', () => {
  fc.assert(
    fc.property(counts, counts, (inScope, strays) => {
      const weights = labelWeights(inScope, strays)
      const ofStrays = strays * weights.stray
      const share = ofStrays / (ofStrays + inScope * weights.inScope)
      expect(share).toBeGreaterThan(0.15 - 1e-9)
      expect(share).toBeLessThan(0.25 + 1e-9)
      expect(Math.max(weights.inScope, weights.stray)).toBe(1)
    }),
  )
})

test('rows of one kind count nothing, as they say nothing of the line between the two', () => {
  fc.assert(
    fc.property(counts, (rows) => {
      expect(rows * labelWeights(rows, 0).inScope).toBe(0)
      expect(rows * labelWeights(0, rows).stray).toBe(0)
    }),
  )
})
