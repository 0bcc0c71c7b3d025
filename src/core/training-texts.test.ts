import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectTrainingTexts, type TextKind } from './training-texts.ts'

const setOf = (routes: number, examples: number, strays: number) => ({
  routes: Array.from({ length: routes }, (_, route) => ({
    name: `r${route}`,
    examples: Array.from({ length: examples }, (_, place) => `example ${place} of route ${route}`),
  })),
  outOfScope: Array.from({ length: strays }, (_, place) => `stray ${place}`),
})

/** What all texts of a kind weigh together, in routes with the mean number of examples. */
function routesWorth(kind: TextKind, routes: number, examples: number, strays = 0): number {
  const texts = collectTrainingTexts(setOf(routes, examples, strays))
  return texts.filter((text) => text.kind === kind).reduce((sum, { weight }) => sum + weight, 0) / examples
}

test('generic texts weigh as much as a part of a route, and the less the more routes there are', () => {
  expect(routesWorth('generic', 1, 7)).toBeCloseTo(0.4, 9)
  expect(routesWorth('generic', 2, 7)).toBeCloseTo(0.2, 9)
  expect(routesWorth('generic', 20, 7)).toBeCloseTo(1 / 32, 9)
  expect(routesWorth('generic', 64, 7)).toBeCloseTo(1 / 32, 9)
  expect(routesWorth('generic', 100, 7)).toBeCloseTo(1 / 50, 9)
})

test('the own strays weigh as much as examples each, but together no more than half a route in a small set', () => {
  expect(routesWorth('stray', 2, 10, 3)).toBeCloseTo(3 / 10, 9)
  expect(routesWorth('stray', 2, 10, 30)).toBeCloseTo(0.5, 9)
  expect(routesWorth('stray', 36, 10, 300)).toBeCloseTo(1, 9)
  expect(routesWorth('stray', 144, 10, 15)).toBeCloseTo(1.5, 9)
})

test('every weight is above 0 and at most 1', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 0, max: 10 }),
      fc.integer({ min: 0, max: 40 }),
      (routes, examples, strays) => {
        for (const { weight } of collectTrainingTexts(setOf(routes, examples, strays))) {
          expect(weight).toBeGreaterThan(0)
          expect(weight).toBeLessThanOrEqual(1)
        }
      },
    ),
    { numRuns: 50 },
  )
})
