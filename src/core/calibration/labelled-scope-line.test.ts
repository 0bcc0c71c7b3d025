import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../util/random.ts'
import { labelledScopeLine } from './labelled-scope-line.ts'

const priors = fc.record({
  intercept: fc.double({ min: -5, max: 20, noNaN: true }),
  slope: fc.double({ min: 0.5, max: 3, noNaN: true }),
})
const rows = fc.array(
  fc.record({ familiar: fc.double({ min: -60, max: 5, noNaN: true }), isInScope: fc.boolean() }),
  { maxLength: 300 },
)
const heightAt = (familiar: number, { intercept, slope }: { intercept: number; slope: number }) =>
  intercept + slope * familiar

/** Rows as a line itself would deal them out. */
function dealt(count: number, line: { intercept: number; slope: number }) {
  const random = seededRandom(3)
  return Array.from({ length: count }, () => {
    const familiar = -8 * random()
    return { familiar, isInScope: random() < 1 / (1 + Math.exp(-heightAt(familiar, line))) }
  })
}

test('more familiar never means less likely to belong, whatever the labels say', () => {
  fc.assert(
    fc.property(rows, priors, (labelled, prior) => {
      const { intercept, slope } = labelledScopeLine(labelled, prior)
      expect(slope).toBeGreaterThan(0)
      expect(Number.isFinite(intercept)).toBe(true)
    }),
  )
})

test('a few labels move the line by little at its middle, each by a twentieth of a unit of log odds at most', () => {
  fc.assert(
    fc.property(rows, priors, (labelled, prior) => {
      const middle = -prior.intercept / prior.slope
      const line = labelledScopeLine(labelled, prior)
      expect(Math.abs(heightAt(middle, line))).toBeLessThanOrEqual(labelled.length / 20 + 1e-6)
    }),
  )
})

test('labels of one kind leave the line where it is', () => {
  fc.assert(
    fc.property(rows, priors, fc.boolean(), (labelled, prior, isInScope) => {
      const line = labelledScopeLine(
        labelled.map((row) => ({ ...row, isInScope })),
        prior,
      )
      expect(line.slope).toBeCloseTo(prior.slope, 9)
      expect(line.intercept).toBeCloseTo(prior.intercept, 9)
    }),
  )
})

test('the labels that a line deals out itself leave it where it is', () => {
  const line = { intercept: 6, slope: 1.5 }
  // Such that as many strays are dealt as the weights let count, so that none is reweighted.
  const labelled = dealt(40_000, line)
  const strays = labelled.filter(({ isInScope }) => !isInScope)
  const few = strays.slice(0, (labelled.length - strays.length) / 4)
  const found = labelledScopeLine([...labelled.filter(({ isInScope }) => isInScope), ...few], line)
  const fewer = Math.log(strays.length / few.length)
  expect(found.slope).toBeCloseTo(line.slope, 1)
  expect(found.intercept).toBeCloseTo(line.intercept + fewer, 1)
})

test('thousands of labels find the line, wherever it was before', () => {
  const line = { intercept: 6, slope: 1.5 }
  const labelled = dealt(40_000, line)
  const one = labelledScopeLine(labelled, { intercept: 2, slope: 0.8 })
  const other = labelledScopeLine(labelled, { intercept: 14, slope: 2.25 })
  expect(one.slope).toBeCloseTo(other.slope, 1)
  expect(one.intercept).toBeCloseTo(other.intercept, 0)
})
