import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { postingsFromWeights } from './postings.ts'

const anyWeights = fc
  .record({
    skip: fc.nat(4),
    features: fc.nat(12),
    classes: fc.integer({ min: 1, max: 9 }),
    padding: fc.nat(3),
    least: fc.constantFrom(0, 0.02, 0.3),
  })
  .chain(({ skip, features, classes, padding, least }) => {
    const stride = classes + padding
    const length = (skip + features) * stride
    return fc.record({
      layout: fc.constant({ skip, features, classes, stride, least }),
      weights: fc
        .array(fc.oneof(fc.constant(0), fc.constant(-0.4), fc.float({ min: -2, max: 2, noNaN: true })), {
          minLength: length,
          maxLength: length,
        })
        .map((values) => Float32Array.from(values)),
    })
  })

describe('postings', () => {
  it('give every class what the dense weights give it, to within the least weight kept', () => {
    fc.assert(
      fc.property(anyWeights, ({ layout, weights }) => {
        const { skip, features, classes, stride, least } = layout
        const postings = postingsFromWeights(weights, layout)
        expect(postings.offsets).toHaveLength(features + 1)
        expect(postings.offsets[features]).toBe(postings.routes.length)
        for (let feature = 0; feature < features; feature++) {
          const read = new Float64Array(classes).fill(postings.shared[feature]!)
          let before = -1
          for (let p = postings.offsets[feature]!; p < postings.offsets[feature + 1]!; p++) {
            expect(postings.routes[p]).toBeGreaterThan(before)
            before = postings.routes[p]!
            expect(Math.abs(postings.weights[p]!)).toBeGreaterThanOrEqual(Math.fround(least))
            read[before] = read[before]! + postings.weights[p]!
          }
          for (let k = 0; k < classes; k++) {
            const dense = weights[(skip + feature) * stride + k]!
            expect(Math.abs(read[k]! - dense)).toBeLessThanOrEqual(least + 1e-6)
          }
        }
      }),
    )
  })

  it('list a feature that most classes share only for those that differ', () => {
    const weights = Float32Array.from([-0.1, -0.1, 2, -0.1, -0.5, 0, 0, 0])
    const postings = postingsFromWeights(weights, {
      skip: 0,
      features: 1,
      classes: 5,
      stride: 8,
      least: 0.02,
    })
    expect([...postings.routes]).toStrictEqual([2, 4])
    expect(postings.weights[0]).toBeCloseTo(2.1, 6)
    expect(postings.shared[0]).toBeCloseTo(-0.1, 6)
  })
})
