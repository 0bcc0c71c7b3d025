import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exp, log, sigmoid } from './exact-math.ts'

describe('exact mathematics', () => {
  it('exp agrees with Math.exp to fourteen digits', () => {
    fc.assert(
      fc.property(fc.double({ min: -600, max: 600, noNaN: true }), (x) => {
        expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-14)
      }),
    )
  })

  it('log agrees with Math.log to fourteen digits, subnormal numbers included', () => {
    fc.assert(
      fc.property(fc.double({ min: 5e-324, max: 1e300, noNaN: true }), (x) => {
        expect(Math.abs(log(x) - Math.log(x))).toBeLessThan(1e-14 * (1 + Math.abs(Math.log(x))))
      }),
    )
  })

  it('log of 0 is minus infinity', () => {
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY)
    expect(log(-0)).toBe(Number.NEGATIVE_INFINITY)
  })

  it('sigmoid never reaches 0 or 1 and undoes the log odds', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        expect(sigmoid(x)).toBeGreaterThan(0)
        expect(sigmoid(x)).toBeLessThan(1)
      }),
    )
    expect(sigmoid(log(0.3 / 0.7))).toBeCloseTo(0.3, 12)
  })
})
