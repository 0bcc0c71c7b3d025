import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NearestMean, nameRanks, TopRoutes } from './evidence.ts'

test('the top routes are the first by score, then by name', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 40 }),
      fc.infiniteStream(fc.constantFrom(-2, -0.5, 0, 0.25, 3)),
      fc.integer({ min: 1, max: 12 }),
      (names, stream, most) => {
        const scores = Float64Array.from(names, () => stream.next().value)
        const top = new TopRoutes(nameRanks(names), most)
        // What an earlier query left behind must not matter.
        top.fill(
          Float64Array.from(names, (_, k) => k),
          names.length,
        )
        top.fill(scores, names.length)
        const expected = [...names.keys()]
          .sort((a, b) => scores[b]! - scores[a]! || (names[a]! < names[b]! ? -1 : 1))
          .slice(0, most)
        expect([...top.routes.subarray(0, top.count)]).toEqual(expected)
        // A score that is reached by enough changes nothing.
        const lowest = Math.min(...expected.map((k) => scores[k]!))
        top.fill(scores, names.length, names.length < most ? Number.NEGATIVE_INFINITY : lowest)
        expect([...top.routes.subarray(0, top.count)]).toEqual(expected)
      },
    ),
  )
})

test('the nearest mean is that of the five largest, and of all where there are fewer', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 20 }), (similarities) => {
      const nearest = new NearestMean()
      nearest.see(1)
      nearest.clear()
      const half = Math.floor(similarities.length / 2)
      for (const similarity of similarities.slice(0, half)) nearest.see(similarity)
      const rest = Float64Array.from(similarities.slice(half))
      nearest.seeAll(Float64Array.of(...rest, 2), rest.length)
      const largest = [...similarities].sort((a, b) => b - a).slice(0, 5)
      const mean = largest.length === 0 ? 0 : largest.reduce((sum, x) => sum + x, 0) / largest.length
      expect(nearest.mean).toBeCloseTo(mean, 12)
    }),
  )
})
