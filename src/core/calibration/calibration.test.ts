import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scopeLine, scopeProbability } from './calibration.ts'

const sizes = fc.integer({ min: 1, max: 10_000 })
const frontiers = fc.double({ min: -20, max: 5, noNaN: true })
const spread = { mean: 0, deviation: 1 }
const scopeAt = (familiar: number, frontier: number, routes: number) =>
  scopeProbability(familiar, {
    sharpness: 1,
    energy: spread,
    nearness: spread,
    scope: scopeLine(frontier, routes),
  })

test('in a large set the scope line is steep and passes the frontier', () => {
  fc.assert(
    fc.property(frontiers, fc.integer({ min: 64, max: 10_000 }), (frontier, routes) => {
      expect(scopeLine(frontier, routes)).toEqual(scopeLine(frontier, 64))
      expect(scopeAt(frontier, frontier, routes)).toBeCloseTo(0.5, 9)
    }),
  )
  expect(scopeLine(-5, 64)).toEqual({ intercept: 11.25, slope: 2.25 })
})

test('in a small set it is less steep and lies further inward, the same for 1 to 12 routes', () => {
  fc.assert(
    fc.property(frontiers, fc.integer({ min: 1, max: 12 }), (frontier, routes) => {
      expect(scopeLine(frontier, routes)).toEqual(scopeLine(frontier, 12))
      expect(scopeAt(frontier, frontier, routes)).toBeLessThan(0.3)
    }),
  )
  expect(scopeLine(-5, 2).slope).toBeCloseTo(1.2, 9)
})

test('with more routes a query at the frontier is never less likely to belong, and never by a leap', () => {
  fc.assert(
    fc.property(frontiers, sizes, (frontier, routes) => {
      const more = scopeAt(frontier, frontier, routes + 1) - scopeAt(frontier, frontier, routes)
      expect(more).toBeGreaterThanOrEqual(-1e-9)
      expect(more).toBeLessThan(0.03)
    }),
  )
})
