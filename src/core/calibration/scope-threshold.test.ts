import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scopeThreshold } from './scope-threshold.ts'

const confidences = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
const row = fc.record({ confidence: confidences, isInScope: fc.boolean(), isRight: fc.boolean() })
const some = (count: number, confidence: number, isInScope: boolean, isRight = isInScope) =>
  Array.from({ length: count }, () => ({ confidence, isInScope, isRight }))

test('the threshold stays within 0.25 and 0.75, however many rows lie beyond', () => {
  expect(scopeThreshold([...some(3000, 0.1, true), ...some(1000, 0.01, false)])?.threshold).toBe(0.25)
  expect(scopeThreshold([...some(3000, 0.99, true), ...some(1000, 0.9, false)])?.threshold).toBe(0.75)
  fc.assert(
    fc.property(fc.array(row, { minLength: 20, maxLength: 400 }), (rows) => {
      const chosen = scopeThreshold(rows)
      fc.pre(chosen !== undefined)
      expect(chosen?.threshold).toBeGreaterThanOrEqual(0.25)
      expect(chosen?.threshold).toBeLessThanOrEqual(0.75)
    }),
  )
})

test('ten rows of each kind hardly move it, even where one in-scope row is of no confidence', () => {
  const strays = some(10, 0.02, false)
  expect(scopeThreshold([...some(9, 0.9, true), ...some(1, 0.01, true), ...strays])?.threshold).toBeCloseTo(
    0.5,
    1,
  )
  fc.assert(
    fc.property(fc.array(row, { minLength: 20, maxLength: 24 }), (rows) => {
      const chosen = scopeThreshold(rows)
      fc.pre(chosen !== undefined)
      expect(Math.abs(Number(chosen?.threshold) - 0.5)).toBeLessThan(0.1)
    }),
  )
})

test('many rows move it to where most are decided rightly', () => {
  const low = scopeThreshold([...some(400, 0.38, true), ...some(1600, 0.9, true), ...some(400, 0.05, false)])
  expect(low?.threshold).toBeLessThan(0.38)
  expect(low).toMatchObject({ inScopeRejected: 0, oosRecall: 1 })
  const high = scopeThreshold([...some(2000, 0.9, true), ...some(400, 0.58, false)])
  expect(high?.threshold).toBeGreaterThan(0.58)
  expect(high).toMatchObject({ inScopeRejected: 0, oosRecall: 1 })
})

test('an in-scope row whose best route is wrong is no reason to answer it', () => {
  const strays = some(400, 0.3, false)
  const sure = some(1600, 0.9, true)
  const right = scopeThreshold([...sure, ...some(800, 0.4, true), ...strays])
  const wrong = scopeThreshold([...sure, ...some(800, 0.4, true, false), ...strays])
  expect(right?.threshold).toBeLessThan(Number(wrong?.threshold))
})

test('with fewer than ten rows of either kind nothing is chosen', () => {
  expect(scopeThreshold([...some(9, 0.9, true), ...some(500, 0.1, false)])).toBeUndefined()
  expect(scopeThreshold([...some(500, 0.9, true), ...some(9, 0.1, false)])).toBeUndefined()
})

test('what is refused of each kind is counted at the threshold chosen', () => {
  const rows = [
    ...some(30, 0.95, true),
    ...some(10, 0.05, true),
    ...some(15, 0.1, false),
    ...some(5, 0.97, false),
  ]
  expect(scopeThreshold(rows)).toMatchObject({ inScopeRejected: 0.25, oosRecall: 0.75 })
})
