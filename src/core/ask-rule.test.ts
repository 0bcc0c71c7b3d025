import fc from 'fast-check'
import { expect, test } from 'vitest'
import { askLine, sureness } from './ask-rule.ts'

const probability = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
/** A confidence is never above the probability that some route is right. */
const decisions = fc
  .tuple(probability, probability)
  .map(([share, outOfScope]) => ({ confidence: share * (1 - outOfScope), outOfScope }))

test('sureness is a share, and by a stated confidence it is the confidence', () => {
  fc.assert(
    fc.property(decisions, fc.double({ min: 0.1, max: 1, noNaN: true }), (decision, weight) => {
      expect(sureness(decision, weight)).toBeGreaterThanOrEqual(0)
      expect(sureness(decision, weight)).toBeLessThanOrEqual(1)
      expect(sureness(decision, askLine({ below: 0.4 }, []).scopeWeight)).toBe(decision.confidence)
    }),
  )
  expect(askLine({ below: 0.4 }, [])).toMatchObject({ askBelow: 0.4 })
})

test('of two decisions that are as confident, the one that is more doubtful of scope is less sure', () => {
  const { scopeWeight } = askLine({ share: 0.2 }, [])
  const ofRoute = { confidence: 0.9, outOfScope: 0.001 }
  const ofScope = { confidence: 0.9, outOfScope: 0.09 }
  expect(sureness(ofScope, scopeWeight)).toBeLessThan(sureness(ofRoute, scopeWeight))
})

test('about the share asked for lies below the line, never more', () => {
  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })
  fc.assert(
    fc.property(fc.array(decisions, { minLength: 1, maxLength: 200 }), share, (all, part) => {
      const { askBelow, scopeWeight } = askLine({ share: part }, all)
      const below = all.filter((decision) => sureness(decision, scopeWeight) < askBelow).length
      expect(below).toBeLessThanOrEqual(part * all.length)
      const distinct = new Set(all.map((decision) => sureness(decision, scopeWeight))).size
      if (distinct === all.length) expect(below).toBe(Math.floor(part * all.length))
    }),
  )
})

test('a share of one asks about everything', () => {
  const { askBelow, scopeWeight } = askLine({ share: 1 }, [{ confidence: 0.5, outOfScope: 0.1 }])
  expect(sureness({ confidence: 1 - 1e-6, outOfScope: 1e-6 }, scopeWeight)).toBeLessThan(askBelow)
})
